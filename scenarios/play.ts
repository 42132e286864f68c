import { seededRandom } from '../core/random.ts';
import type { Fault } from '../simulator/faults/fault.ts';
import type { Violation } from '../simulator/invariant.ts';
import type { EventRange, TraceRecord } from '../simulator/trace.ts';
import { HostFailed, TimeStandsStill } from '../simulator/errors.ts';
import { World } from '../simulator/world.ts';
import type { CodeIdentity } from './code.ts';
import { digestText } from './digest.ts';
import { AmbientNondeterminism, InvalidScenario } from './errors.ts';
import { turn, underGuard } from './guards.ts';
import type { Watch } from './guards.ts';
import { faultInWords, faultsInForce } from './in-words.ts';
import { collectMetrics } from './metrics.ts';
import type { Failure, Mode, RunResult, Verdict } from './result.ts';
import type { RunMetrics, Scenario, Stage } from './scenario.ts';
import { worldSeed } from './seeds.ts';
import { formatToken } from './token.ts';

export interface PlayOptions {
  readonly mode: Mode;
  readonly code: CodeIdentity;
  /** Delays the nth delivery by a microsecond: proves that the hash notices. */
  readonly shiftDelivery?: number;
  /** Hears every event of the run. */
  readonly onTrace?: (record: TraceRecord) => void;
  /** Events that the trace keeps whole. */
  readonly keep?: EventRange;
  /** Keeps account of the run's shape: `world.shape`. */
  readonly shape?: boolean;
}

/** One run, ready to be started or just over, with all that a story or a comparison needs. */
export interface Played {
  readonly stage: Stage;
  readonly world: World;
  readonly result: RunResult;
}

/** Plays one scenario from one seed. The same arguments give the same result: on any thread, in any order. */
export async function playRun(scenario: Scenario, seed: number, options: PlayOptions): Promise<RunResult> {
  return (await playWorld(scenario, seed, options)).result;
}

/** As `playRun`, and keeps the world to look into. */
export async function playWorld(scenario: Scenario, seed: number, options: PlayOptions): Promise<Played> {
  const watch: Watch = { caught: [], rejected: [] };
  const { stage, world, metrics } = await underGuard(() => prepare(scenario, seed, options), watch);
  const failed = await underGuard(() => world.runAsync(turn), watch).then(
    () => [],
    (error: unknown) => [error],
  );
  const measured = metrics.read(measurable(world));
  const violations = judge(scenario, stage, world, measured, watch, failed);
  const verdict: Verdict = watch.caught.length > 0 ? 'nondeterministic' : violations.length > 0 ? 'fail' : 'pass';
  const result: RunResult = {
    scenario: scenario.name,
    seed,
    token: formatToken({
      scenario: scenario.name,
      seed,
      mode: options.mode,
      stage: digestStage(stage),
      version: options.code.version,
      code: options.code.digest,
      hash: world.hash,
    }),
    hash: world.hash,
    verdict,
    violation: violations.length > 0 ? explain(violations, stage) : null,
    metrics: measured,
  };
  return { stage, world, result };
}

/** Everything that can be wrong with a scenario itself shows here, before the first event. */
function prepare(scenario: Scenario, seed: number, options: PlayOptions) {
  try {
    const stage = materialise(scenario, seed);
    const metrics = collectMetrics();
    const { shiftDelivery, onTrace, keep, shape } = options;
    const world = new World({
      seed: worldSeed(scenario, seed),
      hosts: stage.hosts,
      faults: stage.faults,
      duration: stage.duration,
      invariants: [...stage.invariants, metrics.invariant],
      mode: options.mode,
      // What follows a broken rule explains nothing; the first violation does.
      stopOnViolation: true,
      ...(stage.latency === undefined ? {} : { latency: stage.latency }),
      ...(stage.mtu === undefined ? {} : { mtu: stage.mtu }),
      ...(shiftDelivery === undefined ? {} : { shiftDelivery: { nth: shiftDelivery, by: 1 } }),
      ...(onTrace === undefined ? {} : { onTrace }),
      ...(keep === undefined ? {} : { keep }),
      ...(shape === undefined ? {} : { shape }),
    });
    return { stage, world, metrics };
  } catch (cause) {
    if (cause instanceof InvalidScenario) throw cause;
    if (cause instanceof AmbientNondeterminism) throw new InvalidScenario(scenario.name, cause.message);
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidScenario(scenario.name, `its stage for seed ${seed} cannot be built: ${problem}`, { cause });
  }
}

function measurable(world: World): Parameters<ReturnType<typeof collectMetrics>['read']>[0] {
  const { hosts, counters, struck } = world;
  return { hosts, counters, struck, now: () => world.now(), reached: [...world.reachedPoints].toSorted() };
}

