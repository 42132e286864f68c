import { CONTACT_STATUSES } from '../cluster/auto-connect.ts';
import type { Reading, Sample } from '../ports/meter.ts';
import { aliveRatio, tallyOf, totalOf, type Tally } from '../health/cluster-health.ts';
import type { PartitionState } from '../health/partition.ts';
import { rosterOf } from '../health/roster.ts';
import { DROP_REASONS, type Counters } from '../membership/counters.ts';
import type { Traffic, Watched } from './watched.ts';

/** One line of docs/metrics.md. */
export interface Metric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  readonly read: (watched: Watched) => Reading;
}

const PARTITION_NUMBERS: Readonly<Record<PartitionState, number>> = { connected: 0, partitioned: 1, healing: 2 };

/** Everything that is read when somebody collects. The order is that of the documentation. */
export const METRICS: readonly Metric[] = [
  ofTally('rollcall_cluster_size', 'Members that are alive, suspect or dead.', totalOf),
  ofTally('rollcall_cluster_alive_nodes', 'Members that are alive, this node included.', ({ alive }) => alive),
  ofTally('rollcall_cluster_suspect_nodes', 'Members under suspicion.', ({ suspect }) => suspect),
  ofTally('rollcall_cluster_dead_nodes', 'Members that were declared dead less than a day ago.', ({ dead }) => dead),
  ofTally('rollcall_cluster_left_nodes', 'Members that said goodbye a short while ago.', ({ left }) => left),
  ofTally('rollcall_cluster_alive_ratio', 'Alive members divided by the cluster size; 1 without members.', aliveRatio),
  gauge(
    'rollcall_cluster_partition_state',
    'Whether this node reaches a majority: 0 connected, 1 partitioned, 2 healing.',
    ({ node }) => PARTITION_NUMBERS[node.health.partition.state],
  ),
  gauge(
    'rollcall_cluster_partition_reachable',
    'Alive members when the health monitor last looked.',
    ({ node }) => node.health.partition.reachable,
  ),
  gauge(
    'rollcall_cluster_partition_members',
    'Alive, suspect and dead members when the health monitor last looked.',
    ({ node }) => node.health.partition.total,
  ),
  gauge(
    'rollcall_cluster_partition_ratio',
    'Reachable members divided by all, when the health monitor last looked.',
    ({
      node: {
        health: { partition },
      },
    }) => (partition.total === 0 ? 1 : partition.reachable / partition.total),
  ),
  counter(
    'rollcall_cluster_partitions_detected_total',
    'How often this node lost the majority.',
    ({ node }) => node.health.partition.detected,
  ),
  counter(
    'rollcall_cluster_partitions_healed_total',
    'How often it found the majority again for good.',
    ({ node }) => node.health.partition.healed,
  ),

  byMethod('rollcall_discovery_attempts_total', 'Questions to a discovery source.', 'attempts'),
  byMethod(
    'rollcall_discovery_successes_total',
    'Answers that named somebody; one that names nobody is neither success nor failure.',
    'successes',
  ),
  byMethod('rollcall_discovery_failures_total', 'Questions that got no answer.', 'failures'),
  gauge(
    'rollcall_discovery_peers_discovered',
    'Peers that discovery knows; 0 means that this node depends on being found.',
    ({ node }) => node.discoveryHealth().peers_discovered,
  ),
  gauge(
    'rollcall_discovery_seeds_reachable',
    'Discovered addresses at which a live member is.',
    ({ node }) => node.discoveryHealth().seeds_reachable,
  ),
  gauge(
    'rollcall_discovery_source_resting',
    'Whether a discovery source has failed so often that it is given a rest: 1 while it is.',
    ({ node }) => perMethod(node.discoveryHealth().sources, ({ breaker }) => breaker === 'open'),
  ),
  gauge(
    'rollcall_discovery_registered',
    'Whether others find this node through a source that takes entries: 1 while its entry is there.',
    ({ node }) => perMethod(node.discoveryHealth().registrations, ({ state }) => state === 'active'),
  ),
  gauge('rollcall_discovery_contacts', 'Peers that discovery knows, by how contacting them goes.', ({ node }) => {
    const { contacts } = node.discoveryHealth();
    return CONTACT_STATUSES.map((status) => ({
      labels: { status },
      value: contacts.filter((contact) => contact.status === status).length,
    }));
  }),

  labelled(
    'rollcall_member_changes_total',
    'What happened to members in the view of this node, by type.',
    'type',
    (c) => c.changes,
  ),
  counted('rollcall_probes_total', 'Probes of members.', 'probes'),
  counted('rollcall_probes_failed_total', 'Probes that nothing answered.', 'probesFailed'),
  counted(
    'rollcall_probes_by_stream_total',
    'Probes that only a stream answered: datagrams are lost.',
    'probesByStream',
  ),
  counted(
    'rollcall_turns_stretched_total',
    'Probe turns that may last longer because this node doubts itself.',
    'turnsStretched',
  ),
  counted(
    'rollcall_suspicions_unconfirmed_total',
    'Suspicions that ran out without all the confirmations that they waited for.',
    'suspicionsUnconfirmed',
  ),
  counted('rollcall_refutations_total', 'Accusations of this node that it had to refute.', 'refutations'),
  gauge(
    'rollcall_health_score',
    'How much this node doubts itself: 0 is healthy, with each point answers may take one probe interval longer.',
    ({ node }) => node.membership.healthScore,
  ),
  gauge('rollcall_incarnation', "This node's own incarnation.", ({ node }) => node.membership.incarnation),
  gauge('rollcall_broadcast_queue_length', 'News that waits to be gossiped.', ({ node }) => node.membership.queued),
  counted('rollcall_exchanges_total', 'Exchanges of full state that this node began and completed.', 'exchanges'),
  counted(
    'rollcall_exchanges_failed_total',
    'Exchanges of full state that this node began in vain.',
    'exchangesFailed',
  ),
  counted('rollcall_healing_attempts_total', 'Attempts to rejoin departed members and seeds.', 'healingAttempts'),
  counted('rollcall_name_conflicts_total', 'Claims on the name of a member that answers elsewhere.', 'conflicts'),
  // From zero on, even before the first: nothing else makes the first one an increase.
  labelled('rollcall_dropped_total', 'What arrived and was not believed, by reason.', 'reason', ({ dropped }) =>
    Object.fromEntries(DROP_REASONS.map((reason) => [reason, dropped[reason] ?? 0])),
  ),

  counted('rollcall_packets_sent_total', 'Datagrams sent.', 'packetsSent'),
  counted('rollcall_packets_received_total', 'Datagrams received.', 'packetsReceived'),
  carried('rollcall_datagram_sent_bytes_total', 'Bytes in datagrams sent.', 'datagramBytesSent'),
  carried('rollcall_datagram_received_bytes_total', 'Bytes in datagrams received.', 'datagramBytesReceived'),
  carried('rollcall_stream_sent_bytes_total', 'Bytes written to streams.', 'streamBytesSent'),
  carried('rollcall_stream_received_bytes_total', 'Bytes read from streams.', 'streamBytesReceived'),
  carried('rollcall_streams_dialed_total', 'Streams that this node opened.', 'streamsDialed'),
  carried('rollcall_streams_accepted_total', 'Streams that others opened.', 'streamsAccepted'),
  gauge('rollcall_streams_open', 'Streams that are open now.', ({ traffic }) => traffic.streamsOpen),
  carried('rollcall_streams_refused_total', 'Streams of others closed because too many were open.', 'streamsRefused'),
  carried('rollcall_stream_timeouts_total', 'Streams that were not done in time.', 'streamTimeouts'),
  gauge('rollcall_connections_open', 'TCP connections of every use that are open now.', ({ traffic }) => {
    return traffic.connectionsOpen;
  }),
  carried(
    'rollcall_connections_unattended_total',
    'Connections that came before the node was there for them, or after.',
    'connectionsUnattended',
  ),
  carried(
    'rollcall_datagrams_unattended_total',
    'Datagrams that came before the node was there for them, or after.',
    'datagramsUnattended',
  ),
  carried(
    'rollcall_openings_unknown_total',
    'Connections that began with something else than a node says.',
    'openingsUnknown',
  ),
  byCode('rollcall_accept_errors_total', 'Connections that the system could not hand over.', 'acceptErrors'),
  byCode('rollcall_send_errors_total', 'Datagrams that the system did not send.', 'sendErrors'),
  byCode('rollcall_tls_failures_total', 'TLS handshakes that failed.', 'tlsFailures'),
  carried('rollcall_carriers_dialed_total', 'Connections for datagrams that this node opened.', 'carriersDialed'),
  carried('rollcall_carriers_accepted_total', 'Connections for datagrams that others opened.', 'carriersAccepted'),
  gauge('rollcall_carriers_open', 'Connections for datagrams that are open now.', ({ traffic }) => {
    return traffic.carriersOpen;
  }),
  carried('rollcall_carriers_failed_total', 'Connections for datagrams that failed.', 'carriersFailed'),
  carried('rollcall_carriers_cut_total', 'Connections for datagrams of others closed to make room.', 'carriersCut'),
  carried(
    'rollcall_carrier_datagrams_lost_total',
    'Datagrams over TCP or TLS that a connection lost or could not take.',
    'carrierDatagramsLost',
  ),
  gauge(
    'rollcall_receive_buffer_bytes',
    'What the system grants for datagrams that wait to be read; 0 without UDP.',
    ({ traffic }) => traffic.receiveBufferBytes,
  ),

  gauge('rollcall_ready', 'Whether the node is ready: 1, or 0 before and after.', ({ node }) =>
    node.readiness().ready ? 1 : 0,
  ),
  gauge('rollcall_keys', 'Keys on the keyring; 0 means plain text.', ({ node }) => node.keys.list().length),
  counter(
    'rollcall_snapshot_failures_total',
    'Snapshots that could not be written.',
    ({ node }) => node.snapshotFailures,
  ),
  gauge('rollcall_build_info', 'Always 1; the label tells the version.', ({ node }) => [
    { labels: { version: node.version }, value: 1 },
  ]),
  gauge(
    'rollcall_start_time_seconds',
    'When the node was started, in seconds since 1970.',
    ({ clock, node }) => clock.wallTime() / 1_000 - node.uptime(),
  ),
];

