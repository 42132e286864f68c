import type { Micros } from '../../core/ports/clock.ts';
import { bytes, floats, shorts } from './growing.ts';
import { type Timeline, unpackChange } from './timeline.ts';

/** What the cluster as a whole holds of a node, the gravest last. */
export const STANDINGS = ['unknown', 'alive', 'left', 'suspected', 'dead to some', 'dead to all'] as const;
export type Standing = (typeof STANDINGS)[number];

const Standings = { unknown: 0, alive: 1, left: 2, suspected: 3, deadToSome: 4, deadToAll: 5 } as const;

/** How many of those who take part in the cluster hold what of a node; the node itself is not asked. */
export interface Beliefs {
  readonly asked: number;
  readonly alive: number;
  readonly suspect: number;
  readonly dead: number;
  readonly left: number;
}

/** How the beliefs about one node went, in columns: each entry holds until the next one begins. */
export interface BeliefHistory {
  readonly at: Float64Array;
  readonly asked: Uint16Array;
  readonly alive: Uint16Array;
  readonly suspect: Uint16Array;
  readonly dead: Uint16Array;
  readonly left: Uint16Array;
  /** A number into STANDINGS, by entry. */
  readonly standing: Uint8Array;
}

export function beliefsAt(history: BeliefHistory, at: Micros): Beliefs {
  const entry = lastUpTo(history.at, at);
  if (entry < 0) return { asked: 0, alive: 0, suspect: 0, dead: 0, left: 0 };
  const { asked, alive, suspect, dead, left } = history;
  return {
    asked: asked[entry] as number,
    alive: alive[entry] as number,
    suspect: suspect[entry] as number,
    dead: dead[entry] as number,
    left: left[entry] as number,
  };
}

/** The last place whose time is not after `at`; -1 when all are. Times never fall. */
export function lastUpTo(times: ArrayLike<number>, at: Micros): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function standingOf(asked: number, alive: number, suspect: number, dead: number, left: number): number {
  if (asked === 0) return Standings.unknown;
  if (dead > 0) return alive + suspect === 0 ? Standings.deadToAll : Standings.deadToSome;
  if (suspect > 0) return Standings.suspected;
  if (left > 0) return Standings.left;
  return alive > 0 ? Standings.alive : Standings.unknown;
}

/**
 * By host of the topology, from what the nodes themselves told: whoever runs and has not left is asked about all others.
 * The same reckoning as the invariants' (`simulator/invariants/agreement.ts`), kept over time.
 */
export function believed(timeline: Timeline): BeliefHistory[] {
  const electorate = new Electorate(timeline);
  const { rows, kinds, transitions } = timeline;
  for (let row = 0; row < rows.at.length; row++) {
    const { family, name } = kinds[rows.kind[row] as number]!;
    if (family === 'message') continue;
    const at = rows.at[row] as number;
    const host = (rows.host[row] as number) - 1;
    if (host < 0 || electorate.isBystander(host)) continue;
    if (family === 'transition') {
      const change = unpackChange(transitions.change[rows.place[row] as number] as number);
      electorate.believe(at, host, rows.peer[row] as number, change.after, change.how === 'self');
    } else if (name === 'boot') electorate.boot(at, host);
    else if (name === 'crash' || name === 'leaving') electorate.setPresent(at, host, false);
    else if (name === 'stopped') electorate.stop(at, host);
  }
  return electorate.histories();
}

const BELIEFS = 5;
const ALIVE = 1;

/** Who takes part, and what each of them holds of every name. */
class Electorate {
  readonly #names: number;
  readonly #bystanders: ReadonlySet<number>;
  /** By observer and name: 0 for unknown, then alive, suspect, dead, left. */
  readonly #held: Uint8Array;
  /** By name and belief: how many of those present hold it, the hosts of that name apart. */
  readonly #counts: Int32Array;
  readonly #present: boolean[];
  /** By host: the name that it goes by; by name: the hosts that do, and how many of them are present. */
  readonly #own: number[];
  readonly #owners: number[][];
  readonly #ownersPresent: Int32Array;
  readonly #histories: History[];
  #presentCount = 0;

