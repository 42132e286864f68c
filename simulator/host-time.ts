import type { Micros } from '../core/ports/clock.ts';

/** How far one world microsecond lies from another on a drifting clock: floor(elapsed * ppm / 10^6), exact. */
function drifted(elapsed: Micros, ppm: number): Micros {
  const millions = Math.floor(elapsed / 1_000_000);
  return millions * ppm + Math.floor(((elapsed - millions * 1_000_000) * ppm) / 1_000_000);
}

/**
 * A host's idea of time: monotonic local microseconds that run `ppm` parts per million fast (or slow) since they were
 * last adjusted, and a wall clock that may jump. Pure integer arithmetic.
 */
export class HostTime {
  #worldBase: Micros = 0;
  #localBase: Micros = 0;
  #ppm = 0;
  #wallMs: number;

  constructor(epochMs: number) {
    this.#wallMs = epochMs;
  }

  local(world: Micros): Micros {
    if (this.#ppm === 0) return world - this.#worldBase + this.#localBase;
    const elapsed = world - this.#worldBase;
    return this.#localBase + elapsed + drifted(elapsed, this.#ppm);
  }

  /** The first world microsecond at which local time is `local` or later. Not before the last adjustment. */
  world(local: Micros): Micros {
    const passed = local - this.#localBase;
    if (this.#ppm === 0 || passed <= 0) return this.#worldBase + Math.max(0, passed);
    let world = this.#worldBase + Math.floor((passed / (1_000_000 + this.#ppm)) * 1_000_000);
    while (this.local(world) >= local) world--;
    while (this.local(world) < local) world++;
    return world;
  }

  wallMs(world: Micros): number {
    return this.#wallMs + Math.floor(this.local(world) / 1000);
  }

  /** From `world` on, time runs at another rate; the wall clock jumps there. */
  adjust(world: Micros, jumpMs: number, ppm: number): void {
    this.#localBase = this.local(world);
    this.#worldBase = world;
    this.#ppm = ppm;
    this.#wallMs += jumpMs;
  }
}
