import type { ConsulBenchResult } from './discovery-consul.ts';
import type { DnsBenchResult } from './discovery-dns.ts';
import type { RegistryBenchResult } from './discovery-registry.ts';
import type { StartsResult } from './discovery-starts.ts';
import { row, whole } from './rows.ts';

export interface DiscoveryBenchResult extends StartsResult {
  readonly registry: RegistryBenchResult;
  readonly consul: ConsulBenchResult;
  readonly dns: DnsBenchResult;
}

/** The figures of finding peers, as a person reads them. */
export function discoveryReport({ starts, hanging, lookup, registry, consul, dns }: DiscoveryBenchResult): string {
  const lines = ['A node starts and finds another one, which only the source can tell it of, on loopback'];
  for (const { source, seconds } of starts) lines.push(row(source, `${(seconds * 1_000).toFixed(0)} ms`));
  const within = `within ${hanging.deadlineSeconds} s`;
  lines.push(
    row('nine hang', `${hanging.seconds.toFixed(1)} s`, `${within}: a chain of ten sources, the last one answers`),
  );
  lines.push('', 'Lookups of one peer by its id, all at once');
  lines.push(
    row(whole(lookup.lookups), `${lookup.backendCalls} call${lookup.backendCalls === 1 ? '' : 's'} of the backend`),
  );
  lines.push('', `A registry of ${whole(registry.entries)} entries, ${whole(registry.bytes)} bytes, read and checked`);
  lines.push(
    row('first call', `${registry.firstMs.toFixed(0)} ms`),
    row('warm', `${registry.medianMs.toFixed(0)} ms`, 'median'),
  );
  lines.push('', 'From a change in Consul until a blocking query has told it, median');
  lines.push(
    row('ours', `${consul.oursMs.toFixed(2)} ms`),
    row('npm consul', `${consul.npmMs.toFixed(2)} ms`, `${consul.ratio.toFixed(1)} times ours`),
  );
  lines.push('', `A refresh of ${dns.records} SRV records and their addresses over UDP, ${whole(dns.refreshes)} times`);
  lines.push(
    row('ours', `${dns.p50Ms.toFixed(2)} ms`, `median; 99 % within ${dns.p99Ms.toFixed(1)} ms`),
    row(
      'node:dns',
      `${dns.nodeP50Ms.toFixed(2)} ms`,
      `median, without addresses; ours takes ${dns.ratio.toFixed(2)} times that`,
    ),
  );
  return lines.join('\n');
}
