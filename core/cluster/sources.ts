import type { PeerState } from '../wire/messages.ts';
import { State } from '../wire/messages.ts';
import type { SourceConfig, SourceContext, SourcePorts } from '../discovery/source-type.ts';
import { createSource } from '../discovery/source-types.ts';
import { nobody, STEADY_LIFETIME_MS, type Source } from '../discovery/source.ts';

/** The configured sources, and behind them what the last life remembered: after a total outage it may be all there is. */
export function sourcesOf(
  configs: readonly SourceConfig[],
  ports: SourcePorts,
  context: SourceContext,
  known: readonly PeerState[],
): Source[] {
  const sources = configs.map((config, index) =>
    createSource(config, { ...ports, random: ports.random.fork(`source ${index}`) }, context),
  );
  return known.length === 0 ? sources : [...sources, snapshotSource(known)];
}

/** Whoever said goodbye is not expected to be there. */
function snapshotSource(known: readonly PeerState[]): Source {
  const expected = known.filter((peer) => peer.state !== State.left);
  const candidates = expected.map(({ about }) => ({ address: about.address, id: about.name }));
  return {
    method: 'snapshot',
    discover: () =>
      Promise.resolve(
        candidates.length === 0
          ? nobody('all that the snapshot remembers have left')
          : { candidates, lifetimeMs: STEADY_LIFETIME_MS, complete: true, warnings: [] },
      ),
  };
}
