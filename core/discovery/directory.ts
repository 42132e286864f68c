import { isPlace, sameAddress } from '../address.ts';
import { messageOf, RollcallError } from '../errors.ts';
import { MILLISECOND, type Clock, type Micros } from '../ports/clock.ts';
import type { Address } from '../ports/transport.ts';
import { bounded } from './bounded.ts';
import { addressChecksum } from './checksum.ts';
import type { Feed } from './feed.ts';
import { Collision, SourceFailed, type Entry, type Source } from './source.ts';

/** Everybody who could know has answered: there is no such peer. */
export class PeerNotFound extends RollcallError {
  constructor(id: string) {
    super('PEER_NOT_FOUND', `No peer is called ${JSON.stringify(id)}: no member is, and no source has such an entry.`);
  }
}

/** Nobody knows the peer, and not everybody could be asked. */
export class DirectoryFailed extends RollcallError {
  constructor(id: string, causes: readonly string[]) {
    super('DIRECTORY_FAILED', `It is not known where ${JSON.stringify(id)} is. ${causes.join(' ')}`);
  }
}

export interface DirectoryDeps {
  readonly clock: Clock;
  readonly feeds: () => readonly Pick<Feed, 'source' | 'breaker' | 'candidates'>[];
  /** Where a live member of this name is. */
  readonly memberAddress: (id: string) => Address | undefined;
  /** For one lookup, through all backends. */
  readonly deadlineMs: () => number;
}

type Known = { readonly until: Micros; readonly keptUntil: Micros } & (
  | { readonly entry: Entry }
  | { readonly absent: PeerNotFound }
);

const POSITIVE: Micros = 30_000 * MILLISECOND;
/** That there is no such peer is doubted soon: it may be starting. */
const NEGATIVE: Micros = 2_000 * MILLISECOND;
/** What was found is kept so much longer while no backend can be asked. */
const STALE: Micros = 300_000 * MILLISECOND;
const KNOWN_MAX = 1_024;

/**
 * Where one peer is, by its id: among the members, in what was found a moment ago, or in the backends, one after the
 * other. Callers see three failures: there is no such peer (`PeerNotFound`), it is not known (`DirectoryFailed`), and
 * two peers claim the id (`Collision`).
 */
export class Directory {
  readonly #deps: DirectoryDeps;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<Entry>>();

  constructor(deps: DirectoryDeps) {
    this.#deps = deps;
  }

  /** However many ask for one id at once, backends are asked once; nothing of that outlives the answer. */
  lookup(id: string): Promise<Entry> {
    const asking = this.#asking.get(id);
    if (asking !== undefined) return asking;
    const lookup = this.#find(id).finally(() => this.#asking.delete(id));
    this.#asking.set(id, lookup);
    return lookup;
  }

  async #find(id: string): Promise<Entry> {
    const address = this.#deps.memberAddress(id);
    if (address !== undefined) return { id, address };
    const now = this.#deps.clock.now();
    const known = this.#known.get(id);
    if (known !== undefined && now < known.until) {
      if ('absent' in known) throw known.absent;
      return known.entry;
    }
    const causes: string[] = [];
    const entry = await this.#ask(id, causes);
    if (entry !== undefined) return this.#remember(id, entry);
    if (causes.length > 0) {
      if (known !== undefined && 'entry' in known && now < known.keptUntil) return known.entry;
      throw new DirectoryFailed(id, causes);
    }
    const absent = new PeerNotFound(id);
    this.#keep(id, { until: now + NEGATIVE, keptUntil: now + NEGATIVE, absent });
    throw absent;
  }

  /** The first backend that has an entry; whatever is wrong with one, the next is asked. */
  async #ask(id: string, causes: string[]): Promise<Entry | undefined> {
    const { clock, feeds, deadlineMs } = this.#deps;
    const endsAt = clock.now() + deadlineMs() * MILLISECOND;
    const all = feeds();
    const backends = all.filter(({ source }) => source.lookup !== undefined);
    for (const [index, { source, breaker }] of backends.entries()) {
      // A fair share of what is left: one that is silent leaves time for those behind it.
      const leftMs = (endsAt - clock.now()) / MILLISECOND;
      const shareMs = Math.max(1, Math.floor(leftMs / (backends.length - index)));
      try {
        if (breaker.restMs > 0) throw new SourceFailed(source.method, 'it has failed and rests.');
        const entry = await bounded(clock, source.method, shareMs, (ask) => source.lookup!(id, ask)).answer;
        if (entry === undefined) continue;
        const damage = damageOf(entry, id);
        if (damage === undefined) return this.#unopposed(source, entry, all);
        causes.push(`${source.method}: the entry is damaged: ${damage}.`);
      } catch (error) {
        if (error instanceof Collision) throw error;
        causes.push(messageOf(error));
      }
    }
    // Sources without entries by id may have named the peer all the same.
    const named = all.flatMap(({ candidates }) => candidates).find((one) => one.id === id);
    return named === undefined ? undefined : { id, address: named.address };
  }

  /** Another source has the same id elsewhere: one of the two is wrong, and nobody can tell which. */
  #unopposed(source: Source, entry: Entry, all: ReturnType<DirectoryDeps['feeds']>): Entry {
    const others = all.filter((feed) => feed.source !== source).flatMap(({ candidates }) => candidates);
    const other = others.find(({ id, address }) => id === entry.id && !sameAddress(address, entry.address));
    if (other !== undefined) throw new Collision(source.method, entry.id, other.address);
    return entry;
  }

  #remember(id: string, entry: Entry): Entry {
    const until = this.#deps.clock.now() + POSITIVE;
    this.#keep(id, { until, keptUntil: until + STALE, entry });
    return entry;
  }

  #keep(id: string, known: Known): void {
    this.#known.delete(id);
    this.#known.set(id, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= KNOWN_MAX) return;
      this.#known.delete(oldest);
    }
  }
}

/** Backends say what they like. */
function damageOf(entry: Entry | null, id: string): string | undefined {
  if (entry === null || typeof entry !== 'object' || !isPlace(String(entry.address))) return 'it has no usable address';
  if (entry.id !== id) return `it is that of ${JSON.stringify(entry.id)}`;
  const { checksum, address } = entry;
  if (checksum === undefined || checksum === addressChecksum(id, address)) return undefined;
  return `its checksum ${checksum} does not fit ${address}`;
}
