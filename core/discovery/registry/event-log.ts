import { SECOND, type Clock, type Micros } from '../../ports/clock.ts';
import { bytesFromText } from '../../wire/text.ts';
import type { RollEvent } from './roll.ts';

/** A stream that has nothing to tell says so this often: whoever listens can tell a quiet registry from a dead line. */
export const PING: Micros = 15 * SECOND;
/** Whoever is further behind is told to ask for the list anew. */
const KEPT_MAX = 1_024;

/** What has happened to the roll lately, told to any number of listeners from one memory. */
export class EventLog {
  readonly #clock: Clock;
  readonly #events: RollEvent[] = [];
  readonly #waiting = new Set<() => void>();
  #revision = 0;
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(event: RollEvent): void {
    this.#revision = event.revision;
    this.#events.push(event);
    if (this.#events.length > KEPT_MAX) this.#events.shift();
    for (const wake of [...this.#waiting]) wake();
  }

  /** Ends all streams. */
  end(): void {
    this.#ended = true;
    for (const wake of [...this.#waiting]) wake();
  }

  /**
   * From now on, as server-sent events: `hello` with the revision, then each change, and `ping` in silence. `resync`
   * tells a listener that was too slow to ask for the list. Ends when the listener goes.
   */
  async *stream(label: string | undefined, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    let revision = this.#revision;
    yield sent('hello', { revision });
    while (!signal.aborted && !this.#ended) {
      const oldest = this.#events[0]?.revision ?? this.#revision + 1;
      if (revision < this.#revision && oldest > revision + 1) {
        revision = this.#revision;
        yield sent('resync', { revision });
        continue;
      }
      const next = this.#events[revision + 1 - oldest];
      if (next === undefined) {
        if (await this.#silence(signal)) yield sent('ping', { revision });
        continue;
      }
      revision = next.revision;
      if (label === undefined || next.entry.label === label) yield sent(next.type, told(next));
    }
  }

  /** Waits for the next event; true when none came for long. */
  #silence(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (silent: boolean): void => {
        this.#clock.cancel(timer);
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve(silent);
      };
      const wake = (): void => end(false);
      const timer = this.#clock.after(PING, () => end(true));
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
      if (signal.aborted) wake();
    });
  }
}

function told({ revision, entry: { id, address, label } }: RollEvent): unknown {
  return { revision, id, address, label };
}

function sent(event: string, data: unknown): Uint8Array {
  return bytesFromText(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
