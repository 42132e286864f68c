import type { Ask, Found, Source } from '../../core/discovery/source.ts';

/** A question that nobody gives up. */
export const patient: Ask = { deadlineMs: 5_000, signal: new AbortController().signal };

/** What a source finds, with its addresses alone for its candidates. */
export async function addressesFrom(source: Source): Promise<Omit<Found, 'candidates'> & { addresses: string[] }> {
  const { candidates, ...found } = await source.discover(patient);
  return { ...found, addresses: candidates.map(({ address }) => address) };
}
