import { InvalidSetting, messageOf } from '../../errors.ts';
import { FileFailed, type Files } from '../../ports/files.ts';
import type { Log } from '../../ports/log.ts';
import { bytesFromText, textFromBytes } from '../../wire/text.ts';
import { TTL_SEC } from './enrolment.ts';
import { isObject, readListing } from './listing.ts';
import type { Enrolled, Enrolment } from './roll.ts';

/** The roll on disk, so that a restart of the registry loses nobody. A file that cannot be written costs that alone. */
export class StateFile {
  readonly #files: Files;
  readonly #path: string;
  readonly #log: Log;
  #pending: (() => readonly Enrolled[]) | undefined;
  #writing: Promise<void> | undefined;

  constructor(files: Files, path: string, log: Log) {
    this.#files = files;
    this.#path = path;
    this.#log = log;
  }

  /** Who was registered; undefined when nothing is known of before. */
  async read(): Promise<readonly Enrolment[] | undefined> {
    try {
      return enrolmentsIn(JSON.parse(textFromBytes(await this.#files.read(this.#path))) as unknown);
    } catch (error) {
      if (error instanceof FileFailed && error.problem === 'missing') return undefined;
      this.#log.warn(
        { operation: 'registry' },
        `${this.#path} is not used, so nodes enter themselves anew: ${messageOf(error)}`,
      );
      return undefined;
    }
  }

  /** Has what `entries` gives written soon; changes in quick succession are written once. */
  save(entries: () => readonly Enrolled[]): void {
    this.#pending = entries;
    this.#writing ??= this.#write();
  }

  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    // Whatever else happens in this turn goes into the same file.
    await Promise.resolve();
    while (this.#pending !== undefined) {
      const entries = this.#pending();
      this.#pending = undefined;
      const text = `${JSON.stringify({ entries: entries.map(kept) })}\n`;
      await this.#files.write(this.#path, bytesFromText(text)).catch((error: unknown) => {
        this.#log.warn({ operation: 'registry' }, `the roll could not be stored: ${messageOf(error)}`);
      });
    }
    this.#writing = undefined;
  }
}

function kept({ id, address, label, tags, checksum, ttlMs }: Enrolled): unknown {
  return { id, address, label, tags, checksum, ttl_ms: ttlMs };
}

/** All or nothing: a roll with holes would say that somebody has left. */
function enrolmentsIn(value: unknown): readonly Enrolment[] {
  const items = isObject(value) ? value['entries'] : undefined;
  if (!Array.isArray(items)) throw new InvalidSetting('entries', undefined, 'a list');
  return (items as unknown[]).map((item) => {
    const one = readListing([item])?.listed[0];
    const [address] = one?.addresses ?? [];
    const isWhole = isObject(item) && areTags(item['tags']) && isLife(item['ttl_ms']);
    if (!isWhole || one?.id === undefined || address === undefined) {
      throw new InvalidSetting('an entry', item, 'what a registry has stored');
    }
    const { tags, ttl_ms: ttlMs } = item;
    const { id, label = '', checksum } = one;
    return { id, address, label, tags: tags as Readonly<Record<string, string>>, checksum, ttlMs: ttlMs as number };
  });
}

/** A life of another length would end at once, or never. */
function isLife(ttlMs: unknown): boolean {
  const { least, most } = TTL_SEC;
  return Number.isSafeInteger(ttlMs) && Number(ttlMs) >= least * 1_000 && Number(ttlMs) <= most * 1_000;
}

function areTags(tags: unknown): boolean {
  return isObject(tags) && Object.values(tags).every((text) => typeof text === 'string');
}
