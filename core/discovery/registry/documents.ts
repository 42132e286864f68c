import type { SourceContext, SourcePorts } from '../source-type.ts';
import { SourceFailed } from '../source.ts';
import { Editions } from '../signed/editions.ts';
import { publicKeyFrom, verifiedRegistry } from '../signed/signed-registry.ts';
import { readListing, type Listing } from './listing.ts';

/** Texts of registries, wherever they come from: read, and believed when they are signed as they must be. */
export class Documents {
  readonly #method: string;
  readonly #publicKeys: readonly Uint8Array[];
  readonly #ports: SourcePorts;
  readonly #context: SourceContext;
  readonly #editions: Editions;

  /** With public keys, only what is signed with one of them is believed. */
  constructor(method: string, publicKeys: readonly string[], ports: SourcePorts, context: SourceContext) {
    const { files, crypto } = ports;
    this.#method = method;
    this.#publicKeys = publicKeys.map(publicKeyFrom);
    this.#ports = ports;
    this.#context = context;
    this.#editions = new Editions({ method, files, crypto, dataDir: context.dataDir });
  }

  /** Throws `SourceFailed`, and nothing else, for whatever the text may be. */
  async read(text: string, place: string): Promise<Listing> {
    const value = this.#json(text, place);
    const believed = this.#publicKeys.length === 0 ? value : await this.#verified(value, place);
    const listing = readListing(believed);
    if (listing !== undefined) return listing;
    throw this.#failed(
      place,
      'it is no registry: it must be an entry with an address, an array of them, or {"peers": [...]}.',
    );
  }

  #json(text: string, place: string): unknown {
    if (text.trim() === '') throw this.#failed(place, 'it is empty: nobody is entered as [].');
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw this.#failed(place, 'it is no JSON; somebody may be writing it just now.', cause);
    }
  }

  async #verified(value: unknown, place: string): Promise<unknown> {
    const { clock, crypto } = this.#ports;
    const trust = { publicKeys: this.#publicKeys, label: this.#context.label, crypto };
    const verified = verifiedRegistry(value, clock.wallTime(), trust);
    if (typeof verified === 'string') throw this.#failed(place, `${verified}.`);
    await this.#editions.accept(place, verified.seq);
    return verified;
  }

  #failed(place: string, problem: string, cause?: unknown): SourceFailed {
    return new SourceFailed(this.#method, `${place}: ${problem}`, { cause });
  }
}
