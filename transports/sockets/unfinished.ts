/** Of all messages on streams that are not complete yet, whoever sends them; three of the longest that are allowed. */
const UNFINISHED_MAX = 64 * 1024 * 1024;

interface Holder {
  /** Is called at most once, and not told of any more. */
  crowdOut(): void;
}

/**
 * Bytes that are kept because the rest of their message has not come. Everybody may send them, also without the key, so
 * there is one bound for all streams together: beyond it whoever holds the most is cut.
 */
export class UnfinishedMessages {
  readonly #held = new Map<Holder, number>();
  #total = 0;

  hold(holder: Holder, bytes: number): void {
    this.#held.set(holder, (this.#held.get(holder) ?? 0) + bytes);
    this.#total += bytes;
    while (this.#total > UNFINISHED_MAX) {
      const [most] = [...this.#held].reduce((one, other) => (other[1] > one[1] ? other : one));
      this.release(most);
      most.crowdOut();
    }
  }

  release(holder: Holder): void {
    this.#total -= this.#held.get(holder) ?? 0;
    this.#held.delete(holder);
  }
}
