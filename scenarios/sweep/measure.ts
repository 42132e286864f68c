import type { CodeIdentity } from '../code.ts';
import type { Call } from '../experiments/experiment.ts';
import { measureAll } from '../experiments/lab.ts';
import { sharesOf } from '../experiments/seeds.ts';
import type {
  LoadPlace,
  LoadRun,
  Measured,
  SpreadingPlace,
  SpreadingRun,
  SweepResults,
  TroublePlace,
  TroubleRun,
} from './result.ts';
import type { Share, Sweep } from './sweep.ts';

/** Where is measured, and with how many seeds. */
export interface Plan<Place> {
  readonly places: readonly Place[];
  seedsAt(this: void, place: Place): number;
}

export interface SweepPlan {
  readonly spreading: Plan<SpreadingPlace>;
  readonly load: Plan<LoadPlace>;
  readonly trouble: Plan<TroublePlace>;
}

export interface Sweeps {
  readonly spreading: Sweep<SpreadingPlace, SpreadingRun>;
  readonly load: Sweep<LoadPlace, LoadRun>;
  readonly trouble: Sweep<TroublePlace, TroubleRun>;
}

export interface SweepOptions {
  readonly workers: number;
  /** Hears which share of the work is done, up to 1: time passes with it evenly. */
  onProgress?(share: number): void;
  /** Aborting gives up what is under way. */
  readonly signal?: AbortSignal;
}

/** Small enough that all threads have something to do until the end, large enough not to speak of the threads. */
const NODE_SECONDS_OF_A_CALL = 40_000;

/** Makes all measurements of a plan; undefined when it was given up. */
export async function measureSweeps(
  sweeps: Sweeps,
  plan: SweepPlan,
  { version, digest }: CodeIdentity,
  { workers, onProgress, signal }: SweepOptions,
): Promise<SweepResults | undefined> {
  const spreading = callsOf(sweeps.spreading, plan.spreading);
  const load = callsOf(sweeps.load, plan.load);
  const trouble = callsOf(sweeps.trouble, plan.trouble);
  const calls: readonly PricedCall[] = [...spreading, ...load, ...trouble];
  const shareUntil = sharesOfCost(calls.map(({ cost }) => cost));
  const measured = await measureAll(calls, {
    workers,
    // Calls are begun in their order: those that are done are, nearly, the first ones.
    onDone: (done) => onProgress?.(shareUntil[done - 1]!),
    ...(signal === undefined ? {} : { signal }),
  });
  if (measured === undefined) return undefined;
  const answers = measured.values();
  return {
    kind: 'sweep',
    format: 1,
    version,
    code: digest,
    spreading: gathered(spreading, answers),
    load: gathered(load, answers),
    trouble: gathered(trouble, answers),
  };
}

interface PricedCall<Argument = unknown, Answer = unknown> extends Call<Argument, Answer> {
  /** Nodes times seconds. */
  readonly cost: number;
}

type CallOf<Place, Run> = PricedCall<Share<Place>, Run[]>;

function callsOf<Place, Run>(sweep: Sweep<Place, Run>, { places, seedsAt }: Plan<Place>): CallOf<Place, Run>[] {
  return places.flatMap((place) => {
    const cost = sweep.nodeSeconds(place);
    const share = Math.max(1, Math.floor(NODE_SECONDS_OF_A_CALL / cost));
    return sharesOf(seedsAt(place), share).map((seeds) => ({
      experiment: sweep,
      argument: { place, seeds },
      cost: cost * seeds.count,
    }));
  });
}

function sharesOfCost(costs: readonly number[]): number[] {
  const total = costs.reduce((sum, cost) => sum + cost, 0);
  let done = 0;
  return costs.map((cost) => (done += cost) / total);
}

/** Takes as many answers as there are calls, and puts those of one place together. */
function gathered<Place, Run>(
  calls: readonly CallOf<Place, Run>[],
  answers: Iterator<unknown>,
): Measured<Place, Run>[] {
  const places = new Map<Place, Run[]>();
  for (const { argument } of calls) {
    const runs = places.get(argument.place) ?? [];
    runs.push(...(answers.next().value as Run[]));
    places.set(argument.place, runs);
  }
  return [...places].map(([place, runs]) => ({ place, runs }));
}
