import { MILLISECOND, type Clock, type Micros, type Timer } from '../../ports/clock.ts';
import type { HttpCall } from '../../ports/http.ts';
import { SourceFailed, type Ask } from '../source.ts';

/** The time that one question may take, for all the calls that it needs: tokens, pages and second tries. */
export class Budget {
  readonly #method: string;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #deadlineMs: number;
  readonly #end: Micros;

  constructor(method: string, clock: Clock, { deadlineMs, signal }: Ask) {
    this.#method = method;
    this.#clock = clock;
    this.#signal = signal;
    this.#deadlineMs = deadlineMs;
    this.#end = clock.now() + deadlineMs * MILLISECOND;
  }

  get leftMs(): number {
    return Math.max(0, Math.floor((this.#end - this.#clock.now()) / MILLISECOND));
  }

  /** What bounds one call: all that is left, or less where a service answers at once or never. */
  limits(mostMs = this.#deadlineMs): Pick<HttpCall, 'deadlineMs' | 'idleMs' | 'signal'> {
    const ms = Math.min(mostMs, this.leftMs);
    if (ms <= 0) throw new SourceFailed(this.#method, `no whole answer within ${this.#deadlineMs} ms.`);
    return { deadlineMs: ms, idleMs: ms, signal: this.#signal };
  }

  /** Waits; throws where that would take all that is left, or nobody waits for the answer any more. */
  async pause(ms: number): Promise<void> {
    if (ms >= this.leftMs) this.limits(0);
    let timer: Timer = 0;
    let stop = (): void => {};
    const given = new Promise<boolean>((resolve) => {
      timer = this.#clock.after(ms * MILLISECOND, () => resolve(false));
      stop = () => resolve(true);
      this.#signal.addEventListener('abort', stop, { once: true });
    });
    const aborted = this.#signal.aborted || (await given);
    this.#clock.cancel(timer);
    this.#signal.removeEventListener('abort', stop);
    if (aborted) throw new SourceFailed(this.#method, 'nobody waits for the answer any more.');
  }
}
