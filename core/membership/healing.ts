import { MILLISECOND, type Timer } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Address } from '../ports/transport.ts';
import { sameAddress } from '../address.ts';
import { State } from '../wire/messages.ts';
import type { Exchange } from './exchange.ts';
import { entry, type Ground } from './ground.ts';
import type { View } from './view.ts';

/** Where to join: fixed addresses, or a function that is asked again before every attempt, for seeds that move. */
export type Seeds = readonly Address[] | (() => readonly Address[]);

export function currentSeeds(seeds: Seeds): readonly Address[] {
  return typeof seeds === 'function' ? seeds() : seeds;
}

/** A node that is alone tries this many times as often: it has nothing better to do. */
const ALONE_HASTE = 10;

/**
 * Brings split clusters together again. Members that died without a goodbye, and seeds that are not listed, may only
 * have been cut off: now and then one of them is tried. With d of them and a living members each tries with chance d/a,
 * so that the whole cluster makes about d attempts per interval, however large it is.
 */
export class Healing {
  readonly #ground: Ground;
  readonly #view: View;
  readonly #exchange: Exchange;
  readonly #random: Random;
  readonly #onAttempt: () => void;
  readonly #seeds: Seeds[] = [];
  #timer: Timer = 0;

  constructor(ground: Ground, view: View, exchange: Exchange) {
    this.#ground = ground;
    this.#view = view;
    this.#exchange = exchange;
    this.#random = ground.random.fork('healing');
    this.#onAttempt = entry(ground.hub, () => this.#attempt());
  }

  /** Seeds are tried again for as long as nobody of that address is listed. */
  remember(seeds: Seeds): void {
    if (!this.#seeds.includes(seeds)) this.#seeds.push(seeds);
  }

  start(): void {
    const { settings, clock, table } = this.#ground;
    if (settings.healingIntervalMs === 0) return;
    const interval = settings.healingIntervalMs * MILLISECOND;
    const usual = table.live > 1 ? interval : Math.ceil(interval / ALONE_HASTE);
    // Jitter from half to one and a half, so that two halves of a cluster do not try in step.
    this.#timer = clock.after(Math.floor(usual / 2) + this.#random.int(usual), this.#onAttempt);
  }

  stop(): void {
    this.#ground.clock.cancel(this.#timer);
  }

  #attempt(): void {
    this.start();
    const missing = this.#missing();
    if (missing.length === 0) return;
    const others = Math.max(1, this.#ground.table.live - 1);
    if (!this.#random.chance([Math.min(missing.length, others), others])) return;
    this.#ground.counters.healingAttempts += 1;
    this.#exchange.with(this.#random.pick(missing), true, () => {});
  }

  #missing(): Address[] {
    const { table, departed } = this.#ground;
    const missing = departed.dead().map((one) => one.about.address);
    const unlisted = new Set(this.#seeds.flatMap(currentSeeds));
    if (unlisted.size === 0 && table.count(State.dead) === 0) return missing;
    for (let row = 0; row < table.rows; row += 1) {
      if (!table.holds(row)) continue;
      const { address } = table.description(row);
      if (table.state(row) === State.dead) missing.push(address);
      else if (unlisted.size > 0) this.#strike(unlisted, address);
    }
    const own = this.#view.own.description.address;
    this.#strike(unlisted, own);
    return [...missing.filter((address) => address !== own), ...unlisted];
  }

  #strike(seeds: Set<Address>, listed: Address): void {
    for (const seed of seeds) {
      if (sameAddress(seed, listed)) seeds.delete(seed);
    }
  }
}
