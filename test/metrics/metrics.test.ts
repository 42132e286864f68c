import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { declareDistributions, DISTRIBUTIONS } from '../../core/metrics/distributions.ts';
import { METRICS } from '../../core/metrics/metrics.ts';
import { watchNode } from '../../core/metrics/watch-node.ts';
import { DROP_REASONS } from '../../core/membership/counters.ts';
import type { Meter, Reading } from '../../core/ports/meter.ts';
import { TransportCounters } from '../../transports/sockets/counters.ts';
import { alive, dead, described, LoneNode, suspect } from '../membership/lone-node.ts';
import { FakeNode } from './fake-node.ts';

const TRAFFIC = {
  datagramBytesSent: 1,
  datagramBytesReceived: 2,
  streamBytesSent: 3,
  streamBytesReceived: 4,
  streamsDialed: 5,
  streamsAccepted: 6,
  streamsOpen: 7,
  streamsRefused: 8,
  streamTimeouts: 9,
  sendErrors: new Map([['EHOSTUNREACH', 10]]),
  tlsFailures: new Map([['CERT_HAS_EXPIRED', 11]]),
  carrierDatagramsLost: 12,
  receiveBufferBytes: 13,
  datagramsUnattended: 14,
  connectionsUnattended: 15,
  connectionsOpen: 16,
  openingsUnknown: 17,
  carriersDialed: 18,
  carriersAccepted: 19,
  carriersCut: 20,
  carriersFailed: 21,
  carriersOpen: 22,
  acceptErrors: new Map([['EMFILE', 23]]),
};

/** A meter that keeps what is declared. */
class TestMeter implements Meter {
  readonly reads = new Map<string, () => Reading>();
  readonly observed: unknown[] = [];

  counter = (name: string, _help: string, read: () => Reading) => this.#declare(name, read);
  gauge = (name: string, _help: string, read: () => Reading) => this.#declare(name, read);
  histogram = (name: string) => ({
    observe: (value: number, labels?: Readonly<Record<string, string>>) => this.observed.push([name, value, labels]),
  });

  /** A number, or `label=value …` for samples. */
  read(name: string): unknown {
    const reading = this.reads.get(name)!();
    if (typeof reading === 'number') return reading;
    return reading.map(({ labels, value }) => `${Object.values(labels).join()}=${value}`).join(' ');
  }

  #declare(name: string, read: () => Reading): void {
    expect(this.reads.has(name)).toBe(false);
    this.reads.set(name, read);
  }
}

function watched() {
  const lone = new LoneNode();
  const node = new FakeNode(lone);
  const meter = new TestMeter();
  watchNode(meter, { node, clock: lone.clock, traffic: TRAFFIC });
  const peers = ['a', 'b', 'c', 'd'].map((name) => described(name, `10.0.1.${name.charCodeAt(0)}:7946`));
  lone.hear(peers.map((peer) => alive(peer, 1)));
  lone.hear([suspect('a', 1, 'd'), dead('b', 1, 'd'), dead('c', 1, 'c')]);
  return { lone, node, meter };
}

