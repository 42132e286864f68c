import type { Resolver } from '../../ports/resolver.ts';
import { locate } from '../host-port.ts';
import { nobody, SourceFailed, type Candidate, type Entry, type Found } from '../source.ts';
import type { Listed, Listing } from './listing.ts';

/** Which entries count. */
export interface Choice {
  readonly label: string;
  /** Entries that gave no sign of life for longer are of nodes that are gone; undefined to believe all. */
  readonly maxAgeMs: number | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Warnings beyond these are counted only: thousands of entries may share one mistake. */
const WARNINGS_MAX = 10;

export function chosen({ listed }: Listing, choice: Choice): readonly Listed[] {
  return listed.filter((one) => isOurs(one, choice) && isFresh(one, choice));
}

function isOurs({ label }: Listed, choice: Choice): boolean {
  return label === undefined || label === choice.label;
}

/** An entry without a time is as good as the hand that wrote it. */
export function isFresh({ seenAt }: Listed, { maxAgeMs, now }: Omit<Choice, 'label'>): boolean {
  return maxAgeMs === undefined || seenAt === undefined || now - seenAt <= maxAgeMs;
}

export interface Answering {
  readonly method: string;
  readonly lifetimeMs: number;
  readonly choice: Choice;
  readonly resolver: Resolver;
}

/**
 * What a listing says about who might be there. Damaged entries make it incomplete; when nothing else is left, it is no
 * answer.
 */
export async function foundIn(listing: Listing, { method, lifetimeMs, choice, resolver }: Answering): Promise<Found> {
  const { listed, damaged } = listing;
  if (listed.length === 0 && damaged.length > 0) {
    throw new SourceFailed(method, `none of ${damaged.length} entries can be used: ${few(damaged).join('; ')}.`);
  }
  const peers = chosen(listing, choice);
  const { candidates, twice } = candidatesOf(peers);
  const names = peers.flatMap((peer) => peer.names);
  const located = await locate(names, resolver, lifetimeMs);
  candidates.push(...located.addresses.map((address) => ({ address })));
  if (candidates.length === 0 && located.failures.length > 0)
    throw new SourceFailed(method, few(located.failures).join(' '));
  const warnings = few([...damaged, ...listing.warnings, ...twice, ...located.failures, ...located.warnings]);
  const complete = damaged.length === 0 && located.complete;
  if (candidates.length > 0) return { candidates, lifetimeMs: located.lifetimeMs, complete, warnings };
  return { ...nobody(absence(listed, peers, choice), lifetimeMs), complete, warnings };
}

/** The entry of one peer, the freshest where it is entered twice. */
export function entryIn(listing: Listing, choice: Choice, id: string): Entry | undefined {
  let best: Listed | undefined;
  for (const peer of chosen(listing, choice)) {
    if (peer.id !== id || peer.addresses.length === 0) continue;
    if (best === undefined || (peer.seenAt ?? 0) > (best.seenAt ?? 0)) best = peer;
  }
  if (best === undefined) return undefined;
  const entry = { id, address: best.addresses[0]! };
  return best.checksum === undefined ? entry : { ...entry, checksum: best.checksum };
}

export function few(words: readonly string[]): string[] {
  if (words.length <= WARNINGS_MAX) return [...words];
  return [...words.slice(0, WARNINGS_MAX), `and ${words.length - WARNINGS_MAX} more like these`];
}

/** An id stands at its first address only: the others, and those of a second entry, are places to try as well. */
function candidatesOf(peers: readonly Listed[]): { candidates: Candidate[]; twice: string[] } {
  const candidates: Candidate[] = [];
  const twice: string[] = [];
  const placeOf = new Map<string, string>();
  for (const { id, addresses } of peers) {
    for (const [index, address] of addresses.entries()) {
      const before = id === undefined ? undefined : placeOf.get(id);
      if (id !== undefined && before === undefined) {
        placeOf.set(id, address);
        candidates.push({ id, address });
      } else if (before !== address) candidates.push({ address });
      if (index === 0 && before !== undefined && before !== address) {
        twice.push(`${JSON.stringify(id)} is entered twice, at ${before} and at ${address}`);
      }
    }
  }
  return { candidates, twice };
}

function absence(listed: readonly Listed[], peers: readonly Listed[], choice: Choice): string {
  if (peers.length > 0) return 'the names in it have no addresses';
  if (listed.length === 0) return 'the list is empty';
  const strangers = listed.filter((one) => !isOurs(one, choice)).length;
  const old = listed.length - strangers;
  return `of ${listed.length} entries, ${strangers} are of other clusters and ${old} have expired`;
}
