import { SECOND } from '../../core/ports/clock.ts';
import { count, whole } from '../figures.ts';
import { change } from './judge.ts';
import type { Change, Comparison, Pair, Side, VerdictChange } from './result.ts';
import { COMPARED_METRICS, type ComparedMetric } from './samples.ts';

/** `3,000 runs of 0.1.0`. */
export function sideInWords({ version, runs }: Side): string {
  return `${count(runs, 'run')} of ${version}`;
}

/** A value in the unit of its metric. */
export function valueInWords(metric: ComparedMetric, value: number | null): string {
  if (value === null) return 'never';
  return COMPARED_METRICS[metric].unit === 'microseconds' ? `${threeDigits(value / SECOND)} s` : threeDigits(value);
}

/** `6.2 s → 7.1 s (+15 %)`. */
export function shiftInWords(metric: ComparedMetric, values: Pair<number | null>): string {
  const [earlier, now] = values;
  if (earlier === now) return valueInWords(metric, now);
  const share = change(values);
  const percent = Number.isFinite(share) ? ` (${share > 0 ? '+' : ''}${threeDigits(100 * share)} %)` : '';
  return `${valueInWords(metric, earlier)} → ${valueInWords(metric, now)}${earlier === null ? '' : percent}`;
}

/** `detection`, `detection, slowest runs`, `messages per node and second`. */
export function metricInWords({ metric, where }: Pick<Change, 'metric' | 'where'>): string {
  const { title, unit } = COMPARED_METRICS[metric];
  return `${title}${unit === 'microseconds' ? '' : ` ${unit}`}${where === 'tail' ? ', slowest runs' : ''}`;
}

/** Both figures of the effect: in words for those who know no delta, and the delta. */
export function effectInWords({ effect, delta }: Pick<Change, 'effect' | 'delta'>): string {
  return `${effect} (${delta > 0 ? '+' : ''}${delta.toFixed(2)})`;
}

export function chanceInWords(p: number): string {
  return p < 1e-6 ? '< 0.000001' : String(Number(p.toPrecision(2)));
}

/** `crash-of-one: pass then, fail now; 0 of 10 runs failed then, 3 of 10 now`. */
export function verdictInWords({ scenario, verdict, failed, seeds }: VerdictChange): string {
  const verdicts = verdict[0] === verdict[1] ? `${verdict[1]} as before` : `${verdict[0]} then, ${verdict[1]} now`;
  return `${scenario}: ${verdicts}; ${whole(failed[0])} of ${count(seeds[0], 'run')} failed then, ${whole(failed[1])} of ${whole(seeds[1])} now`;
}

/** The whole in one sentence. */
export function conclusionInWords(comparison: Comparison): string {
  const { changes, tested, same, tests, verdicts } = comparison;
  if (tested.length === 0 && same.length > 0) {
    return `The same runs: all ${count(same.length, 'scenario')} played alike, event by event.`;
  }
  if (tested.length === 0) return 'No scenario is in both suites: there is nothing to compare.';
  const worse = changes.filter(({ kind }) => kind === 'regression').length;
  const failing = verdicts.filter((one) => one.worse).length;
  const alike = same.length === 0 ? '' : `, ${whole(same.length)} more played the very same runs`;
  return (
    `${count(worse, 'regression')}, ${count(changes.length - worse, 'improvement')}, ` +
    `${count(failing, 'verdict')} worse: ${count(tested.length, 'scenario')} compared in ${count(tests, 'test')}${alike}.`
  );
}

/** What a comparison takes for a change, and what it could not see. */
export function methodInWords({ tests, visible }: Comparison): string {
  if (tests === 0) return '';
  const limit =
    visible === null || visible >= 1
      ? ' With so few runs, little but a complete shift would be found.'
      : ` An effect of ${visible.toFixed(2)} or more would be found in 4 of 5 cases.`;
  return (
    "A change is one that chance explains in less than 1 of 100 comparisons (Mann and Whitney's test, of the slowest runs " +
    "Fisher's, Holm's correction), with an effect (Cliff's delta) of at least 0.147 and a difference of at least 3 %." +
    limit
  );
}

function threeDigits(value: number): string {
  return Math.abs(value) >= 100 ? whole(value) : String(Number(value.toPrecision(3)));
}
