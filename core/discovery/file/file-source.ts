import { FileFailed, type Files } from '../../ports/files.ts';
import { textFromBytes } from '../../wire/text.ts';
import { messageOf } from '../../errors.ts';
import { Documents } from '../registry/documents.ts';
import type { Listing } from '../registry/listing.ts';
import { entryIn, foundIn, type Choice } from '../registry/peers.ts';
import type { SourceContext, SourcePorts } from '../source-type.ts';
import { SourceFailed, type Found, type Source } from '../source.ts';
import { METHOD, OwnEntry } from './own-entry.ts';

export interface FileSourceOptions {
  /** Files, and folders with one file for each node. */
  readonly paths: readonly string[];
  /** A path at which there is nothing names nobody, instead of failing. */
  readonly optional: boolean;
  readonly refreshIntervalMs: number;
  /** Entries that gave no sign of life for longer are of nodes that are gone; 0 believes all. */
  readonly maxAgeMs: number;
  /** Where this node enters itself: a file of its own, or a folder when it ends with a slash; '' for nowhere. */
  readonly registerPath: string;
  /** Base64; only what is signed with one of these is believed, unless there are none. */
  readonly publicKeys: readonly string[];
}

/** Peers from files. They are read anew at every question: times and sizes of files tell nothing that can be relied on. */
export function fileSource(options: FileSourceOptions, ports: SourcePorts, context: SourceContext): Source {
  const { refreshIntervalMs: lifetimeMs, maxAgeMs, registerPath } = options;
  const { clock, files } = ports;
  const folders = new Folders(options, new Documents(METHOD, options.publicKeys, ports, context), files);
  const choice = (): Choice => ({
    label: context.label,
    maxAgeMs: maxAgeMs === 0 ? undefined : maxAgeMs,
    now: clock.wallTime(),
  });
  const own = registerPath === '' ? undefined : new OwnEntry(registerPath, { maxAgeMs, files, clock });
  return {
    method: METHOD,
    async discover(): Promise<Found> {
      const listing = await folders.read();
      return foundIn(listing, { method: METHOD, lifetimeMs, choice: choice(), resolver: ports.resolver([]) });
    },
    lookup: async (id) => entryIn(await folders.read(), choice(), id),
    ...(own === undefined ? {} : { register: (self) => own.register(self) }),
  };
}

/** What all paths say, as one listing. */
class Folders {
  readonly #options: FileSourceOptions;
  readonly #documents: Documents;
  readonly #files: Files;

  constructor(options: FileSourceOptions, documents: Documents, files: Files) {
    this.#options = options;
    this.#documents = documents;
    this.#files = files;
  }

  /** One file that cannot be read makes the listing incomplete; when none can, there is none. */
  async read(): Promise<Listing> {
    const listings: Listing[] = [];
    const failures: string[] = [];
    for (const path of this.#options.paths) {
      try {
        listings.push(await this.#readPath(path));
      } catch (error) {
        if (!(error instanceof SourceFailed)) throw error;
        failures.push(messageOf(error).replace(`${METHOD}: `, ''));
      }
    }
    if (listings.length === 0) throw new SourceFailed(METHOD, failures.join(' '));
    return joined(listings, failures);
  }

  async #readPath(path: string): Promise<Listing> {
    const names = await this.#names(path);
    if (names === undefined) return this.#readFile(path);
    const listings: Listing[] = [];
    const failures: string[] = [];
    for (const name of names.filter(isEntryFile)) {
      try {
        listings.push(await this.#readFile(`${path.replace(/\/$/, '')}/${name}`));
      } catch (error) {
        if (!(error instanceof SourceFailed)) throw error;
        // Gone since the folder was listed: its node has left.
        if (error.cause instanceof FileFailed && error.cause.problem === 'missing') continue;
        failures.push(messageOf(error).replace(`${METHOD}: `, ''));
      }
    }
    if (listings.length === 0 && failures.length > 0) throw new SourceFailed(METHOD, failures.join(' '));
    return joined(listings, failures);
  }

  /** Undefined for a file, and for nothing at all: reading it tells which. */
  async #names(folder: string): Promise<readonly string[] | undefined> {
    try {
      return await this.#files.list(folder);
    } catch (error) {
      if (error instanceof FileFailed) return undefined;
      throw error;
    }
  }

  async #readFile(path: string): Promise<Listing> {
    let content: Uint8Array;
    try {
      content = await this.#files.read(path);
    } catch (error) {
      if (!(error instanceof FileFailed)) throw error;
      if (error.problem !== 'missing') throw new SourceFailed(METHOD, error.message, { cause: error });
      if (this.#options.optional) return { listed: [], damaged: [], warnings: [] };
      const advice = 'Make it (a file with [] names nobody), or set optional = true where that is no mistake.';
      throw new SourceFailed(METHOD, `${error.message} ${advice}`, { cause: error });
    }
    return this.#documents.read(textFromBytes(content), path);
  }
}

/** Hidden files are those that somebody is writing. */
function isEntryFile(name: string): boolean {
  return name.endsWith('.json') && !name.startsWith('.');
}

function joined(listings: readonly Listing[], failures: readonly string[]): Listing {
  return {
    listed: listings.flatMap(({ listed }) => listed),
    damaged: [...failures, ...listings.flatMap(({ damaged }) => damaged)],
    warnings: listings.flatMap(({ warnings }) => warnings),
  };
}