function gauge(name: string, help: string, read: Metric['read']): Metric {
  return { name, kind: 'gauge', help, read };
}

function counter(name: string, help: string, read: Metric['read']): Metric {
  return { name, kind: 'counter', help, read };
}

function ofTally(name: string, help: string, read: (tally: Tally) => number): Metric {
  return gauge(name, help, ({ node }) => read(tallyOf(rosterOf(node.membership))));
}

function byMethod(name: string, help: string, field: 'attempts' | 'successes' | 'failures'): Metric {
  return counter(name, help, ({ node }) =>
    [...node.discovery.stats].map(([method, stats]) => ({ labels: { method }, value: stats[field] })),
  );
}

type NumberOf<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T];

function counted(name: string, help: string, field: NumberOf<Counters>): Metric {
  return counter(name, help, ({ node }) => node.membership.counters[field]);
}

type CodesOf<T> = { [K in keyof T]: T[K] extends ReadonlyMap<string, number> ? K : never }[keyof T];

function byCode(name: string, help: string, field: CodesOf<Traffic>): Metric {
  return counter(name, help, ({ traffic }) =>
    [...traffic[field]].map(([code, value]) => ({ labels: { code }, value })),
  );
}

function carried(name: string, help: string, field: NumberOf<Traffic>): Metric {
  return counter(name, help, ({ traffic }) => traffic[field]);
}

/** 1 for each method with an item that is so, 0 for the others: two sources may have one method. */
function perMethod<T extends { readonly method: string }>(items: readonly T[], isSo: (item: T) => boolean): Sample[] {
  const values = new Map<string, number>();
  for (const item of items) values.set(item.method, Math.max(values.get(item.method) ?? 0, isSo(item) ? 1 : 0));
  return [...values].map(([method, value]) => ({ labels: { method }, value }));
}

function labelled(
  name: string,
  help: string,
  label: string,
  counts: (counters: Counters) => Readonly<Record<string, number>>,
): Metric {
  return counter(name, help, ({ node }) =>
    Object.entries(counts(node.membership.counters)).map(([key, value]) => ({ labels: { [label]: key }, value })),
  );
}
