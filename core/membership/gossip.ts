import { MILLISECOND, type Micros, type Timer } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { State } from '../wire/messages.ts';
import { entry, type Ground } from './ground.ts';
import { pickPeers } from './peers.ts';
import type { Post } from './post.ts';
import type { View } from './view.ts';

/**
 * The gossip tick beside what rides on probes: waiting news goes to a few random members, the recently dead included,
 * who may only have been cut off. Ticks lie on a grid of the node's own phase; without news none is scheduled.
 */
export class Gossip {
  readonly #ground: Ground;
  readonly #post: Post;
  readonly #view: View;
  readonly #random: Random;
  readonly #interval: Micros;
  readonly #phase: Micros;
  readonly #onTick: () => void;
  #timer: Timer = 0;
  #running = false;

  constructor(ground: Ground, post: Post, view: View) {
    this.#ground = ground;
    this.#post = post;
    this.#view = view;
    this.#random = ground.random.fork('gossip');
    this.#interval = ground.settings.gossipIntervalMs * MILLISECOND;
    this.#phase = this.#interval === 0 ? 0 : this.#random.int(this.#interval);
    this.#onTick = entry(ground.hub, () => this.#tick());
  }

  start(): void {
    this.#running = true;
    this.wake();
  }

  stop(): void {
    this.#running = false;
    this.#ground.clock.cancel(this.#timer);
    this.#timer = 0;
  }

  /** There is news: makes sure that the next tick of the grid is scheduled. */
  wake(): void {
    if (!this.#running || this.#interval === 0 || this.#timer !== 0 || !this.#hasNews()) return;
    const { clock } = this.#ground;
    const past = (clock.now() + this.#interval - this.#phase) % this.#interval;
    this.#timer = clock.after(this.#interval - past, this.#onTick);
  }

  /** Sends waiting news at once to this many random members: a goodbye does not wait for ticks. */
  burst(members: number): void {
    for (const row of this.#peers(members)) this.#sendTo(row);
  }

  #tick(): void {
    this.#timer = 0;
    for (const row of this.#peers(this.#ground.settings.gossipNodes)) {
      if (!this.#hasNews()) break;
      this.#sendTo(row);
    }
    this.wake();
  }

  #sendTo(row: number): void {
    const peer = this.#ground.table.description(row);
    this.#post.sendWithNews(peer.address, [], peer);
  }

  #hasNews(): boolean {
    return this.#ground.queue.size > 0 || this.#ground.layers.broadcasting;
  }

  #peers(k: number): number[] {
    const { table, clock, settings } = this.#ground;
    const cutoff = clock.now() - settings.gossipToTheDeadMs * MILLISECOND;
    return pickPeers(table, this.#random, k, (row) => {
      if (row === this.#view.own.row) return false;
      return table.isLive(row) || (table.state(row) === State.dead && table.changed(row) > cutoff);
    });
  }
}
