import { sameAddress } from '../../address.ts';
import { addressChecksum } from '../checksum.ts';
import {
  Collision,
  nobody,
  type Entry,
  type Found,
  type Lease,
  type Self,
  type Source,
  type Watcher,
} from '../source.ts';

/** How long what is told is good for: whoever follows hears of every change at once. */
const LIFETIME_MS = 60_000;

/** A registry inside this process, for tests and for several nodes in one program. */
export class MemoryRegistry {
  readonly #entries = new Map<string, Entry & { readonly label: string }>();
  readonly #listeners = new Set<() => void>();

  entries(label: string): readonly Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.label === label);
  }

  get(label: string, id: string): Entry | undefined {
    return this.#entries.get(keyOf(label, id));
  }

  set(entry: Entry & { readonly label: string }): void {
    this.#entries.set(keyOf(entry.label, entry.id), entry);
    this.#changed();
  }

  delete(label: string, id: string): void {
    if (this.#entries.delete(keyOf(label, id))) this.#changed();
  }

  /** Calls back after every change; returns how to stop. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** A source over a registry that several nodes of one process share. Entries never expire: they end with the process. */
export function memorySource(registry: MemoryRegistry, label = ''): Source {
  const method = 'memory';
  const found = (): Found => {
    const candidates = registry.entries(label).map(({ id, address }) => ({ id, address }));
    if (candidates.length === 0) return nobody('nobody is registered', LIFETIME_MS);
    return { candidates, lifetimeMs: LIFETIME_MS, complete: true, warnings: [] };
  };
  const isOurs = ({ id, address }: Self): boolean => {
    const held = registry.get(label, id);
    return held !== undefined && sameAddress(held.address, address);
  };
  return {
    method,
    discover: async () => found(),
    watch: (watcher: Watcher, signal: AbortSignal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const stop = registry.onChange(() => watcher.found(found()));
        signal.addEventListener('abort', () => (stop(), resolve()), { once: true });
        watcher.found(found());
      }),
    async register(self): Promise<Lease> {
      const { id, address } = self;
      const held = registry.get(label, id);
      if (held !== undefined && !isOurs(self)) throw new Collision(method, id, held.address);
      if (held === undefined) registry.set({ id, address, label, checksum: addressChecksum(id, address) });
      return {
        keepEveryMs: LIFETIME_MS,
        keep: async () => isOurs(self),
        release: async () => {
          if (isOurs(self)) registry.delete(label, id);
        },
      };
    },
    lookup: async (id) => registry.get(label, id),
  };
}

function keyOf(label: string, id: string): string {
  return `${label}\0${id}`;
}