/** Builds the stage of one run: everything that the seed decides before the first event. */
export function materialise(scenario: Scenario, seed: number): Stage {
  const stage = scenario.stage({ random: seededRandom(`${worldSeed(scenario, seed)}/stage`) });
  const missing = STAGE_FIELDS.find(([field, fits]) => !fits(stage?.[field]));
  if (missing === undefined) return stage;
  const [field, , kind] = missing;
  throw new InvalidScenario(scenario.name, `what its stage returns needs ${field}: ${kind}.`);
}

/** What no stage can do without. */
const STAGE_FIELDS: readonly (readonly [keyof Stage, (value: unknown) => boolean, string])[] = [
  ['hosts', Array.isArray, 'a list of hosts'],
  ['faults', Array.isArray, 'a list of faults, which may be empty'],
  ['duration', Number.isInteger, 'a whole number of microseconds'],
  ['invariants', Array.isArray, 'a list of invariants, which may be empty'],
];

function digestStage({ hosts, faults, duration, latency, invariants, mtu, settings }: Stage): string {
  const plain = hosts.map(({ name, zone, seed, startAt }) => ({ name, zone, seed, startAt }));
  return digestText(
    JSON.stringify([
      plain,
      faults,
      duration,
      latency,
      invariants.map(({ id }) => id),
      mtu,
      ...(settings === undefined ? [] : [settings]),
    ]),
  );
}

type Judged = Violation & { readonly words: string };

/** Everything that speaks against a run, the most telling first. */
function judge(
  scenario: Scenario,
  stage: Stage,
  world: World,
  metrics: RunMetrics,
  watch: Watch,
  thrown: readonly unknown[],
): Judged[] {
  const at = world.now();
  const broken = world.violations.map((violation) => ({
    ...violation,
    words: stage.invariants.find(({ id }) => id === violation.invariant)?.words ?? violation.invariant,
  }));
  const end = { at, phase: 'end' } as const;
  return [
    ...watch.caught.map((error) => ambient(error, at)),
    ...(watch.caught.length > 0 ? [] : [...thrown, ...watch.rejected].map((error) => crashed(error, at))),
    ...broken,
    // A run that was cut short by a violation could not show the rest.
    ...(broken.length + thrown.length > 0 ? [] : unmet()),
  ];

  function unmet(): Judged[] {
    const idle = (scenario.mustStrike ?? []).filter((kind) => !hasStruck(kind, metrics.struck));
    return [
      ...idle.map((kind) => ({
        ...end,
        invariant: 'must-strike',
        subject: kind,
        words: 'Every fault that a scenario requires has an effect.',
        detail: `No fault of kind "${kind}" had any effect in this run${plannedInWords(kind, stage.faults)}.`,
      })),
      ...(stage.expectations ?? []).flatMap(({ id, words, judge: judgeMetrics }) => {
        const detail = judgeMetrics(metrics);
        return detail === undefined ? [] : [{ ...end, invariant: `expectation-${id}`, subject: '', words, detail }];
      }),
    ];
  }
}

function hasStruck(kind: string, struck: Readonly<Record<string, number>>): boolean {
  return Object.entries(struck).some(([name, times]) => times > 0 && (name === kind || name.startsWith(`${kind}.`)));
}

function plannedInWords(kind: string, faults: readonly Fault[]): string {
  const planned = faults.filter((fault) => fault.kind === kind).length;
  return planned === 0 ? ': its schedule has none' : `, though its schedule has ${planned}`;
}

function ambient(error: AmbientNondeterminism, at: number): Judged {
  return {
    invariant: 'no-ambient-nondeterminism',
    subject: error.source,
    phase: 'always',
    at,
    words: 'A program takes time, chance and input from its host alone.',
    detail: `${error.message}${callerOf(error)}`,
  };
}

function crashed(error: unknown, at: number): Judged {
  const cause = error instanceof HostFailed ? error.cause : error;
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}${callerOf(cause)}` : String(cause);
  return {
    invariant: 'no-exception',
    subject: error instanceof HostFailed || error instanceof TimeStandsStill ? error.host : '',
    phase: 'always',
    at,
    words: 'No program throws out of its handlers.',
    detail: text,
  };
}

/** The innermost frame of the stack that is neither the guard's nor the platform's. */
function callerOf(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const frame = frames.find((line) => !/node:internal|[\\/]scenarios[\\/]guards\.[jt]s|Proxy\./.test(line));
  return frame === undefined ? '' : ` (${frame.trim()})`;
}

function explain(violations: readonly Judged[], stage: Stage): Failure {
  const [first, ...others] = violations as [Judged, ...Judged[]];
  return { ...first, faults: faultsInForce(stage.faults, first.at).map(faultInWords), others: others.length };
}
