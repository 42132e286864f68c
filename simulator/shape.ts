import { finish, hashText, mix } from './draws.ts';
import type { HostEvent } from './program.ts';
import { TraceCode } from './trace-code.ts';
import { EVENTS_PER_BLOCK, type Trace } from './trace.ts';

/** Few enough to be counted in a small table, and enough that different features seldom meet. */
const FEATURE_BITS = 20;

/** What one host says or suffers more often than this in a run is its routine, and hides what is notable between. */
const ROUTINE = 32;
const WORDS = 1 << 16;

/** Traffic and timers are in every run; what became of them is told by the rest. Faults are the input, no answer to it. */
const NOTABLE: ReadonlySet<number> = new Set([
  TraceCode.boot,
  TraceCode.crash,
  TraceCode.pause,
  TraceCode.resume,
  TraceCode.lost,
  TraceCode.connect,
  TraceCode.open,
  TraceCode.streamClose,
  TraceCode.emit,
  TraceCode.command,
]);

/**
 * What a run did, as a small set of numbers that two runs can be compared by: each stands for two notable events that
 * followed each other on one host (three would say more, and hardly ever the same twice). Times, names and amounts take no part, so that the same story told
 * elsewhere has the same shape.
 *
 * Read from the ring of the trace, a block at a time, and only in worlds that are asked for it.
 */
export class Shape {
  readonly #trace: Trace;
  readonly #isHost: (name: string) => boolean;
  readonly #features = new Set<number>();
  /** By event of the block: what a program's event is, beyond its type. */
  readonly #emitted = new Int32Array(EVENTS_PER_BLOCK);
  readonly #times = new Uint8Array(WORDS);
  /** By host: the last notable word. */
  readonly #last: Int32Array;
  #folded = 0;

  constructor(trace: Trace, hosts: number, isHost: (name: string) => boolean) {
    this.#trace = trace;
    this.#isHost = isHost;
    this.#last = new Int32Array(hosts);
  }

  /** A program is about to emit this: the trace will know its type alone. */
  emitted(host: string, event: HostEvent): void {
    this.#emitted[this.#trace.events % EVENTS_PER_BLOCK] = this.#wordOf(host, event);
  }

  /** Takes in what happened since the last time. Called before the ring begins anew. */
  fold(): void {
    const end = this.#trace.events;
    this.#trace.visit(this.#folded, (event, kind, host, text) => {
      if (host < 0 || !NOTABLE.has(kind)) return;
      const said = kind === TraceCode.emit ? (this.#emitted[event % EVENTS_PER_BLOCK] as number) : text;
      this.#follow(host, finish(mix(kind, said)));
    });
    this.#folded = end;
  }

  /** The features of the run so far, in rising order. */
  read(): number[] {
    this.fold();
    return [...this.#features].toSorted((a, b) => a - b);
  }

  #follow(host: number, word: number): void {
    const last = this.#last[host] as number;
    if (word === last) return;
    const place = (word ^ Math.imul(host, 0x9e3779b1)) >>> 16;
    const times = this.#times[place] as number;
    if (times === ROUTINE) return;
    this.#times[place] = times + 1;
    this.#features.add(finish(mix(last, word)) >>> (32 - FEATURE_BITS));
    this.#last[host] = word;
  }

  /** Its type, and of its fields those with few values: states and causes, and whether it is about the host itself. */
  #wordOf(host: string, event: HostEvent): number {
    let word = hashText(event.type);
    for (const value of Object.values(event)) {
      if (typeof value === 'string') word = mix(word, this.#kindOfText(host, value));
      else if (typeof value === 'boolean' || value === undefined) word = mix(word, value === true ? 1 : 2);
      else if (typeof value === 'number' && value < FEW_VALUES) word = mix(word, value);
    }
    return word;
  }

  #kindOfText(host: string, text: string): number {
    if (text === host) return OWN;
    if (this.#isHost(text)) return ANOTHER;
    return PLAIN_WORD.test(text) ? hashText(text) : 0;
  }
}

/** Numbers below this are states, scores and answers; above, they are counters and amounts. */
const FEW_VALUES = 8;
const OWN = 1;
const ANOTHER = 2;
/** A cause or an answer, and no address, no id and nothing that people wrote. */
const PLAIN_WORD = /^[a-z-]{1,24}$/;
