import type { ApiObject, Resource } from './api-object.ts';

/** One step of the history: an object that came (no `before`), changed, or went (no `after`). */
export interface Change {
  readonly revision: number;
  readonly resource: Resource;
  readonly before: ApiObject | undefined;
  readonly after: ApiObject | undefined;
}

export type Objects = ReadonlyMap<string, ApiObject>;

/** Sorted as etcd sorts: by namespace, then by name. */
export function keyOf(resource: Resource, { namespace, name }: { namespace: string; name: string }): string {
  return `${resource}/${namespace}/${name}`;
}

/** What etcd is to a cluster of API servers: all objects, one revision for each change, and some of the history. */
export class Store {
  readonly #kept: number;
  readonly #objects = new Map<string, ApiObject>();
  #changes: Change[] = [];
  #revision = 1_000;
  readonly #listeners = new Map<string, () => void>();

  constructor(kept: number) {
    this.#kept = kept;
  }

  get revision(): number {
    return this.#revision;
  }

  /** The oldest revision from which the history is whole. */
  get oldest(): number {
    return (this.#changes[0]?.revision ?? this.#revision + 1) - 1;
  }

  get objects(): Objects {
    return this.#objects;
  }

  get(resource: Resource, namespace: string, name: string): ApiObject | undefined {
    return this.#objects.get(keyOf(resource, { namespace, name }));
  }

  put<T extends ApiObject>(resource: Resource, object: T): T {
    const revision = ++this.#revision;
    const after = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    const key = keyOf(resource, object.metadata);
    const before = this.#objects.get(key);
    this.#objects.set(key, after);
    this.#happened({ revision, resource, before, after });
    return after;
  }

  remove(resource: Resource, namespace: string, name: string): void {
    const key = keyOf(resource, { namespace, name });
    const before = this.#objects.get(key);
    if (before === undefined) return;
    this.#objects.delete(key);
    this.#happened({ revision: ++this.#revision, resource, before, after: undefined });
  }

  /** Forgets the history: whoever wants to go on from an old revision hears that it is gone. */
  compact(): void {
    this.#changes = [];
  }

  changes(after: number, upTo: number): readonly Change[] {
    return this.#changes.filter(({ revision }) => revision > after && revision <= upTo);
  }

  /** All objects as they were, for a revision that the history still reaches. */
  at(revision: number): Objects {
    const objects = new Map(this.#objects);
    for (const { resource, before, after } of this.changes(revision, this.#revision).toReversed()) {
      const { metadata } = (before ?? after)!;
      if (before === undefined) objects.delete(keyOf(resource, metadata));
      else objects.set(keyOf(resource, metadata), before);
    }
    return objects;
  }

  /** One listener for each name: a server that starts again takes its own place. */
  onChange(name: string, listener: () => void): void {
    this.#listeners.set(name, listener);
  }

  #happened(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length > this.#kept) this.#changes.shift();
    for (const listener of this.#listeners.values()) listener();
  }
}
