import type { Crypto } from '../../ports/crypto.ts';
import { FileFailed, type Files } from '../../ports/files.ts';
import { bytesFromText, textFromBytes } from '../../wire/text.ts';
import { isObject } from '../registry/listing.ts';
import { SourceFailed } from '../source.ts';

export interface EditionsDeps {
  readonly method: string;
  readonly files: Files;
  readonly crypto: Crypto;
  /** '' keeps nothing: a restart forgets. */
  readonly dataDir: string;
}

const NAME_BYTES = 12;

/**
 * The highest edition that was ever believed, by place: whoever can put an older one in its place can still not make us
 * believe it, not even after a restart.
 */
export class Editions {
  readonly #deps: EditionsDeps;
  readonly #highest = new Map<string, number>();
  #last: Promise<void> = Promise.resolve();

  constructor(deps: EditionsDeps) {
    this.#deps = deps;
  }

  /** Remembers this edition of what is at `place`; throws `SourceFailed` when a later one has been seen. */
  accept(place: string, seq: number): Promise<void> {
    // One after the other: of two that are read at the same moment, the older one must not be stored last.
    const accepted = this.#last.then(() => this.#accept(place, seq));
    this.#last = accepted.catch(() => {});
    return accepted;
  }

  async #accept(place: string, seq: number): Promise<void> {
    const { method } = this.#deps;
    const highest = this.#highest.get(place) ?? (await this.#stored(place));
    if (seq < highest) {
      const words = `${place}: it is edition ${seq}, older than edition ${highest} that was seen before: somebody has put back an old one.`;
      throw new SourceFailed(method, words);
    }
    if (seq > highest) await this.#store(place, seq);
    this.#highest.set(place, seq);
  }

  async #stored(place: string): Promise<number> {
    const { files, dataDir, method } = this.#deps;
    if (dataDir === '') return -1;
    const path = this.#pathOf(place);
    let text: string;
    try {
      text = textFromBytes(await files.read(path));
    } catch (error) {
      if (!(error instanceof FileFailed)) throw error;
      if (error.problem === 'missing') return -1;
      throw new SourceFailed(method, error.message, { cause: error });
    }
    const seq = seqIn(text);
    if (seq !== undefined) return seq;
    // To start over without being told would be to forget.
    throw new SourceFailed(
      method,
      `${path} does not say which edition of ${place} was seen last. Remove it to start over.`,
    );
  }

  async #store(place: string, seq: number): Promise<void> {
    const { files, dataDir, method } = this.#deps;
    if (dataDir === '') return;
    try {
      await files.write(this.#pathOf(place), bytesFromText(`${JSON.stringify({ place, seq })}\n`));
    } catch (error) {
      if (!(error instanceof FileFailed)) throw error;
      throw new SourceFailed(method, `the edition of ${place} cannot be remembered: ${error.message}`, {
        cause: error,
      });
    }
  }

  #pathOf(place: string): string {
    const { crypto, dataDir } = this.#deps;
    const digest = crypto.hash(bytesFromText(place)).subarray(0, NAME_BYTES);
    const name = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return `${dataDir}/registry-editions/${name}.json`;
  }
}

function seqIn(text: string): number | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && Number.isSafeInteger(value['seq']) ? (value['seq'] as number) : undefined;
  } catch {
    return undefined;
  }
}
