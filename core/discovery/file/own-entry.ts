import { sameAddress } from '../../address.ts';
import type { Clock } from '../../ports/clock.ts';
import { FileFailed, type Files } from '../../ports/files.ts';
import { bytesFromText, textFromBytes } from '../../wire/text.ts';
import { entryOf, readListing, type Listed } from '../registry/listing.ts';
import { isFresh } from '../registry/peers.ts';
import { Collision, SourceFailed, type Lease, type Self } from '../source.ts';

export interface OwnEntryDeps {
  /** After so long without a sign of life others take the node for gone; 0 when they never do. */
  readonly maxAgeMs: number;
  readonly files: Files;
  readonly clock: Clock;
}

export const METHOD = 'file';

/** How long an entry is believed to be of a living node where nothing else is said. */
const ENTRY_LIFE_MS = 60_000;

/** The file that holds this node's entry and nothing else: what nobody else writes needs no lock. */
export class OwnEntry {
  readonly #target: string;
  readonly #deps: OwnEntryDeps;

  constructor(target: string, deps: OwnEntryDeps) {
    this.#target = target;
    this.#deps = deps;
  }

  async register(self: Self): Promise<Lease> {
    const path = this.#pathOf(self);
    this.#check(self, path, await this.#held(path));
    await this.#write(self, path);
    return {
      keepEveryMs: Math.floor(this.#lifeMs / 3),
      keep: async () => {
        if (!isOurs(self, await this.#held(path))) return false;
        await this.#write(self, path);
        return true;
      },
      release: async () => {
        if (isOurs(self, await this.#held(path))) await this.#do(() => this.#deps.files.remove(path));
      },
    };
  }

  get #lifeMs(): number {
    return this.#deps.maxAgeMs === 0 ? ENTRY_LIFE_MS : this.#deps.maxAgeMs;
  }

  #pathOf({ id }: Self): string {
    // A leading dot would hide the file, and lead out of the folder.
    const name = `${encodeURIComponent(id).replace(/^\./, '%2E')}.json`;
    return this.#target.endsWith('/') ? `${this.#target}${name}` : this.#target;
  }

  /** Throws unless the place is free, ours, or left behind by a node that is gone. */
  #check(self: Self, path: string, held: readonly Listed[]): void {
    const [holder, ...others] = held;
    if (holder === undefined || isOurs(self, held)) return;
    if (others.length > 0) throw this.#shared(path, `it holds ${held.length} entries`);
    if (!isFresh(holder, { maxAgeMs: this.#lifeMs, now: this.#deps.clock.wallTime() })) return;
    if (holder.id === self.id && (holder.label ?? self.label) === self.label) {
      throw new Collision(METHOD, self.id, holder.addresses[0] ?? 'a place that has a name only');
    }
    throw this.#shared(path, `it holds the entry of ${JSON.stringify(holder.id ?? 'somebody')}`);
  }

  #shared(path: string, seen: string): SourceFailed {
    const advice =
      'A node writes a file of its own: end register_path with a slash, for a folder with one file for each node.';
    return new SourceFailed(METHOD, `${path}: this node may not enter itself there, because ${seen}. ${advice}`);
  }

  async #held(path: string): Promise<readonly Listed[]> {
    let text: string;
    try {
      text = textFromBytes(await this.#deps.files.read(path));
    } catch (error) {
      if (!(error instanceof FileFailed)) throw error;
      if (error.problem === 'missing') return [];
      throw new SourceFailed(METHOD, error.message, { cause: error });
    }
    const listing = listingIn(text);
    if (listing !== undefined && listing.damaged.length === 0) return listing.listed;
    throw new SourceFailed(METHOD, `${path}: what it holds cannot be read, so it is not overwritten. Remove it.`);
  }

  #write(self: Self, path: string): Promise<void> {
    const { files, clock } = this.#deps;
    const text = `${JSON.stringify(entryOf(self, clock.wallTime()), null, 2)}\n`;
    return this.#do(() => files.write(path, bytesFromText(text)));
  }

  async #do(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof FileFailed) throw new SourceFailed(METHOD, error.message, { cause: error });
      throw error;
    }
  }
}

function isOurs({ id, address, label }: Self, held: readonly Listed[]): boolean {
  const [entry, ...others] = held;
  if (entry === undefined || others.length > 0) return false;
  const [holder] = entry.addresses;
  return entry.id === id && (entry.label ?? label) === label && holder !== undefined && sameAddress(holder, address);
}

function listingIn(text: string): ReturnType<typeof readListing> {
  try {
    return readListing(JSON.parse(text));
  } catch {
    return undefined;
  }
}
