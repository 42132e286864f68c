import { SECOND, type Clock, type Micros } from '../ports/clock.ts';
import type { Layer } from '../membership/layers.ts';

/** Nobody sends messages to this layer; the tag only keeps its place. */
const TAG = 0xd1;

/**
 * When each member last gave us proof of life, and how long its answers take. A layer, so that nodes that nobody
 * watches (thousands of them in a simulation) do not pay for it.
 */
export class Pulse implements Layer {
  readonly tag = TAG;
  readonly #clock: Clock;
  readonly #heard = new Map<string, Micros>();
  readonly #onRoundTrip: (seconds: number) => void;
  readonly #onProof: () => void;

  constructor(clock: Clock, hooks: { onRoundTrip(seconds: number): void; onProof(): void }) {
    this.#clock = clock;
    this.#onRoundTrip = hooks.onRoundTrip.bind(hooks);
    this.#onProof = hooks.onProof.bind(hooks);
  }

  attach(): void {}

  onAck(peer: { readonly name: string }, roundTrip: Micros): void {
    this.#onRoundTrip(roundTrip / SECOND);
    this.heard(peer.name);
  }

  /** Fresh evidence that it lives. */
  heard(name: string): void {
    this.#heard.set(name, this.#clock.now());
    this.#onProof();
  }

  /** Forgets all but these names. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#heard.keys()) if (!names.has(name)) this.#heard.delete(name);
  }

  /** Seconds since the last proof; undefined when there was none. */
  secondsSince(name: string): number | undefined {
    const at = this.#heard.get(name);
    return at === undefined ? undefined : (this.#clock.now() - at) / SECOND;
  }
}
