import type { Layer } from '../../core/membership/layers.ts';
import { silentLog } from '../../core/ports/log.ts';
import type { Address } from '../../core/ports/transport.ts';
import type { Node } from '../../transports/node.ts';
import { startNode } from '../../transports/start-node.ts';

export interface NodesSetup {
  readonly names: readonly string[];
  readonly seeds: readonly Address[];
  /** Base64; undefined for plain text. */
  readonly key: string | undefined;
}

export interface StartedNode {
  readonly address: Address;
  readonly admin: Address;
}

/** What nodes saw since they started. */
export interface Seen {
  /** Microseconds that each probe of the node under attack took to be answered, by datagram. */
  readonly roundTrips: readonly number[];
  /** Probes that no datagram answered, whether or not a stream did. */
  readonly unanswered: number;
  readonly suspected: number;
  readonly failed: number;
  /** Every view: how many members it holds alive. */
  readonly alive: readonly number[];
}

export const TARGET = 'target';

/** Production nodes in this process, with the settings for a local network and streams of a second. */
export function nodeCommands() {
  const nodes: Node[] = [];
  const roundTrips: number[] = [];
  const watch: Layer = {
    tag: 0xfe,
    attach() {},
    onAck: (peer, roundTrip) => void (peer.name === TARGET && roundTrips.push(roundTrip)),
  };
  const sum = (of: (node: Node) => number): number => nodes.reduce((total, node) => total + of(node), 0);
  return {
    async nodes({ names, seeds, key }: NodesSetup): Promise<StartedNode[]> {
      for (const name of names) {
        const settings = {
          cluster: {
            node_id: name,
            listen_addr: '127.0.0.1:0',
            seeds: [...seeds, ...nodes.map(({ address }) => address)],
            membership: { preset: 'lan', stream_timeout_ms: 1_000 },
            ...(key === undefined ? {} : { encryption: { keys: [key] } }),
          },
          admin: { bind: '127.0.0.1:0' },
        };
        nodes.push(await startNode(settings, { log: silentLog, layers: [watch] }));
      }
      return nodes.map(({ address, admin }) => ({ address, admin: admin! }));
    },
    /** Exchanges state with a node; tells the milliseconds that it took. */
    async exchange(address: Address): Promise<number> {
      const began = performance.now();
      await nodes[0]!.membership.join([address]);
      return performance.now() - began;
    },
    seen: (): Seen => ({
      roundTrips,
      unanswered: sum(({ membership: { counters } }) => counters.probesFailed + counters.probesByStream),
      suspected: sum(({ membership }) => membership.counters.changes.suspect),
      failed: sum(({ membership }) => membership.counters.changes.fail),
      alive: nodes.map(({ membership }) => membership.members().filter(({ state }) => state === 'alive').length),
    }),
  };
}
