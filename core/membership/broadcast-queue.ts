import type { Message } from '../wire/messages.ts';

/** Kinds of news compete for each packet; each kind gets its share of the bytes before any gets more. */
export type NewsClass = 'alive' | 'failed' | 'user';
const CLASSES: readonly NewsClass[] = ['alive', 'failed', 'user'];

interface Item {
  readonly shelf: Shelf;
  /** Where it is found by its subject. */
  readonly items: Map<string, Item>;
  readonly subject: string;
  readonly message: Message;
  readonly size: number;
  readonly onDone: (() => void) | undefined;
  transmits: number;
  /** Neighbours among the items of the same class that were sent equally often, newest first. */
  newer: Item | undefined;
  older: Item | undefined;
}

/** The items of one class, by how often they were sent. */
class Shelf {
  readonly heads: (Item | undefined)[] = [];
  size = 0;

  push(item: Item): void {
    const head = this.heads[item.transmits];
    item.newer = undefined;
    item.older = head;
    if (head !== undefined) head.newer = item;
    this.heads[item.transmits] = item;
    this.size += 1;
  }

  remove(item: Item): void {
    if (item.newer === undefined) this.heads[item.transmits] = item.older;
    else item.newer.older = item.older;
    if (item.older !== undefined) item.older.newer = item.newer;
    this.size -= 1;
  }

  /** The most sent, oldest item: the one whose loss costs least. */
  worst(): Item | undefined {
    for (let i = this.heads.length - 1; i >= 0; i -= 1) {
      let item = this.heads[i];
      if (item === undefined) continue;
      while (item.older !== undefined) item = item.older;
      return item;
    }
    return undefined;
  }
}

/** Items that did not fit, after which a packet has had enough of a class: filling must not walk the whole queue. */
const MISSES_MAX = 16;

/** Walks one shelf while a packet is filled: room only shrinks, so what did not fit is never looked at again. */
class Cursor {
  readonly #shelf: Shelf;
  #transmits = 0;
  #item: Item | undefined;
  #misses = 0;
  /** Bytes of this class in the packet so far. */
  spent = 0;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
    this.#item = shelf.heads[0];
  }

  /** The least sent, newest item of at most `room` bytes; the next call asks again from there. */
  peek(room: number): Item | undefined {
    while (this.#misses < MISSES_MAX) {
      while (this.#item === undefined) {
        this.#transmits += 1;
        if (this.#transmits >= this.#shelf.heads.length) return undefined;
        this.#item = this.#shelf.heads[this.#transmits];
      }
      if (this.#item.size <= room) return this.#item;
      this.#misses += 1;
      this.#item = this.#item.older;
    }
    return undefined;
  }

  /** Takes what `peek` showed off the shelf. */
  take(item: Item): void {
    this.#item = item.older;
    this.#shelf.remove(item);
    this.spent += item.size;
  }
}

export interface QueueLimits {
  /** User items beyond this push out the one that was sent most … */
  readonly userMax: number;
  /** … and tell of it. */
  onDropped(): void;
  /** Bytes that a part adds beside its message. */
  readonly partOverhead: number;
  /** At most this many items per packet; 0 for no limit. */
  readonly itemsPerPacket: number;
}

/**
 * News on its way out: each item is sent a limited number of times, least sent and newest first. About one subject
 * there is at most one item: newer news replaces older, so the queue is bounded by the number of members.
 */
export class BroadcastQueue {
  readonly #shelves: Readonly<Record<NewsClass, Shelf>> = {
    alive: new Shelf(),
    failed: new Shelf(),
    user: new Shelf(),
  };
  /** By subject, members apart from what applications and layers name as they like. */
  readonly #members = new Map<string, Item>();
  readonly #users = new Map<string, Item>();
  readonly #limits: QueueLimits;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get size(): number {
    const { alive, failed, user } = this.#shelves;
    return alive.size + failed.size + user.size;
  }

  /** `onDone` runs when the item has been sent often enough or something newer replaced it. */
  add(news: NewsClass, subject: string, message: Message, size: number, onDone?: () => void): void {
    const items = news === 'user' ? this.#users : this.#members;
    const held = items.get(subject);
    if (held !== undefined) this.#discard(held);
    const shelf = this.#shelves[news];
    if (news === 'user' && shelf.size >= this.#limits.userMax) {
      this.#limits.onDropped();
      this.#discard(shelf.worst()!);
    }
    const item: Item = {
      shelf,
      items,
      subject,
      message,
      size,
      onDone,
      transmits: 0,
      newer: undefined,
      older: undefined,
    };
    shelf.push(item);
    items.set(subject, item);
  }

  /**
   * Fills `parts` with the best news that fits into `room` bytes and counts each as sent once. The next part always
   * comes from the class that has had the fewest bytes of this packet, so no class starves another.
   */
  fill(parts: Message[], room: number, transmitLimit: number): void {
    if (this.size === 0) return;
    const { partOverhead, itemsPerPacket } = this.#limits;
    const taken: Item[] = [];
    const cursors = this.#cursors();
    while (itemsPerPacket === 0 || taken.length < itemsPerPacket) {
      const cursor = leastSpent(cursors, room - partOverhead);
      const item = cursor?.peek(room - partOverhead);
      if (cursor === undefined || item === undefined) break;
      // Off the shelf until the packet is full: an item may ride on a packet only once.
      cursor.take(item);
      taken.push(item);
      parts.push(item.message);
      room -= item.size + partOverhead;
    }
    for (const item of taken) {
      item.transmits += 1;
      if (item.transmits < transmitLimit) {
        item.shelf.push(item);
      } else {
        item.items.delete(item.subject);
        item.onDone?.();
      }
    }
  }

  clear(): void {
    this.#members.clear();
    this.#users.clear();
    for (const news of CLASSES) {
      this.#shelves[news].heads.length = 0;
      this.#shelves[news].size = 0;
    }
  }

  #cursors(): Cursor[] {
    const cursors: Cursor[] = [];
    for (const news of CLASSES) {
      const shelf = this.#shelves[news];
      if (shelf.size > 0) cursors.push(new Cursor(shelf));
    }
    return cursors;
  }

  #discard(item: Item): void {
    item.shelf.remove(item);
    item.items.delete(item.subject);
    item.onDone?.();
  }
}

function leastSpent(cursors: readonly Cursor[], room: number): Cursor | undefined {
  let least: Cursor | undefined;
  for (const cursor of cursors) {
    if (least !== undefined && cursor.spent >= least.spent) continue;
    if (cursor.peek(room) !== undefined) least = cursor;
  }
  return least;
}
