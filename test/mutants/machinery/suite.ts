import type { Edit } from '../../../scenarios/edit.ts';
import type { Size } from '../../../scenarios/shrink/shrink.ts';

/** What mutants are held against: named plays, each over any number of seeds. */
export interface Play {
  readonly name: string;
  /** How long one seed takes compared with other plays; small ones are played first. */
  readonly cost: number;
  /** Plays the next seed; undefined when nothing was broken. */
  run(seed: number, edit?: Edit): Promise<Finding | undefined>;
  /** The smallest schedule with which this seed still breaks the same rule. `onPlayed` hears of every run. */
  shrink?(seed: number, onPlayed: () => void): Promise<ShrunkRun>;
}

export interface ShrunkRun {
  readonly edit: Edit;
  readonly before: Size;
  readonly after: Size;
  readonly minimal: boolean;
}

export interface Finding {
  /** The rule that was broken. */
  readonly rule: string;
  /** No single run broke it, but all seeds so far did together: a bound, or a point that none of them reached. */
  readonly together?: boolean;
}

/** What was broken by the runs of one play from seed `from` to seed `seed`: the same seed unless it took several. */
export interface Kill {
  readonly play: string;
  readonly rule: string;
  readonly from: number;
  readonly seed: number;
  /** When it was asked for, and the rule was broken by one run alone. */
  readonly shrunk?: TimedShrunkRun;
}

export interface TimedShrunkRun extends ShrunkRun {
  /** Of one core: what else the machine does at the time says nothing about the mutant. */
  readonly seconds: number;
}

/** A run that is played for itself. */
export interface SingleRun extends Pick<Kill, 'play' | 'from' | 'seed'> {
  readonly edit?: Edit;
  /** The only rule that counts; any, unless one is named. */
  readonly rule?: string;
}

/** What a player process is asked to do. */
export interface PlayOrder {
  readonly seeds: number;
  readonly first: readonly string[];
  /** Stop at the first kill, or find the first kill of every play. */
  readonly until: 'first-kill' | 'every-play';
  /** Play only these runs. */
  readonly only?: readonly SingleRun[];
  /** Shrink whatever one run alone breaks. */
  readonly shrink?: boolean;
}

/** What a player process says, one JSON object per line. */
export type PlayerReport =
  | { readonly type: 'ready' }
  | { readonly type: 'playing'; readonly play: string; readonly seed: number }
  | { readonly type: 'kill'; readonly kill: Kill }
  /** Of the latest kill: on its way, and there. */
  | { readonly type: 'shrinking' }
  | { readonly type: 'shrunk'; readonly shrunk: TimedShrunkRun }
  | { readonly type: 'done'; readonly runs: number };

/** Ends of the waves of seeds: a bug that most seeds show dies before the costly plays get their second one. */
const WAVES = [1, 3, 10, 25];

interface PlannedPlay {
  readonly play: Play;
  readonly seed: number;
  readonly edit?: Edit;
  readonly rule?: string;
}

/** All (play, seed) pairs in the order in which they are tried. */
export function* playOrder(plays: readonly Play[], order: PlayOrder): Generator<PlannedPlay> {
  if (order.only !== undefined) {
    for (const { play: name, from, seed: to, ...how } of order.only) {
      const play = plays.find((candidate) => candidate.name === name);
      for (let seed = from; play !== undefined && seed <= to; seed += 1) yield { play, seed, ...how };
    }
    return;
  }
  const rank = ({ name }: Play) => (order.first.includes(name) ? order.first.indexOf(name) : order.first.length);
  const sorted = plays.toSorted((a, b) => rank(a) - rank(b) || a.cost - b.cost);
  let begun = 0;
  for (const end of [...WAVES.filter((wave) => wave < order.seeds), order.seeds]) {
    for (const play of sorted) for (let seed = begun + 1; seed <= end; seed += 1) yield { play, seed };
    begun = end;
  }
}

/** Plays until the order is fulfilled; `say` hears of every run before it begins, so that a hang can be named. */
export async function fulfil(
  plays: readonly Play[],
  order: PlayOrder,
  say: (report: PlayerReport) => void,
): Promise<void> {
  const killedPlays = new Set<string>();
  let runs = 0;
  for (const { play, seed, edit, rule: only } of playOrder(plays, order)) {
    if (killedPlays.has(play.name)) continue;
    say({ type: 'playing', play: play.name, seed });
    const finding = await play.run(seed, edit).catch((error: unknown): Finding => ({ rule: `threw ${String(error)}` }));
    runs += 1;
    if (finding === undefined) continue;
    const { rule, together = false } = finding;
    if (only !== undefined && only !== rule) continue;
    say({ type: 'kill', kill: { play: play.name, rule, from: together ? 1 : seed, seed } });
    if (order.shrink === true && !together && play.shrink !== undefined) {
      const began = process.cpuUsage();
      const shrunk = await play.shrink(seed, () => say({ type: 'shrinking' }));
      const { user, system } = process.cpuUsage(began);
      say({ type: 'shrunk', shrunk: { ...shrunk, seconds: (user + system) / 1_000_000 } });
    }
    if (order.until === 'first-kill') break;
    if (order.only === undefined) killedPlays.add(play.name);
  }
  say({ type: 'done', runs });
}
