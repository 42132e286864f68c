import { bytesFromText } from '../../../core/wire/text.ts';
import { eventOf, lean, streamRefusal, type Refused } from './etcd-json.ts';
import { isWithin, type EtcdStore, type KeyRange } from './etcd-store.ts';

export interface WatchRequest {
  readonly range: KeyRange;
  /** 0 for what comes from now on. */
  readonly from: number;
  readonly wantsProgress: boolean;
  /** It wants to end when its member has no leader. */
  readonly wantsLeader: boolean;
}

/** One open stream of a member: lines as they come, until either side ends it. */
export class EtcdWatch {
  readonly request: WatchRequest;
  /** Nothing arrives any more, and nobody is told. */
  stuck = false;
  #told: number;
  readonly #header: () => Record<string, unknown>;
  readonly #lines: Uint8Array[] = [];
  #ended = false;
  /** The stream stays open, as others could be watched through it. */
  #canceled = false;
  #broken = false;
  #wake: () => void = () => {};

  constructor(request: WatchRequest, applied: number, header: () => Record<string, unknown>) {
    this.request = request;
    this.#header = header;
    this.#told = request.from > 0 ? request.from - 1 : applied;
    this.#say({ created: true });
  }

  /** One that nobody may open is opened all the same, and says so. */
  static refused(request: WatchRequest, why: string, header: () => Record<string, unknown>): EtcdWatch {
    const watch = new EtcdWatch(request, 0, header);
    watch.#lines.length = 0;
    watch.#say({ watch_id: '-1', created: true, canceled: true, cancel_reason: why });
    watch.#canceled = true;
    return watch;
  }

  get open(): boolean {
    return !this.#ended;
  }

  /** Whether anything was kept from its reader. */
  advance(store: EtcdStore, applied: number): boolean {
    if (this.#ended || this.#canceled || applied <= this.#told) return false;
    if (this.#told + 1 < store.compacted) {
      const { revision: _, ...header } = this.#header();
      this.#line({ result: { header, canceled: true, compact_revision: `${store.compacted}` } });
      this.#canceled = true;
      return false;
    }
    const events = store.between(this.#told, applied).filter(({ key }) => isWithin(this.request.range, key));
    this.#told = applied;
    if (events.length === 0) return false;
    this.#say({ events: events.map(eventOf) });
    return this.stuck;
  }

  progress(): void {
    this.#say({});
  }

  /** Ends it with words. */
  refuse(refused: Refused): void {
    this.#line(streamRefusal(refused));
    this.end();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Ends it as a connection does that breaks. */
  cut(): void {
    this.#broken = true;
    this.end();
  }

  async *body(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const line = this.#lines.shift();
        if (line !== undefined) yield line;
        else if (this.#broken) throw new Error('the stream breaks off');
        else if (this.#ended) return;
        else await new Promise<void>((resolve) => void (this.#wake = resolve));
      }
    } finally {
      this.#ended = true;
    }
  }

  #say(result: Record<string, unknown>): void {
    this.#line({ result: { header: this.#header(), ...lean(result) } });
  }

  #line(value: unknown): void {
    if (this.stuck) return;
    this.#lines.push(bytesFromText(`${JSON.stringify(value)}\n`));
    this.#wake();
  }
}
