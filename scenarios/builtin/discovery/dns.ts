import { dnsServerProgram } from '../../../simulator/services/dns/program.ts';
import { DnsZone } from '../../../simulator/services/dns/zone.ts';
import { nobodyBeginsAlone } from '../../../simulator/invariants/discovery-alone.ts';
import { everybodyKnowsTheRest, theLivingStayCandidates } from '../../../simulator/invariants/discovery-candidates.ts';
import { sourcesAreSpared } from '../../../simulator/invariants/discovery-pace.ts';
import { CLUSTER_DNS, dnsHosts, enter, enterAnew, peersRecord, serviceRecords } from './dns-hosts.ts';
import type { Random } from '../../../core/ports/random.ts';
import type { Invariant } from '../../../simulator/invariant.ts';
import { defineScenario } from '../../define.ts';
import type { Stage } from '../../scenario.ts';
import { hostNames } from '../cluster.ts';
import { converged, noFalsePositives } from '../expectations.ts';
import { between, endOf, schedule, seconds, some, type Step } from '../schedule.ts';
import { nodes } from './nodes.ts';

export const staleDns = defineScenario({
  name: 'discovery-dns-stale',
  summary: '3 of 5 nodes restart at other addresses one after the other, while the name service repeats what it knew',
  mustStrike: ['restart', 'service.dns-stale'],
  stage({ random }) {
    const names = hostNames(5);
    const rolled = some(random, names, 3).flatMap((host, turn): Step[] => {
      const at = seconds(20 + 15 * turn);
      const keepStore = random.chance([1, 2]);
      return [
        { kind: 'restart', at, hosts: [host], keepStore, newAddress: true },
        ...enterAnew(names, at + seconds(3)),
      ];
    });
    const stale: Step = {
      kind: 'service',
      at: between(random, 15, 25),
      hosts: ['cache'],
      effect: 'dns-stale',
      for: between(random, 30, 60),
    };
    const faults = schedule([...rolled, stale]);
    return nodes({
      nodes: 5,
      ...CLUSTER_DNS,
      services: dnsHosts(names.map(peersRecord)),
      faults,
      calm: seconds(90),
      invariants: [everybodyKnowsTheRest({ from: endOf(faults) + seconds(40) })],
      expectations: [converged],
    });
  },
});

/** Nodes boot before anybody has entered them, and a cache remembers that there is nobody. */
function stageOfAbsence(random: Random, onNoPeers: 'retry' | 'single-node', invariants: readonly Invariant[]): Stage {
  const names = hostNames(6);
  const faults = schedule(names.map((name) => enter(peersRecord(name), between(random, 5, 20))));
  // The cache forgets, a node comes back from its longest rest, and asks anew what it has heard just before.
  const known = endOf(faults) + seconds(30 + 30 + 30 + 10);
  return nodes({
    nodes: 6,
    discovery: (name) => ({ ...CLUSTER_DNS.discovery(name), on_no_peers: onNoPeers }),
    options: () => ({ nameServers: ['cache'] }),
    services: dnsHosts([]),
    startAt: () => between(random, 0, 3),
    faults,
    calm: seconds(120),
    invariants: [...invariants, everybodyKnowsTheRest({ from: known })],
    expectations: [converged],
  });
}

export const absentDns = defineScenario({
  name: 'discovery-dns-nxdomain',
  summary: '6 nodes boot before they have records, and a cache remembers for half a minute that there are none',
  mustStrike: ['command'],
  stage: ({ random }) => stageOfAbsence(random, 'retry', [nobodyBeginsAlone()]),
});

export const sixBeginnings = defineScenario({
  name: 'discovery-dns-nxdomain-alone',
  summary: '6 nodes boot before they have records, each begins a cluster of its own, and the six become one',
  mustStrike: ['command'],
  stage: ({ random }) => stageOfAbsence(random, 'single-node', []),
});

