import type { ScenarioResult, SuiteResult, Verdict } from '../../scenarios/result.ts';
import { areSame, type Counterparts, counterpartsOf } from './counterparts.ts';
import { holm } from './holm.ts';
import { ALPHA, type Test, testsOf } from './judge.ts';
import { blindAmong, notesOf } from './notes.ts';
import { visibleDelta } from './power.ts';
import type { Change, Comparison, VerdictChange } from './result.ts';
import { COMPARED_METRICS, type ComparedMetric, samplesOf } from './samples.ts';
import { tailChance } from './tail.ts';

/** What has changed from one suite to another, and whether chance would have changed as much. */
export function compareResults(earlier: SuiteResult, now: SuiteResult): Comparison {
  const pairs = counterpartsOf(earlier, now);
  const same = pairs.filter(areSame);
  const tested = pairs.filter((pair) => !areSame(pair));
  const tests = tested.flatMap(testsOfScenario);
  const adjusted = holm(tests.map(({ test }) => test.p));
  const changes = tests.flatMap(({ scenario, metric, test }, index): Change[] => {
    const p = adjusted[index]!;
    if (test.kind === undefined || p > ALPHA) return [];
    return [{ ...test, scenario, metric, kind: test.kind, p }];
  });
  const verdicts = verdictChanges(earlier, now);
  const [before, after] = [earlier, now].map(({ scenarios }) => scenarios.map(({ scenario }) => scenario)) as [
    string[],
    string[],
  ];
  return {
    earlier: { version: earlier.version, runs: earlier.runs.length },
    now: { version: now.version, runs: now.runs.length },
    tests: tests.length,
    blind: blindAmong(tests.map(({ test }) => test)),
    visible: visibleIn(tests.map(({ test }) => test)),
    changes: withoutEchoes(changes).toSorted(byWeight),
    verdicts,
    added: after.filter((scenario) => !before.includes(scenario)),
    vanished: before.filter((scenario) => !after.includes(scenario)),
    same: same.map(({ scenario }) => scenario),
    tested: tested.map(({ scenario }) => scenario),
    notes: notesOf(
      earlier,
      now,
      tested,
      tests.map(({ test }) => test),
    ),
    regressed: changes.some(({ kind }) => kind === 'regression') || verdicts.some(({ worse }) => worse),
  };
}

interface NamedTest {
  readonly scenario: string;
  readonly metric: ComparedMetric;
  readonly test: Test;
}

function testsOfScenario({ scenario, earlier, now }: Counterparts): NamedTest[] {
  return (Object.keys(COMPARED_METRICS) as ComparedMetric[]).flatMap((metric) => {
    const [before, after] = [samplesOf(earlier, metric), samplesOf(now, metric)];
    if (before.length === 0 || after.length === 0) return [];
    return testsOf(before, after).map((test) => ({ scenario, metric, test }));
  });
}

/** A tail that moved along with everything else is told once. */
function withoutEchoes(changes: readonly Change[]): Change[] {
  return changes.filter(
    (one) =>
      one.where === 'all' ||
      !changes.some(
        (other) =>
          other.where === 'all' &&
          other.scenario === one.scenario &&
          other.metric === one.metric &&
          other.kind === one.kind,
      ),
  );
}

function byWeight(a: Change, b: Change): number {
  if (a.kind !== b.kind) return a.kind === 'regression' ? -1 : 1;
  return Math.abs(b.delta) - Math.abs(a.delta) || a.p - b.p;
}

/** What the test in the middle would find. */
function visibleIn(tests: readonly Test[]): number | null {
  const deltas = tests
    .filter(({ where }) => where === 'all')
    .map(({ samples: [n, m] }) => visibleDelta(n, m, ALPHA / tests.length))
    .toSorted((a, b) => a - b);
  return deltas[Math.floor(deltas.length / 2)] ?? null;
}

const BADNESS: Readonly<Record<Verdict, number>> = { pass: 0, fail: 1, nondeterministic: 2 };

function verdictChanges(earlier: SuiteResult, now: SuiteResult): VerdictChange[] {
  const before = new Map(earlier.scenarios.map((one) => [one.scenario, one]));
  const shared = now.scenarios.filter(({ scenario }) => before.has(scenario)).length;
  return now.scenarios.flatMap((after): VerdictChange[] => {
    const then = before.get(after.scenario);
    if (then === undefined || (then.verdict === after.verdict && brokenRuns(then) === brokenRuns(after))) return [];
    return [
      {
        scenario: after.scenario,
        verdict: [then.verdict, after.verdict],
        failed: [brokenRuns(then), brokenRuns(after)],
        seeds: [then.seeds, after.seeds],
        worse:
          BADNESS[after.verdict] > BADNESS[then.verdict] ||
          (after.verdict === then.verdict && chanceOfMoreBroken(then, after) * shared <= ALPHA),
      },
    ];
  });
}

/** What fails as before may fail far more often than before. */
function chanceOfMoreBroken(then: ScenarioResult, after: ScenarioResult): number {
  return tailChance(then.seeds, after.seeds, brokenRuns(then) + brokenRuns(after), brokenRuns(after));
}

function brokenRuns({ failed, nondeterministic }: ScenarioResult): number {
  return failed + nondeterministic;
}
