import { nobodyBeginsAlone } from '../../../simulator/invariants/discovery-alone.ts';
import { everybodyKnowsTheRest, theLivingStayCandidates } from '../../../simulator/invariants/discovery-candidates.ts';
import { everybodyIsEntered } from '../../../simulator/invariants/discovery-entries.ts';
import { servicesAreSpared, sourcesAreSpared } from '../../../simulator/invariants/discovery-pace.ts';
import { CONSUL_SERVERS, consulDatacenter } from './consul-hosts.ts';
import { defineScenario } from '../../define.ts';
import { hostNames } from '../cluster.ts';
import { converged } from '../expectations.ts';
import { between, endOf, outage, schedule, seconds, some, type Step } from '../schedule.ts';
import { nodes } from './nodes.ts';

export const leaderlessConsul = defineScenario({
  name: 'discovery-consul-no-leader',
  summary: 'Consul has no leader for a while, and loses a server later; a node moves in between, and stays registered',
  mustStrike: ['crash', 'service.consul-no-leader'],
  stage({ random }) {
    const names = hostNames(6);
    const withAgents = random.chance([1, 2]);
    const consul = consulDatacenter(names, withAgents);
    const [mover, newcomer] = some(random, names, 2) as [string, string];
    const leaderless = between(random, 20, 30);
    const lasts = between(random, 15, 40);
    const moves = leaderless + between(random, 2, 12);
    const loses = leaderless + lasts + between(random, 10, 20);
    const faults = schedule([
      { kind: 'service', at: leaderless, hosts: CONSUL_SERVERS, effect: 'consul-no-leader', for: lasts },
      { kind: 'restart', at: moves, hosts: [mover], keepStore: random.chance([1, 2]), newAddress: true },
      ...outage(some(random, CONSUL_SERVERS, 1), loses, loses + between(random, 10, 30), { keepStore: true }),
    ]);
    return nodes({
      nodes: 6,
      discovery: consul.discovery,
      services: consul.hosts,
      startAt: (name) => (name === newcomer ? leaderless + seconds(1) : 0),
      faults,
      calm: seconds(110),
      invariants: [
        nobodyBeginsAlone({ from: seconds(10) }),
        // Those that ask a server directly are entered through it, and invisible while it is gone.
        theLivingStayCandidates({ until: withAgents ? endOf(faults) : loses }),
        sourcesAreSpared(30),
        everybodyIsEntered(consul.entries, { from: endOf(faults) + seconds(60) }),
        everybodyKnowsTheRest({ from: endOf(faults) + seconds(90) }),
      ],
      expectations: [converged],
    });
  },
});

export const consulIndexes = defineScenario({
  name: 'discovery-consul-index',
  summary: 'indexes of Consul move for nothing, stand at 0, and go back; agents forget, and a node moves',
  mustStrike: [
    'service.consul-index-coarse',
    'service.consul-index-zero',
    'service.consul-restore',
    'service.consul-agent-forgets',
    'restart',
  ],
  stage({ random }) {
    const names = hostNames(5);
    const consul = consulDatacenter(names, random.chance([1, 2]));
    const everywhere = [...consul.hosts.map(({ name }) => name)];
    const coarse = between(random, 12, 18);
    const zero = coarse + seconds(12);
    const restored = zero + seconds(25);
    const ill = (effect: string, at: number, lasts: number, hosts = everywhere): Step => {
      return { kind: 'service', at, hosts, effect, for: seconds(lasts) };
    };
    // Queries that wait are answered, rightly or not, when anything at all changes.
    const churn = Array.from({ length: 40 }, (_, turn): Step => {
      return { kind: 'command', at: coarse + seconds(turn / 3), hosts: ['consul-1'], command: 'churn' };
    });
    const moves: Step = {
      kind: 'restart',
      at: restored + between(random, 1, 10),
      hosts: some(random, names, 1),
      keepStore: random.chance([1, 2]),
      newAddress: true,
    };
    const faults = schedule([
      ...churn,
      ill('consul-index-coarse', coarse, 10),
      ill('consul-index-zero', zero, 20),
      ill('consul-restore', restored, 1, ['consul-1']),
      ill('consul-agent-forgets', restored + between(random, 0, 10), 1),
      moves,
    ]);
    return nodes({
      nodes: 5,
      // Only what a waiting query tells counts: nobody asks again by himself for minutes.
      discovery: (name) => ({ ...consul.discovery(name), wait_sec: 300, refresh_interval_sec: 300 }),
      services: consul.hosts,
      faults,
      calm: seconds(110),
      invariants: [
        servicesAreSpared(5 * 150),
        everybodyIsEntered(consul.entries, { from: endOf(faults) + seconds(75) }),
        everybodyKnowsTheRest({ from: endOf(faults) + seconds(90) }),
      ],
      expectations: [converged],
    });
  },
});
