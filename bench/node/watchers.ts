/** Promises of what will be true: asked again after every change. */
export class Watchers {
  readonly #looks = new Set<() => void>();

  /** Something has changed. */
  look(): void {
    for (const look of this.#looks) look();
  }

  /** Resolves with `result` as soon as `holds`, which may be now. */
  when<R>(holds: () => boolean, result: () => R): Promise<R> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#looks.delete(look);
        resolve(result());
      };
      this.#looks.add(look);
      look();
    });
  }
}
