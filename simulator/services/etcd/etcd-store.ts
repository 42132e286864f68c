/** A key at one revision of the store. Keys are texts of one character per byte, so that they sort as etcd sorts them. */
export interface Version {
  readonly key: string;
  /** Base64, as it came. */
  readonly value: string;
  /** '0' for none. */
  readonly lease: string;
  readonly created: number;
  readonly modified: number;
  readonly version: number;
}

/** What became of a key; nothing is left of one that was deleted. */
export interface Written {
  readonly revision: number;
  readonly key: string;
  readonly now: Version | undefined;
}

export interface KeyRange {
  readonly key: string;
  /** The first key behind it; '' for one key alone, and the lowest key for all from `key` on. */
  readonly end: string;
}

export type Write = { readonly key: string; readonly put?: { readonly value: string; readonly lease: string } };

const EVERYTHING_BEHIND = '\0';

export function isWithin({ key, end }: KeyRange, one: string): boolean {
  if (end === '') return one === key;
  return one >= key && (end === EVERYTHING_BEHIND || one < end);
}

/** Everything that was ever written, in order: the store at any revision can be told from it. */
export class EtcdStore {
  revision = 1;
  /** What is older cannot be asked for any more. */
  compacted = 0;
  #log: Written[] = [];
  #now = new Map<string, Version>();

  /** All of it is one revision; what changes nothing makes none. Says how many keys it touched. */
  write(writes: readonly Write[]): number {
    const effective = writes.filter(({ key, put }) => put !== undefined || this.#now.has(key));
    if (effective.length === 0) return 0;
    this.revision += 1;
    for (const { key, put } of effective) {
      const before = this.#now.get(key);
      const now = put && {
        key,
        ...put,
        created: before?.created ?? this.revision,
        modified: this.revision,
        version: (before?.version ?? 0) + 1,
      };
      this.#log.push({ revision: this.revision, key, now });
      apply(this.#now, key, now);
    }
    return effective.length;
  }

  /** Sorted by key. */
  range(range: KeyRange, revision = this.revision): Version[] {
    const all = revision === this.revision ? this.#now : this.#at(revision);
    const inside = [...all.values()].filter(({ key }) => isWithin(range, key));
    return inside.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  get(key: string): Version | undefined {
    return this.#now.get(key);
  }

  /** What was written after `after`, up to and with `to`. */
  between(after: number, to: number): Written[] {
    return this.#log.filter(({ revision }) => revision > after && revision <= to);
  }

  /** As a backup of that revision has it. */
  restore(revision: number): void {
    this.#now = this.#at(revision);
    this.#log = this.#log.filter((one) => one.revision <= revision);
    this.revision = revision;
    this.compacted = Math.min(this.compacted, revision);
  }

  #at(revision: number): Map<string, Version> {
    const then = new Map<string, Version>();
    for (const one of this.#log) if (one.revision <= revision) apply(then, one.key, one.now);
    return then;
  }
}

function apply(versions: Map<string, Version>, key: string, now: Version | undefined): void {
  if (now === undefined) versions.delete(key);
  else versions.set(key, now);
}
