import type { RunResult, SuiteResult } from '../../scenarios/result.ts';
import { count } from '../figures.ts';
import type { Counterparts } from './counterparts.ts';
import { ALPHA, type Test } from './judge.ts';
import { fewestRuns, isBlind } from './power.ts';

/** What somebody has to know who reads a comparison: whether the two are comparable, and what it could not see. */
export function notesOf(
  earlier: SuiteResult,
  now: SuiteResult,
  tested: readonly Counterparts[],
  tests: readonly Test[],
): string[] {
  return [
    ...cutShort('earlier', earlier),
    ...cutShort('present', now),
    ...otherSeeds(tested),
    ...otherStages(tested),
    ...failedRuns(tested),
    ...blindness(tests),
  ];
}

function cutShort(which: string, { stopped, notPlayed }: SuiteResult): string[] {
  if (notPlayed === 0) return [];
  return [
    `${count(notPlayed, 'run')} of the ${which} suite ${notPlayed === 1 ? 'was' : 'were'} not played (${stopped}).`,
  ];
}

function otherSeeds(tested: readonly Counterparts[]): string[] {
  const differing = tested.filter(({ earlier, now }) => seedsInWords(earlier) !== seedsInWords(now));
  const [first] = differing;
  if (first === undefined) return [];
  return [
    `The seeds differ in ${listed(differing)}, e.g. ${seedsInWords(first.earlier)} then and ${seedsInWords(first.now)} ` +
      'now. Samples of other seeds can be compared; only runs of one seed could be the very same.',
  ];
}

function otherStages(tested: readonly Counterparts[]): string[] {
  const differing = tested.filter(({ earlier, now }) => {
    const stages = new Map(earlier.map((run) => [run.seed, stageOf(run)]));
    return now.some((run) => stages.has(run.seed) && stages.get(run.seed) !== stageOf(run));
  });
  if (differing.length === 0) return [];
  return [
    `The same seeds build other stages (hosts, faults, duration) than before in ${listed(differing)}: what changed there ` +
      'may be the story instead of the code.',
  ];
}

function failedRuns(tested: readonly Counterparts[]): string[] {
  const runs = tested.flatMap(({ earlier, now }) => [...earlier, ...now]);
  const failed = runs.filter(({ verdict }) => verdict !== 'pass').length;
  if (failed === 0) return [];
  return [
    `${count(failed, 'run')} did not pass and ${failed === 1 ? 'is' : 'are'} left out of the distributions: such runs end early.`,
  ];
}

/** How many tests had too few runs to see anything. */
export function blindAmong(tests: readonly Test[]): number {
  const alpha = ALPHA / tests.length;
  return tests.filter(({ where, samples: [n, m] }) => where === 'all' && isBlind(n, m, alpha)).length;
}

function blindness(tests: readonly Test[]): string[] {
  const blind = blindAmong(tests);
  if (blind === 0) return [];
  const alpha = ALPHA / tests.length;
  return [
    `Too few runs: in ${blind} of ${count(tests.length, 'test')} not even the clearest difference could show. ` +
      `So many tests need at least ${fewestRuns(alpha)} runs of each scenario on both sides, e.g. \`--seeds ${fewestRuns(alpha)}\`.`,
  ];
}

function listed(scenarios: readonly Counterparts[]): string {
  const names = scenarios.slice(0, 3).map(({ scenario }) => scenario);
  const rest = scenarios.length - names.length;
  return `${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** `seeds 1 to 10`, `100 seeds from 1 to 400`. */
function seedsInWords(runs: readonly RunResult[]): string {
  const seeds = runs.map(({ seed }) => seed);
  const [first, last] = [Math.min(...seeds), Math.max(...seeds)];
  if (seeds.length === 1) return `seed ${first}`;
  return last - first + 1 === seeds.length
    ? `seeds ${first} to ${last}`
    : `${count(seeds.length, 'seed')} from ${first} to ${last}`;
}

/** Hosts, faults and duration of a run are part of its token, as a digest in its fourth field. */
function stageOf({ token }: RunResult): string | undefined {
  return token.split(':')[3];
}
