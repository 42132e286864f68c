/**
 * Names as small dense numbers, so that a view finds a member by array index. One instance may serve all views of a
 * simulation: then a name costs each view four bytes instead of a map entry. Users of a name count, so that invented
 * names do not pile up in a long-lived process.
 */
export class Names {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #users: number[] = [];
  readonly #free: number[] = [];

  /** The id of a name that some view holds; -1 otherwise. */
  find(name: string): number {
    const id = this.#ids.get(name);
    return id === undefined ? -1 : id;
  }

  acquire(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.#free.pop() ?? this.#names.length;
      this.#ids.set(name, id);
      this.#names[id] = name;
      this.#users[id] = 0;
    }
    this.#users[id] = this.#users[id]! + 1;
    return id;
  }

  release(id: number): void {
    const users = this.#users[id]! - 1;
    this.#users[id] = users;
    if (users > 0) return;
    this.#ids.delete(this.#names[id]!);
    this.#names[id] = '';
    this.#free.push(id);
  }
}
