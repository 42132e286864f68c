import type { Resolver } from '../ports/resolver.ts';
import type { PeerState } from '../wire/messages.ts';
import { State } from '../wire/messages.ts';
import type { SourceConfig } from '../config/node-config.ts';
import { dnsSource } from '../discovery/dns-source.ts';
import { nobody, STEADY_LIFETIME_MS, type Source } from '../discovery/source.ts';
import { staticSource } from '../discovery/static-source.ts';

/** The configured sources, and behind them what the last life remembered: after a total outage it may be all there is. */
export function sourcesOf(
  configs: readonly SourceConfig[],
  resolverFor: (servers: readonly string[]) => Resolver,
  known: readonly PeerState[],
): Source[] {
  const sources = configs.map((config) => {
    if (config.type === 'static') return staticSource(config.seedNodes, resolverFor([]));
    return dnsSource(config, resolverFor(config.servers));
  });
  return known.length === 0 ? sources : [...sources, snapshotSource(known)];
}

/** Whoever said goodbye is not expected to be there. */
function snapshotSource(known: readonly PeerState[]): Source {
  const expected = known.filter((peer) => peer.state !== State.left);
  const addresses = expected.map((peer) => peer.about.address);
  return {
    method: 'snapshot',
    discover: () =>
      Promise.resolve(
        addresses.length === 0
          ? nobody('all that the snapshot remembers have left')
          : { addresses, lifetimeMs: STEADY_LIFETIME_MS, complete: true, warnings: [] },
      ),
  };
}
