/** Things as numbers, in the order of their first appearance. */
export class Numbered<Thing> {
  readonly #numbers = new Map<string, number>();
  readonly #things: Thing[] = [];
  readonly #limit: number;

  /** What comes beyond the limit is number 0. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get things(): readonly Thing[] {
    return this.#things;
  }

  find(key: string): number | undefined {
    return this.#numbers.get(key);
  }

  number(key: string, make: () => Thing): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#things.length >= this.#limit) return 0;
    const number = this.#things.push(make()) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}
