import type { ConfigTable } from '../../../core/config/layers.ts';
import type { Random } from '../../../core/ports/random.ts';
import { nobodyBeginsAlone } from '../../../simulator/invariants/discovery-alone.ts';
import { everybodyKnowsTheRest, theLivingStayCandidates } from '../../../simulator/invariants/discovery-candidates.ts';
import { everybodyIsEntered } from '../../../simulator/invariants/discovery-entries.ts';
import { sourcesAreSpared } from '../../../simulator/invariants/discovery-pace.ts';
import { consulDatacenter } from './consul-hosts.ts';
import { dnsHosts, nameRecord, peersRecord } from './dns-hosts.ts';
import { etcdCluster } from './etcd-hosts.ts';
import { defineScenario } from '../../define.ts';
import { hostNames } from '../cluster.ts';
import { converged, noFalsePositives } from '../expectations.ts';
import { between, endOf, outage, schedule, seconds, type Step } from '../schedule.ts';
import { nodes } from './nodes.ts';

const DNS: ConfigTable = { type: 'dns', service: 'peers.test', refresh_interval_sec: 10 };

type Ill = (host: string, at: number, lasts: number) => Step[];

const effect =
  (name: string, argument?: unknown): Ill =>
  (host, at, lasts) => [{ kind: 'service', at, hosts: [host], effect: name, argument, for: lasts }];
const gone: Ill = (host, at, lasts) => outage([host], at, at + lasts, { keepStore: true });

/** Ways in which each service may say nothing that counts. */
const OUTAGES: Readonly<Record<string, readonly Ill[]>> = {
  cache: [gone, effect('dns-silent'), effect('dns-servfail'), effect('dns-refused'), effect('dns-lame')],
  'consul-1': [gone, effect('http-status', { status: 500 }), effect('http-stall'), effect('consul-no-leader')],
  'etcd-1': [gone, effect('http-status', { status: 503, retryAfter: 5 }), effect('http-cut'), effect('http-stall')],
};

function outageOf(random: Random, host: string, at: number, lasts: number): Step[] {
  return random.pick(OUTAGES[host]!)(host, at, lasts);
}

/** The first three of them: seeds are few, by custom. */
function seedsByName(names: readonly string[]): ConfigTable {
  return { type: 'static', seed_nodes: names.slice(0, 3).map((name) => `${name}.peers.test`) };
}

export const allSourcesDown = defineScenario({
  name: 'discovery-all-sources-down',
  summary: 'name service, Consul and etcd fail a healthy cluster of 5 at once, each in its own way: nobody notices',
  mustStrike: ['service.http-slow'],
  stage({ random }) {
    const names = hostNames(5);
    const consul = consulDatacenter(names, false, ['consul-1']);
    const etcd = etcdCluster(20, ['etcd-1']);
    const steps = Object.keys(OUTAGES).flatMap((host): Step[] => {
      return outageOf(random, host, between(random, 20, 30), between(random, 60, 90));
    });
    // Whatever else they suffer, they have been slow before.
    const slow: Step = {
      kind: 'service',
      at: seconds(12),
      hosts: ['consul-1', 'etcd-1'],
      effect: 'http-slow',
      argument: { ms: 300 },
      for: seconds(60),
    };
    const faults = schedule([slow, ...steps]);
    return nodes({
      nodes: 5,
      discovery: (name) => ({
        mode: 'union',
        sources: [DNS, consul.discovery(name), etcd.discovery(), seedsByName(names)],
      }),
      options: () => ({ nameServers: ['cache'] }),
      services: [
        ...dnsHosts(names.flatMap((name) => [peersRecord(name), nameRecord(name)])),
        ...consul.hosts,
        ...etcd.hosts,
      ],
      faults,
      calm: seconds(80),
      invariants: [
        nobodyBeginsAlone({ from: seconds(10) }),
        theLivingStayCandidates(),
        sourcesAreSpared(45),
        everybodyIsEntered(consul.entries, { from: endOf(faults) + seconds(60) }),
        everybodyIsEntered(etcd.entries, { from: endOf(faults) + seconds(60) }),
        everybodyKnowsTheRest({ from: endOf(faults) + seconds(70) }),
      ],
      expectations: [converged, noFalsePositives],
    });
  },
});

/** Ill and well in turn, for a minute. */
function flapping(random: Random, host: string): Step[] {
  const steps: Step[] = [];
  for (let at = between(random, 0, 3); at < seconds(60); at += between(random, 1, 8)) {
    const lasts = between(random, 1, 10);
    steps.push(...outageOf(random, host, at, lasts));
    at += lasts;
  }
  return steps;
}

export const flappingFormation = defineScenario({
  name: 'discovery-flapping-formation',
  summary: '1 to 20 nodes start while every source comes and goes, and become one cluster',
  mustStrike: ['service'],
  stage({ random }) {
    const names = hostNames(1 + random.int(20));
    const consul = consulDatacenter(names, false, ['consul-1']);
    const etcd = etcdCluster(20, ['etcd-1']);
    const withConsul = random.chance([1, 2]);
    const sources = random.shuffle(['dns', 'store', 'names'] as const);
    const retries = random.chance([1, 2]);
    const starts = new Map(names.map((name) => [name, between(random, 0, random.pick([0, 5, 20]))]));
    const ill = ['cache', withConsul ? 'consul-1' : 'etcd-1'];
    const faults = schedule(ill.flatMap((host) => flapping(random, host)));
    const mode = random.pick(['first', 'race', 'union']);
    return nodes({
      nodes: names.length,
      discovery(name) {
        const store = withConsul ? consul.discovery(name) : etcd.discovery();
        const tables = { dns: DNS, store, names: seedsByName(names) };
        const onNoPeers = retries ? 'retry' : 'single-node';
        return { mode, on_no_peers: onNoPeers, sources: sources.map((source) => tables[source]) };
      },
      options: () => ({ nameServers: ['cache'] }),
      services: [
        ...dnsHosts(names.flatMap((name) => [peersRecord(name), nameRecord(name)])),
        ...(withConsul ? consul.hosts : etcd.hosts),
      ],
      startAt: (name) => starts.get(name)!,
      faults,
      calm: seconds(100),
      invariants: [
        sourcesAreSpared(60),
        ...(retries ? [nobodyBeginsAlone()] : []),
        everybodyIsEntered(withConsul ? consul.entries : etcd.entries, { from: endOf(faults) + seconds(60) }),
      ],
      expectations: [converged],
    });
  },
});
