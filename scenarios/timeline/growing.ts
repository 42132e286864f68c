type Numbers = Int32Array | Float64Array | Uint8Array | Uint16Array;

/** A column of numbers that grows: millions of them stay outside the collector's reach. */
export class Growing<Column extends Numbers> {
  #values: Column;
  #length = 0;
  readonly #make: (length: number) => Column;

  constructor(make: (length: number) => Column) {
    this.#make = make;
    this.#values = make(1024);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const longer = this.#make(this.#length * 2);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.#length++] = value;
  }

  get(index: number): number {
    return this.#values[index] as number;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** What was pushed so far, without a copy. */
  get values(): Column {
    return this.#values.subarray(0, this.#length) as Column;
  }
}

export const ints = (): Growing<Int32Array> => new Growing((length) => new Int32Array(length));
export const floats = (): Growing<Float64Array> => new Growing((length) => new Float64Array(length));
export const bytes = (): Growing<Uint8Array> => new Growing((length) => new Uint8Array(length));
export const shorts = (): Growing<Uint16Array> => new Growing((length) => new Uint16Array(length));
