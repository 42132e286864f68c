import type { TracePart } from '../../simulator/trace.ts';
import type { PartColumns } from './timeline.ts';

/** The parts of the latest messages are kept whole; of older ones remains what kinds they carried. */
const KEPT_PARTS = 262_144;

/** A ring of the parts that messages carried, by the number of parts before them. */
export class PartRing {
  readonly #name = new Int32Array(KEPT_PARTS);
  readonly #sequence = new Float64Array(KEPT_PARTS);
  readonly #subject = new Uint16Array(KEPT_PARTS);
  readonly #incarnation = new Float64Array(KEPT_PARTS);
  readonly #nameOf: (part: TracePart) => number;
  readonly #subjectOf: (name: string) => number;
  /** By kind of part. */
  readonly #names: number[] = [];
  #written = 0;

  constructor(nameOf: (part: TracePart) => number, subjectOf: (name: string) => number) {
    this.#nameOf = nameOf;
    this.#subjectOf = subjectOf;
  }

  /** The number of the next part. */
  get written(): number {
    return this.#written;
  }

  push(part: TracePart): void {
    const place = this.#written++ % KEPT_PARTS;
    this.#name[place] = this.#names[part.kind] ??= this.#nameOf(part);
    this.#sequence[place] = part.sequence;
    this.#subject[place] = part.subject === '' ? 0 : this.#subjectOf(part.subject);
    this.#incarnation[place] = part.incarnation;
  }

  has(first: number): boolean {
    return first >= this.#written - KEPT_PARTS;
  }

  /** The parts from `first` on, which the ring still has. */
  from(first: number): PartColumns {
    const count = this.#written - first;
    const pick = <Column extends Int32Array | Float64Array | Uint16Array>(column: Column, picked: Column): Column => {
      for (let index = 0; index < count; index++) picked[index] = column[(first + index) % KEPT_PARTS] as number;
      return picked;
    };
    return {
      name: pick(this.#name, new Int32Array(count)),
      sequence: pick(this.#sequence, new Float64Array(count)),
      subject: pick(this.#subject, new Uint16Array(count)),
      incarnation: pick(this.#incarnation, new Float64Array(count)),
    };
  }

  get oldest(): number {
    return Math.max(0, this.#written - KEPT_PARTS);
  }
}

const KINDS = 256;
/** From here on counts are told roughly, so that there are few shapes. */
const EXACT = 8;

/** What a message carried, by kinds of parts alone: `ping, 3 alive`. */
export class Shapes {
  readonly #counts = new Int32Array(KINDS);
  readonly #names: string[] = [];
  readonly #known = new Map<string, string>();

  shapeOf(parts: readonly TracePart[]): string {
    let highest = 0;
    for (const part of parts) {
      const kind = part.kind % KINDS;
      this.#counts[kind] = (this.#counts[kind] as number) + 1;
      this.#names[kind] ??= part.name === '' ? `kind ${part.kind}` : part.name;
      if (kind > highest) highest = kind;
    }
    let key = '';
    for (let kind = 0; kind <= highest; kind++) {
      const count = this.#counts[kind] as number;
      if (count === 0) continue;
      this.#counts[kind] = 0;
      key += `${kind}x${count <= EXACT ? count : count - (count % EXACT)};`;
    }
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const shape = this.#inWords(key);
    this.#known.set(key, shape);
    return shape;
  }

  #inWords(key: string): string {
    const told = key.split(';').slice(0, -1);
    return told
      .map((entry) => {
        const [kind, count] = entry.split('x').map(Number) as [number, number];
        const many = count > EXACT ? `${count}+ ` : count > 1 ? `${count} ` : '';
        return `${many}${this.#names[kind]}`;
      })
      .join(', ');
  }
}
