import type { Micros } from '../core/ports/clock.ts';
import type { Ratio } from '../core/ports/random.ts';
import { draw, hashText, isWithin, Purpose } from './draws.ts';
import type { Fault, LinkHarm } from './faults/fault.ts';

export type Channel = 'datagram' | 'stream';
export type StreamEffect = 'refuse' | 'reset' | 'stall' | 'half-open';

/** Who is meant, by host index; undefined means everybody. */
type HostSet = Uint8Array | undefined;

/** A partition or block in force. */
interface Cut {
  readonly fault: Fault;
  readonly only: Channel | undefined;
  separates(from: number, to: number): boolean;
}

/** A `link` fault in force. */
export interface Harm extends LinkHarm {
  readonly fault: Fault;
  readonly from: HostSet;
  readonly to: HostSet;
  /** From the id of the fault, so that equal harms of two faults draw apart. */
  readonly salt: number;
  /** Until when a link of limited bandwidth is busy, per link that has carried something. */
  readonly busyUntil: Map<number, Micros>;
}

interface StreamHarm {
  readonly fault: Fault;
  readonly effect: StreamEffect;
  readonly hosts: HostSet;
}

/** What stands between hosts right now: all the time-limited faults of the network that are in force. */
export class Links {
  harms: readonly Harm[] = [];
  #cuts: readonly Cut[] = [];
  #streamHarms: readonly StreamHarm[] = [];
  readonly #indexOf: ReadonlyMap<string, number>;

  constructor(indexOf: ReadonlyMap<string, number>) {
    this.#indexOf = indexOf;
  }

  /** True while nothing at all is wrong: the way past every check. */
  get clean(): boolean {
    return this.#cuts.length === 0 && this.harms.length === 0;
  }

  add(fault: Fault): void {
    switch (fault.kind) {
      case 'partition': {
        const groups = new Int32Array(this.#indexOf.size).fill(-1);
        fault.groups.forEach((group, number) => {
          for (const name of group) groups[this.#index(name)] = number;
        });
        const separates = (from: number, to: number): boolean => {
          const [ours, theirs] = [groups[from] as number, groups[to] as number];
          return ours >= 0 && theirs >= 0 && ours !== theirs;
        };
        this.#cuts = [...this.#cuts, { fault, only: fault.only, separates }];
        return;
      }
      case 'block': {
        const [senders, receivers] = [this.#set(fault.from), this.#set(fault.to)];
        const separates = (from: number, to: number): boolean => includes(senders, from) && includes(receivers, to);
        this.#cuts = [...this.#cuts, { fault, only: fault.only, separates }];
        return;
      }
      case 'link': {
        const [from, to] = [this.#set(fault.from), this.#set(fault.to)];
        const harm = { ...fault, fault, from, to, salt: hashText(fault.id), busyUntil: new Map<number, Micros>() };
        this.harms = [...this.harms, harm];
        return;
      }
      case 'stream':
        this.#streamHarms = [...this.#streamHarms, { fault, effect: fault.effect, hosts: this.#set(fault.hosts) }];
        return;
    }
  }

  remove(fault: Fault): void {
    const others = (entry: { fault: Fault }): boolean => entry.fault !== fault;
    this.#cuts = this.#cuts.filter(others);
    this.harms = this.harms.filter(others);
    this.#streamHarms = this.#streamHarms.filter(others);
  }

  /** The fault that keeps `to` from hearing `from`, if any. */
  cut(from: number, to: number, channel: Channel): Fault | undefined {
    if (from === to) return undefined;
    for (const cut of this.#cuts) {
      if ((cut.only === undefined || cut.only === channel) && cut.separates(from, to)) return cut.fault;
    }
    return undefined;
  }

  /** The fault that has this effect on streams between two hosts, if any. */
  streamFault(effect: StreamEffect, one: number, other: number): Fault | undefined {
    for (const harm of this.#streamHarms) {
      if (harm.effect === effect && (includes(harm.hosts, one) || includes(harm.hosts, other))) return harm.fault;
    }
    return undefined;
  }

  touches(harm: Harm, from: number, to: number): boolean {
    return from !== to && includes(harm.from, from) && includes(harm.to, to);
  }

  #set(names: readonly string[] | undefined): HostSet {
    if (names === undefined) return undefined;
    const set = new Uint8Array(this.#indexOf.size);
    for (const name of names) set[this.#index(name)] = 1;
    return set;
  }

  #index(name: string): number {
    return this.#indexOf.get(name) as number;
  }
}

function includes(set: HostSet, index: number): boolean {
  return set === undefined || set[index] === 1;
}

/** How long a message waits for a link of limited bandwidth, its own sending included. */
export function occupy(harm: Harm, link: number, now: Micros, size: number): Micros {
  const free = Math.max(now, harm.busyUntil.get(link) ?? 0);
  const done = free + Math.ceil((size * 1_000_000) / (harm.bytesPerSecond as number));
  harm.busyUntil.set(link, done);
  return done - now;
}

/** How much a link of limited bandwidth already has to carry. */
export function backlog(harm: Harm, link: number, now: Micros): Micros {
  return Math.max(0, (harm.busyUntil.get(link) ?? 0) - now);
}

/**
 * Whether a Gilbert-Elliott link is in its bad state. The state of a slot follows from one draw per slot: going back
 * in time, the draws are composed until they lead to one state whatever was before them, so no state is kept.
 */
export function inBurst(
  seed: number,
  burst: { readonly enter: Ratio; readonly leave: Ratio; readonly slot: Micros },
  salt: number,
  link: number,
  elapsed: Micros,
): boolean {
  let ifBad = true;
  let ifGood = false;
  for (let slot = Math.floor(elapsed / burst.slot); slot > 0; slot--) {
    const drawn = draw(seed ^ link, Purpose.burst + slot * 16, salt);
    const turnsBad = isWithin(drawn, burst.enter);
    // The same draw from its other end, so that few draws let the two states change places.
    const staysBad = !isWithin(0xffffffff - drawn, burst.leave);
    const bad: boolean = staysBad ? ifBad : ifGood;
    const good: boolean = turnsBad ? ifBad : ifGood;
    if (bad === good) return bad;
    ifBad = bad;
    ifGood = good;
  }
  return ifGood;
}
