import { canonicalAddress, sameAddress } from '../address.ts';
import type { Candidate } from './source.ts';

/** Beyond this many the oldest are forgotten. */
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
  for (const list of lists) {
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
