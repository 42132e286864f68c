import { addressChecksum } from '../core/discovery/checksum.ts';
import { readListing } from '../core/discovery/registry/listing.ts';
import { chosen } from '../core/discovery/registry/peers.ts';

const ENTRIES = 10_000;
const ROUNDS = 20;

/** Milliseconds to read a registry of 10,000 entries with their checksums, from its text to the peers that count. */
export interface RegistryBenchResult {
  readonly entries: number;
  readonly bytes: number;
  /** The first reading of a process: nothing is compiled yet. */
  readonly firstMs: number;
  readonly medianMs: number;
}

export function benchRegistry(): RegistryBenchResult {
  const text = registryText();
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    const listing = readListing(JSON.parse(text))!;
    const peers = chosen(listing, { label: 'production', maxAgeMs: 60_000, now: 1_767_225_600_000 });
    if (peers.length !== ENTRIES) throw new Error(`${peers.length} of ${ENTRIES} entries were read`);
    return performance.now() - start;
  });
  const [firstMs = 0] = times;
  return { entries: ENTRIES, bytes: text.length, firstMs, medianMs: times.toSorted((a, b) => a - b)[ROUNDS / 2] ?? 0 };
}

function registryText(): string {
  const peers = Array.from({ length: ENTRIES }, (_, i) => {
    const id = `node-${i}`;
    const address = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}:7946`;
    const tags = { role: 'database', zone: `eu-${i % 3}` };
    const checksum = addressChecksum(id, address);
    return { id, address, label: 'production', tags, checksum, heartbeat_at: '2026-01-01T00:00:00.000Z' };
  });
  return JSON.stringify({ peers });
}
