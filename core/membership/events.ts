import type { State } from '../wire/messages.ts';

export type StateName = 'alive' | 'suspect' | 'dead' | 'left';
export const STATE_NAMES: Readonly<Record<State, StateName>> = { 0: 'alive', 1: 'suspect', 2: 'dead', 3: 'left' };

/** One member as it stood when the snapshot was taken. Frozen. */
export interface Member {
  readonly name: string;
  readonly address: string;
  readonly meta: Uint8Array;
  readonly state: StateName;
  readonly incarnation: number;
}

/** What applications hear, after the state has changed. */
export type MembershipEvent =
  /** Known for the first time, or back after it had departed. */
  | { readonly type: 'join'; readonly member: Member }
  /** Said goodbye. */
  | { readonly type: 'leave'; readonly member: Member }
  /** Declared dead. */
  | { readonly type: 'fail'; readonly member: Member }
  /** Under suspicion, accused by `by`. */
  | { readonly type: 'suspect'; readonly member: Member; readonly by: string }
  /** Refuted a suspicion. */
  | { readonly type: 'alive'; readonly member: Member }
  /** New metadata or a new address. */
  | { readonly type: 'update'; readonly member: Member }
  /** Somebody at `address` claims the name of a member that answers elsewhere; the claim was refused. */
  | { readonly type: 'conflict'; readonly member: Member; readonly address: string }
  | { readonly type: 'message'; readonly from: string; readonly payload: Uint8Array }
  | { readonly type: 'broadcast'; readonly from: string; readonly id: string; readonly payload: Uint8Array }
  /** The keyring changed. */
  | { readonly type: 'keys'; readonly count: number };

export type MembershipEventType = MembershipEvent['type'];
export type EventOf<T extends MembershipEventType> = Extract<MembershipEvent, { type: T }>;

/**
 * Delivers events after the change that they tell of. Whatever a handler does to the node, its effects come after:
 * every entry into the node runs inside `enter`, and only the outermost one delivers.
 */
export class EventHub {
  readonly #handlers = new Map<MembershipEventType, Set<(event: never) => void>>();
  readonly #iterators = new Set<EventBuffer>();
  #waiting: MembershipEvent[] = [];
  #depth = 0;

  /** Nobody listens: events need not be made. */
  get idle(): boolean {
    return this.#handlers.size === 0 && this.#iterators.size === 0;
  }

  on<T extends MembershipEventType>(type: T, handler: (event: EventOf<T>) => void): () => void {
    const handlers = this.#handlers.get(type) ?? new Set();
    this.#handlers.set(type, handlers);
    handlers.add(handler);
    return () => {
      handlers.delete(handler);
      if (handlers.size === 0) this.#handlers.delete(type);
    };
  }

  /** All events from now on; the oldest are dropped when the reader falls more than `limit` behind. */
  iterate(limit: number): AsyncIterableIterator<MembershipEvent> {
    const buffer = new EventBuffer(limit, () => this.#iterators.delete(buffer));
    this.#iterators.add(buffer);
    return buffer;
  }

  emit(event: MembershipEvent): void {
    this.#waiting.push(event);
  }

  enter(): void {
    this.#depth += 1;
  }

  /** Ends the entry; the outermost one delivers. A handler's error reaches the caller after all others were told. */
  exit(): void {
    if (this.#depth > 1 || this.#waiting.length === 0) {
      this.#depth -= 1;
      return;
    }
    const errors: unknown[] = [];
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      for (const event of batch) this.#deliver(event, errors);
    }
    this.#depth -= 1;
    if (errors.length > 0) throw errors[0];
  }

  /** Ends all iterators. */
  close(): void {
    for (const buffer of [...this.#iterators]) buffer.end();
  }

  #deliver(event: MembershipEvent, errors: unknown[]): void {
    for (const handler of [...(this.#handlers.get(event.type) ?? [])]) {
      try {
        (handler as (event: MembershipEvent) => void)(event);
      } catch (error) {
        errors.push(error);
      }
    }
    for (const buffer of [...this.#iterators]) buffer.push(event);
  }
}

class EventBuffer implements AsyncIterableIterator<MembershipEvent> {
  readonly #events: MembershipEvent[] = [];
  readonly #readers: ((result: IteratorResult<MembershipEvent>) => void)[] = [];
  readonly #limit: number;
  readonly #onEnd: () => void;
  #ended = false;

  constructor(limit: number, onEnd: () => void) {
    this.#limit = limit;
    this.#onEnd = onEnd;
  }

  push(event: MembershipEvent): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader({ done: false, value: event });
      return;
    }
    this.#events.push(event);
    if (this.#events.length > this.#limit) this.#events.shift();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onEnd();
    for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<MembershipEvent>> {
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  return(): Promise<IteratorResult<MembershipEvent>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
