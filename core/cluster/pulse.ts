import { SECOND, type Clock, type Micros } from '../ports/clock.ts';
import type { Layer } from '../membership/layers.ts';

/** Nobody sends messages to this layer; the tag only keeps its place. */
const TAG = 0xd1;

export interface PulseHooks {
  onRoundTrip(seconds: number): void;
  onExchange(seconds: number): void;
  onStatement(bytes: number): void;
  onProof(): void;
}

/**
 * When each member last gave us proof of life, and how long its answers and exchanges take. A layer, so that nodes that nobody
 * watches (thousands of them in a simulation) do not pay for it.
 */
export class Pulse implements Layer {
  readonly tag = TAG;
  readonly #clock: Clock;
  readonly #heard = new Map<string, Micros>();
  readonly #hooks: PulseHooks;

  constructor(clock: Clock, hooks: PulseHooks) {
    this.#clock = clock;
    this.#hooks = hooks;
  }

  attach(): void {}

  onAck(peer: { readonly name: string }, roundTrip: Micros): void {
    this.#hooks.onRoundTrip(roundTrip / SECOND);
    this.heard(peer.name);
  }

  onExchange(duration: Micros): void {
    this.#hooks.onExchange(duration / SECOND);
  }

  onStatement(bytes: number): void {
    this.#hooks.onStatement(bytes);
  }

  /** Fresh evidence that it lives. */
  heard(name: string): void {
    this.#heard.set(name, this.#clock.now());
    this.#hooks.onProof();
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
