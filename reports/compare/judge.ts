import { quantile } from '../../scenarios/summary.ts';
import { rankTest } from './mann-whitney.ts';
import type { Change, Effect, Pair } from './result.ts';
import { tailChance } from './tail.ts';

/** The chance that a comparison of equal things flags anything at all. */
export const ALPHA = 0.01;

/** Differences below this are left alone, however certain they are. */
const SMALLEST_DIFFERENCE = 0.03;

/** Below these, Cliff's delta is negligible, small and medium (Romano and others, 2006). */
const [NEGLIGIBLE, SMALL, MEDIUM] = [0.147, 0.33, 0.474];

/** What counts as the tail, and how much heavier one must be. With fewer values there is none to speak of. */
const TAIL = 0.05;
const TAIL_FACTOR = 2;
const TAIL_FROM = 100;

/** Steps of the curve that a page draws. */
const STEPS = 100;

/** One test of two samples, before anything is known of the others. */
export interface Test extends Omit<Change, 'scenario' | 'metric' | 'kind' | 'p'> {
  readonly p: number;
  /** Large enough to be spoken of, if it should be significant. */
  readonly kind: Change['kind'] | undefined;
}

/** Both samples in ascending order, neither of them empty. */
export function testsOf(earlier: readonly number[], now: readonly number[]): Test[] {
  const { delta, p } = rankTest(earlier, now);
  const seen = {
    samples: [earlier.length, now.length],
    median: known(earlier, now, (values) => quantile(values, 50)!),
    p99: known(earlier, now, (values) => quantile(values, 99)!),
    mean: known(earlier, now, mean),
    delta,
    effect: effectOf(delta),
    steps: [stepsOf(earlier), stepsOf(now)],
  } as const;
  const shift = change(seen.median) || change(seen.mean) || moreOftenNever(earlier, now);
  const kind = seen.effect === 'negligible' ? undefined : kindOf(shift, delta);
  const rank: Test = { ...seen, where: 'all', p, kind };
  if (earlier.length + now.length < TAIL_FROM) return [rank];
  return [rank, { ...seen, where: 'tail', ...tailOf(earlier, now, change(seen.p99)) }];
}

function tailOf(earlier: readonly number[], now: readonly number[], shift: number): Pick<Test, 'p' | 'kind'> {
  const all = [...earlier, ...now].sort((a, b) => a - b || 0);
  const edge = quantile(all, 100 * (1 - TAIL))!;
  const [before, after] = [earlier, now].map((values) => values.filter((value) => value > edge).length) as [
    number,
    number,
  ];
  const top = before + after;
  const heavier = tailChance(earlier.length, now.length, top, after);
  const lighter = tailChance(now.length, earlier.length, top, before);
  const ratio = after / now.length / (before / earlier.length);
  const weight = ratio >= TAIL_FACTOR ? 1 : ratio <= 1 / TAIL_FACTOR ? -1 : 0;
  return { p: Math.min(1, 2 * Math.min(heavier, lighter)), kind: kindOf(shift, weight) };
}

/** Only where size and order of the values say the same. */
function kindOf(shift: number, direction: number): Change['kind'] | undefined {
  if (shift >= SMALLEST_DIFFERENCE && direction > 0) return 'regression';
  return shift <= -SMALLEST_DIFFERENCE && direction < 0 ? 'improvement' : undefined;
}

export function effectOf(delta: number): Effect {
  const size = Math.abs(delta);
  if (size < NEGLIGIBLE) return 'negligible';
  return size < SMALL ? 'small' : size < MEDIUM ? 'medium' : 'large';
}

/** As a share of the earlier value; null is never. */
export function change([earlier, now]: Pair<number | null>): number {
  if (earlier === now) return 0;
  if (now === null || earlier === 0) return Number.POSITIVE_INFINITY;
  return earlier === null ? -1 : (now - earlier) / earlier;
}

function known(
  earlier: readonly number[],
  now: readonly number[],
  of: (values: readonly number[]) => number,
): Pair<number | null> {
  return [orNull(of(earlier)), orNull(of(now))];
}

/** What came never in both samples has no mean: by how much its share has grown. */
function moreOftenNever(earlier: readonly number[], now: readonly number[]): number {
  return mean(now.map(isNever)) - mean(earlier.map(isNever));
}

function isNever(value: number): number {
  return Number.isFinite(value) ? 0 : 1;
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function stepsOf(sorted: readonly number[]): (number | null)[] {
  const steps = Math.min(STEPS, sorted.length);
  return Array.from({ length: steps }, (_, step) =>
    orNull(sorted[Math.ceil(((step + 1) * sorted.length) / steps) - 1]!),
  );
}
