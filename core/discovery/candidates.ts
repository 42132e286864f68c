import { canonicalAddress, sameAddress } from '../address.ts';
import type { Candidate } from './source.ts';

/** As many are known at the same time. */
export const CANDIDATES_MAX = 1_024;

/** What happened to what is known of who might be there. */
export type CandidateChange =
  | { readonly type: 'added' | 'removed'; readonly candidate: Candidate }
  | { readonly type: 'updated'; readonly candidate: Candidate; readonly before: Candidate };

/** Candidates by who they are: their id, or else their address. */
export type Candidates = ReadonlyMap<string, Candidate>;

export function keyOf({ id, address }: Candidate): string {
  return id === undefined ? `at ${canonicalAddress(address)}` : `id ${id}`;
}

/**
 * Several lists as one. Of two places for one id the earlier one keeps it. A candidate without id is left out when its address is that of one with
 * an id: the two are the same.
 */
export function mergedCandidates(lists: Iterable<Iterable<Candidate>>): Map<string, Candidate> {
  const merged = new Map<string, Candidate>();
  for (const list of fairShares([...lists].map((list) => [...list]))) {
    for (const candidate of list) {
      if (merged.size >= CANDIDATES_MAX) break;
      const key = keyOf(candidate);
      const known = merged.get(key);
      if (known === undefined) merged.set(key, candidate);
      else if (!sameAddress(known.address, candidate.address)) {
        // One of the two is wrong, or both are there: nobody knows, so both places are tried.
        const place = { address: candidate.address };
        if (!merged.has(keyOf(place))) merged.set(keyOf(place), place);
      }
    }
  }
  const named = new Set<string>();
  for (const { id, address } of merged.values()) if (id !== undefined) named.add(canonicalAddress(address));
  for (const [key, { id, address }] of merged) {
    if (id === undefined && named.has(canonicalAddress(address))) merged.delete(key);
  }
  return merged;
}

/** Where there are more than can be known, each list gets its share first: one that is far too long hides no other. */
function fairShares(lists: Candidate[][]): Candidate[][] {
  const total = lists.reduce((sum, list) => sum + list.length, 0);
  if (total <= CANDIDATES_MAX) return lists;
  const share = Math.floor(CANDIDATES_MAX / lists.length);
  return [...lists.map((list) => list.slice(0, share)), ...lists.map((list) => list.slice(share))];
}

/** What turns one set into the other. */
export function candidateChanges(before: Candidates, after: Candidates): CandidateChange[] {
  const changes: CandidateChange[] = [];
  for (const [key, candidate] of after) {
    const known = before.get(key);
    if (known === undefined) changes.push({ type: 'added', candidate });
    else if (known.address !== candidate.address) changes.push({ type: 'updated', candidate, before: known });
  }
  for (const [key, candidate] of before) if (!after.has(key)) changes.push({ type: 'removed', candidate });
  return changes;
}