  constructor({ hosts, names, bystanders }: Timeline) {
    this.#names = names.length;
    this.#bystanders = new Set(bystanders);
    this.#held = new Uint8Array(hosts * names.length);
    this.#counts = new Int32Array(names.length * BELIEFS);
    this.#present = Array.from({ length: hosts }, () => false);
    this.#own = Array.from({ length: hosts }, (_, host) => host + 1);
    this.#owners = names.map((_, name) => (name > 0 && name <= hosts ? [name - 1] : []));
    this.#ownersPresent = new Int32Array(names.length);
    this.#histories = this.#own.map(() => new History());
  }

  isBystander(host: number): boolean {
    return this.#bystanders.has(host + 1);
  }

  boot(at: Micros, host: number): void {
    this.stop(at, host);
    this.setPresent(at, host, true);
  }

  stop(at: Micros, host: number): void {
    this.setPresent(at, host, false);
    this.#held.fill(0, host * this.#names, (host + 1) * this.#names);
  }

  believe(at: Micros, host: number, name: number, belief: number, aboutItself: boolean): void {
    if (aboutItself && this.#own[host] !== name) this.#rename(at, host, name);
    const cell = host * this.#names + name;
    const before = this.#held[cell] as number;
    this.#held[cell] = belief;
    if (this.#own[host] === name) {
      // Alive to itself: it starts, or is back after a leave.
      if (before !== ALIVE && belief === ALIVE) this.setPresent(at, host, true);
    } else if (this.#present[host] === true) {
      this.#count(name, before, -1);
      this.#count(name, belief, 1);
      this.#note(at, name);
    }
  }

  setPresent(at: Micros, host: number, present: boolean): void {
    if (this.#present[host] === present) return;
    const by = present ? 1 : -1;
    const own = this.#own[host] as number;
    this.#present[host] = present;
    this.#presentCount += by;
    this.#ownersPresent[own] = (this.#ownersPresent[own] as number) + by;
    for (let name = 1; name < this.#names; name++) {
      if (name !== own) this.#count(name, this.#held[host * this.#names + name] as number, by);
    }
    for (const name of new Set(this.#own)) this.#note(at, name);
  }

  histories(): BeliefHistory[] {
    return this.#histories.map((history) => history.columns());
  }

  #rename(at: Micros, host: number, name: number): void {
    const present = this.#present[host] as boolean;
    const old = this.#own[host] as number;
    this.setPresent(at, host, false);
    this.#own[host] = name;
    this.#owners[old] = this.#owners[old]!.filter((owner) => owner !== host);
    this.#owners[name]!.push(host);
    this.setPresent(at, host, present);
    this.#note(at, name);
  }

  #count(name: number, belief: number, by: number): void {
    const place = name * BELIEFS + belief;
    this.#counts[place] = (this.#counts[place] as number) + by;
  }

  #note(at: Micros, name: number): void {
    const first = name * BELIEFS;
    const counts = this.#counts;
    const asked = this.#presentCount - (this.#ownersPresent[name] as number);
    for (const owner of this.#owners[name]!) {
      const history = this.#histories[owner]!;
      history.note(at, asked, counts[first + 1]!, counts[first + 2]!, counts[first + 3]!, counts[first + 4]!);
    }
  }
}

class History {
  readonly #at = floats();
  readonly #asked = shorts();
  readonly #alive = shorts();
  readonly #suspect = shorts();
  readonly #dead = shorts();
  readonly #left = shorts();
  readonly #standing = bytes();

  /** Of what is noted at one time the last counts. */
  note(at: Micros, asked: number, alive: number, suspect: number, dead: number, left: number): void {
    const last = this.#at.length - 1;
    const entry = last >= 0 && this.#at.get(last) === at ? last : last + 1;
    put(this.#at, entry, at);
    put(this.#asked, entry, asked);
    put(this.#alive, entry, alive);
    put(this.#suspect, entry, suspect);
    put(this.#dead, entry, dead);
    put(this.#left, entry, left);
    put(this.#standing, entry, standingOf(asked, alive, suspect, dead, left));
  }

  columns(): BeliefHistory {
    return {
      at: this.#at.values,
      asked: this.#asked.values,
      alive: this.#alive.values,
      suspect: this.#suspect.values,
      dead: this.#dead.values,
      left: this.#left.values,
      standing: this.#standing.values,
    };
  }
}

function put(
  column: ReturnType<typeof floats> | ReturnType<typeof shorts> | ReturnType<typeof bytes>,
  entry: number,
  value: number,
): void {
  if (entry === column.length) column.push(value);
  else column.set(entry, value);
}