export const truncatedDns = defineScenario({
  name: 'discovery-dns-truncated',
  summary:
    'SRV answers are cut short and nobody takes connections: what is missing is not gone, and a newcomer finds us',
  mustStrike: ['service.dns-truncate', 'service.dns-no-tcp'],
  stage({ random }) {
    const names = hostNames(7);
    const newcomer = random.pick(names);
    const at = random.chance([1, 3]) ? 0 : between(random, 15, 25);
    const lasts = between(random, 30, 50);
    const trouble = (effect: string, argument?: unknown): Step => {
      return { kind: 'service', at, hosts: ['ns'], effect, argument, for: lasts };
    };
    const faults = schedule([trouble('dns-truncate', { kept: 1 + random.int(3) }), trouble('dns-no-tcp')]);
    return nodes({
      nodes: 7,
      discovery: () => ({ service: '_swim._tcp.peers.test', refresh_interval_sec: 10, on_no_peers: 'retry' }),
      options: () => ({ nameServers: ['ns'] }),
      services: dnsHosts(names.flatMap(serviceRecords)),
      startAt: (name) => (name === newcomer ? at + seconds(10) : 0),
      faults,
      calm: seconds(90),
      invariants: [
        theLivingStayCandidates(),
        nobodyBeginsAlone(),
        everybodyKnowsTheRest({ from: endOf(faults) + seconds(40) }),
      ],
      expectations: [converged, noFalsePositives],
    });
  },
});

export const servedStaleDns = defineScenario({
  name: 'discovery-dns-serve-stale',
  summary: 'the zone is silent, the cache serves what has run out, and 2 of 5 nodes move meanwhile',
  mustStrike: ['restart', 'service.dns-silent'],
  stage({ random }) {
    const names = hostNames(5);
    const silent = between(random, 15, 25);
    const lasts = between(random, 40, 60);
    const moves = some(random, names, 2).flatMap((host): Step[] => {
      const at = silent + between(random, 10, 35);
      const keepStore = random.chance([1, 2]);
      return [
        { kind: 'restart', at, hosts: [host], keepStore, newAddress: true },
        ...enterAnew(names, at + seconds(2)),
      ];
    });
    const faults = schedule([
      { kind: 'service', at: silent, hosts: ['ns'], effect: 'dns-silent', for: lasts },
      ...moves,
    ]);
    return nodes({
      nodes: 5,
      ...CLUSTER_DNS,
      services: dnsHosts(names.map(peersRecord), { staleSeconds: 3_600 }),
      faults,
      calm: seconds(90),
      invariants: [
        nobodyBeginsAlone({ from: seconds(10) }),
        sourcesAreSpared(20),
        everybodyKnowsTheRest({ from: endOf(faults) + seconds(50) }),
      ],
      expectations: [converged],
    });
  },
});

export const halvesApart = defineScenario({
  name: 'discovery-halves-apart',
  summary: 'two halves of 10 nodes know nothing of each other until one name service names somebody of both',
  mustStrike: ['command'],
  stage({ random }) {
    const all = random.shuffle(hostNames(10));
    const zoneOf = new Map(all.map((name, index) => [name, index < 5 ? 'a.test' : 'b.test']));
    const recordIn = (zone: string, name: string): string => `${zone} 10 A @${name}`;
    const zones = ['a.test', 'b.test'].map((origin) => {
      const records = all.filter((name) => zoneOf.get(name) === origin).map((name) => recordIn(origin, name));
      return new DnsZone({ origin, primary: 'ns', records });
    });
    const told = between(random, 20, 40);
    // One side may learn of one member of the other, or both of everybody.
    const strangers = some(random, all.slice(5), 1 + random.int(5)).map((name) =>
      enter(recordIn('a.test', name), told),
    );
    const back = random.chance([1, 2]) ? all.slice(0, 5).map((name) => enter(recordIn('b.test', name), told)) : [];
    return nodes({
      nodes: 10,
      discovery: (name) => ({ service: zoneOf.get(name)!, refresh_interval_sec: 10 }),
      options: () => ({ nameServers: ['ns'] }),
      services: [{ name: 'ns', program: dnsServerProgram({ zones }), bystander: true }],
      faults: schedule([...strangers, ...back]),
      calm: seconds(90),
      expectations: [converged, noFalsePositives],
    });
  },
});
