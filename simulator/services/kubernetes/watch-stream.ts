import type { Clock, Micros } from '../../../core/ports/clock.ts';
import { bytesFromText } from '../../../core/wire/text.ts';
import { KINDS, type Resource } from './api-object.ts';
import type { Matcher } from './selectors.ts';
import type { Change } from './store.ts';

/** Whoever says so hears that the connection lives, and how far the history has come. */
const BOOKMARK_EVERY: Micros = 60_000_000;

export interface WatchOptions {
  readonly resource: Resource;
  readonly matches: Matcher;
  readonly bookmarks: boolean;
  readonly lasts: Micros;
  /** How far the server's copy has come. */
  readonly revision: () => number;
}

/** One watch: lines as they come, until its time is over or its reader gone. */
export class WatchStream {
  readonly #clock: Clock;
  readonly #options: WatchOptions;
  readonly #lines: string[] = [];
  readonly #timers: (() => void)[] = [];
  #state: 'open' | 'ended' | 'cut' | 'silent' = 'open';
  #wake = (): void => {};
  /** Called once nobody reads any more. */
  onGone = (): void => {};

  constructor(clock: Clock, options: WatchOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#after(options.lasts, () => this.#turn('ended'));
    if (options.bookmarks) this.#after(BOOKMARK_EVERY, () => this.#bookmark());
  }

  /** Tells a change as it looks through the selectors: what leaves the selection is gone. */
  tell({ revision, resource, before, after }: Change): void {
    const { matches } = this.#options;
    if (resource !== this.#options.resource) return;
    const was = before !== undefined && matches(before);
    const is = after !== undefined && matches(after);
    const gone = after ?? before;
    if (is) this.say(was ? 'MODIFIED' : 'ADDED', after);
    else if (was) this.say('DELETED', { ...gone, metadata: { ...gone?.metadata, resourceVersion: String(revision) } });
  }

  say(type: string, object: unknown): void {
    if (this.#state !== 'open') return;
    this.#lines.push(`${JSON.stringify({ type, object })}\n`);
    this.#wake();
  }

  /** Tells that the history is gone, and ends. */
  refuse(status: object): void {
    this.say('ERROR', status);
    this.#turn('ended');
  }

  /** Breaks off in the middle of a line. */
  cut(): void {
    if (this.#lines.length === 0) this.#bookmark();
    this.#turn('cut');
  }

  /** From now on nothing comes, not even an end: the connection is open on one side only. */
  fallSilent(): void {
    this.#turn('silent');
  }

  async *body(signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    const gone = (): void => this.#wake();
    signal.addEventListener('abort', gone);
    try {
      while (!signal.aborted) {
        const line = this.#state === 'silent' ? undefined : this.#lines.shift();
        if (line !== undefined && this.#state === 'cut') {
          yield bytesFromText(line.slice(0, line.length / 2));
          throw new Error('the watch breaks off');
        }
        if (line !== undefined) yield bytesFromText(line);
        else if (this.#state === 'ended') return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', gone);
      for (const cancel of this.#timers) cancel();
      this.onGone();
    }
  }

  #bookmark(): void {
    const { resource, revision, bookmarks } = this.#options;
    const metadata = { resourceVersion: String(revision()), creationTimestamp: null };
    this.say('BOOKMARK', { ...KINDS[resource], metadata });
    if (bookmarks) this.#after(BOOKMARK_EVERY, () => this.#bookmark());
  }

  #turn(state: 'ended' | 'cut' | 'silent'): void {
    if (this.#state !== 'open') return;
    this.#state = state;
    this.#wake();
  }

  #after(delay: Micros, task: () => void): void {
    const timer = this.#clock.after(delay, task);
    this.#timers.push(() => this.#clock.cancel(timer));
  }
}