describe('the metrics of a node', () => {
  test('tell the cluster as the node sees it', () => {
    const { meter } = watched();
    const names = ['size', 'alive_nodes', 'suspect_nodes', 'dead_nodes', 'left_nodes', 'alive_ratio'];
    expect(names.map((name) => meter.read(`rollcall_cluster_${name}`))).toEqual([4, 2, 1, 1, 1, 0.5]);
    expect(meter.read('rollcall_member_changes_total')).toBe('join=4 leave=1 fail=1 suspect=1 alive=0 update=0');
  });

  test('tell the dead as long as they are remembered', () => {
    const { lone, meter } = watched();
    lone.clock.advance(180_000);
    expect(lone.node.members().map(({ name }) => name)).not.toContain('b');
    expect(meter.read('rollcall_cluster_dead_nodes')).toBe(3);
  });

  test('tell partitions in numbers', () => {
    const { node, meter } = watched();
    const { partition } = node.health;
    node.health.partition = { ...partition, state: 'healing', reachable: 3, total: 4, detected: 2, healed: 1 };
    const names = ['partition_state', 'partition_reachable', 'partition_members', 'partition_ratio'];
    expect(names.map((name) => meter.read(`rollcall_cluster_${name}`))).toEqual([2, 3, 4, 0.75]);
    expect(meter.read('rollcall_cluster_partitions_detected_total')).toBe(2);
    expect(meter.read('rollcall_cluster_partitions_healed_total')).toBe(1);
  });

  test('tell discovery by method', () => {
    const { meter } = watched();
    const names = ['attempts', 'successes', 'failures'];
    expect(names.map((name) => meter.read(`rollcall_discovery_${name}_total`))).toEqual(['dns=3', 'dns=2', 'dns=1']);
    expect(meter.read('rollcall_discovery_peers_discovered')).toBe(4);
    expect(meter.read('rollcall_discovery_seeds_reachable')).toBe(1);
  });

  test('tell traffic, drops, and the node itself', () => {
    const { lone, node, meter } = watched();
    lone.hear(suspect('me', 1, 'me'));
    node.readyState = { ready: false, reason: 'leaving' };
    node.snapshotFailures = 7;
    lone.clock.advance(1_500);
    expect(
      Object.fromEntries(
        [
          'datagram_sent_bytes_total',
          'datagram_received_bytes_total',
          'stream_sent_bytes_total',
          'stream_received_bytes_total',
          'streams_dialed_total',
          'streams_accepted_total',
          'streams_open',
          'streams_refused_total',
          'stream_timeouts_total',
          'send_errors_total',
          'tls_failures_total',
          'carrier_datagrams_lost_total',
          'receive_buffer_bytes',
          'datagrams_unattended_total',
          'connections_unattended_total',
          'connections_open',
          'openings_unknown_total',
          'carriers_dialed_total',
          'carriers_accepted_total',
          'carriers_cut_total',
          'carriers_failed_total',
          'carriers_open',
          'accept_errors_total',
          'dropped_total',
          'ready',
          'keys',
          'snapshot_failures_total',
          'build_info',
          'start_time_seconds',
        ].map((name) => [name, meter.read(`rollcall_${name}`)]),
      ),
    ).toEqual({
      datagram_sent_bytes_total: 1,
      datagram_received_bytes_total: 2,
      stream_sent_bytes_total: 3,
      stream_received_bytes_total: 4,
      streams_dialed_total: 5,
      streams_accepted_total: 6,
      streams_open: 7,
      streams_refused_total: 8,
      stream_timeouts_total: 9,
      send_errors_total: 'EHOSTUNREACH=10',
      tls_failures_total: 'CERT_HAS_EXPIRED=11',
      carrier_datagrams_lost_total: 12,
      receive_buffer_bytes: 13,
      datagrams_unattended_total: 14,
      connections_unattended_total: 15,
      connections_open: 16,
      openings_unknown_total: 17,
      carriers_dialed_total: 18,
      carriers_accepted_total: 19,
      carriers_cut_total: 20,
      carriers_failed_total: 21,
      carriers_open: 22,
      accept_errors_total: 'EMFILE=23',
      dropped_total: expect.stringContaining(' self-accusation=1 '),
      ready: 0,
      keys: 1,
      snapshot_failures_total: 7,
      build_info: '1.2.3=1',
      start_time_seconds: 1_800_000_000,
    });
  });

  test('begin at zero, so that the first drop of a kind is an increase', () => {
    const { meter } = watched();
    const told = String(meter.read('rollcall_dropped_total')).split(' ');
    expect(told.toSorted()).toEqual(DROP_REASONS.map((reason) => `${reason}=0`).toSorted());
    expect(told).toEqual(expect.arrayContaining(['no-key=0', 'stale=0', 'table-full=0']));
  });

  test('leave out nothing that the sockets count', () => {
    const { node, lone } = watched();
    const asked = new Set<string | symbol>();
    const traffic = new Proxy(new TransportCounters(), {
      get: (counters, field) => {
        asked.add(field);
        return Reflect.get(counters, field) as unknown;
      },
    });
    for (const { read } of METRICS) read({ node, clock: lone.clock, traffic });
    // Membership counts packets where they are made and opened.
    const elsewhere = ['datagramsSent', 'datagramsReceived'];
    expect(Object.keys(traffic).filter((field) => !asked.has(field))).toEqual(elsewhere);
  });

  test('follow what membership counts', () => {
    const { lone, meter } = watched();
    lone.clock.advance(20_000);
    const { counters } = lone.node;
    expect(counters.probesFailed).toBeGreaterThan(0);
    expect(meter.read('rollcall_probes_failed_total')).toBe(counters.probesFailed);
    expect(meter.read('rollcall_packets_sent_total')).toBe(counters.packetsSent);
    expect(meter.read('rollcall_health_score')).toBe(lone.node.healthScore);
    expect(meter.read('rollcall_incarnation')).toBe(lone.node.incarnation);
  });

  test('observe durations as they happen', () => {
    const meter = new TestMeter();
    const distributions = declareDistributions(meter);
    distributions.discoveryDuration('dns', 0.04);
    distributions.roundTrip(0.002);
    distributions.exchangeDuration(0.3);
    distributions.statementBytes(5_000);
    expect(meter.observed).toEqual([
      ['rollcall_discovery_duration_seconds', 0.04, { method: 'dns' }],
      ['rollcall_probe_round_trip_seconds', 0.002, undefined],
      ['rollcall_exchange_duration_seconds', 0.3, undefined],
      ['rollcall_exchange_state_bytes', 5_000, undefined],
    ]);
  });
});

describe('the names of metrics', () => {
  const all = [...METRICS, ...Object.values(DISTRIBUTIONS).map((one) => ({ ...one, kind: 'histogram' }))];

  test.each(all.map((one) => [one.name, one]))('%s follows the rules of Prometheus', (name, { kind, help }) => {
    expect(name).toMatch(/^rollcall_[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(kind === 'counter');
    expect(help).toMatch(/^[A-Z].*\.$/);
  });

  test('no name is given twice', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');

  test('the page on metrics tells all of them, each as it is', () => {
    const cells = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const rows = cells.filter((row) => row[1]?.startsWith('`rollcall_') && /counter|gauge|histogram/.test(row[2]!));
    const told = rows.map((row) => row.slice(1, 4).join(' | ')).toSorted();
    expect(told).toEqual(all.map(({ name, kind, help }) => `\`${name}\` | ${kind} | ${help}`).toSorted());
  });

  test('every name on that page exists', () => {
    const names = new Set(all.map(({ name }) => name));
    const told = page.match(/rollcall_[a-z_]*[a-z]\b(?!\*)/g)!.map((name) => name.replace(/_bucket$/, ''));
    expect(
      told.filter((name) => !names.has(name) && !['rollcall_cluster', 'rollcall_discovery'].includes(name)),
    ).toEqual([]);
  });
});
