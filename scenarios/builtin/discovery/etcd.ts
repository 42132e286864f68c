import { nobodyBeginsAlone } from '../../../simulator/invariants/discovery-alone.ts';
import { everybodyKnowsTheRest, theLivingStayCandidates } from '../../../simulator/invariants/discovery-candidates.ts';
import { everybodyIsEntered } from '../../../simulator/invariants/discovery-entries.ts';
import { sourcesAreSpared } from '../../../simulator/invariants/discovery-pace.ts';
import { ETCD_MEMBERS, etcdCluster } from './etcd-hosts.ts';
import { defineScenario } from '../../define.ts';
import { hostNames } from '../cluster.ts';
import { converged, noFalsePositives } from '../expectations.ts';
import { between, endOf, outage, schedule, seconds, some, type Step } from '../schedule.ts';
import { nodes } from './nodes.ts';

export const lostLease = defineScenario({
  name: 'discovery-etcd-lease-lost',
  summary:
    'a node of 5 stands still for longer than its lease in etcd, another one loses its lease: both enter themselves anew',
  mustStrike: ['pause', 'service.etcd-lease-lost'],
  stage({ random }) {
    const names = hostNames(5);
    const etcd = etcdCluster(5 + random.int(6), random.chance([1, 2]) ? ETCD_MEMBERS : ['etcd-1']);
    const [frozen, robbed] = some(random, names, 2) as [string, string];
    const faults = schedule([
      {
        kind: 'pause',
        at: between(random, 10, 20),
        hosts: [frozen],
        mode: random.pick(['freeze', 'ioBlock']),
        for: between(random, 20, 40),
      },
      {
        kind: 'service',
        at: between(random, 10, 50),
        hosts: ['etcd-1'],
        effect: 'etcd-lease-lost',
        argument: { holding: `/${robbed}` },
        for: seconds(1),
      },
    ]);
    return nodes({
      nodes: 5,
      discovery: etcd.discovery,
      services: etcd.hosts,
      faults,
      calm: seconds(60),
      invariants: [
        // A node that could not keep its lease for so long rests for half a minute at most.
        everybodyIsEntered(etcd.entries, { from: endOf(faults) + seconds(35) }),
        everybodyKnowsTheRest({ from: endOf(faults) + seconds(40) }),
      ],
      expectations: [converged],
    });
  },
});

export const quorumLost = defineScenario({
  name: 'discovery-etcd-quorum-lost',
  summary:
    '2 of 3 members of etcd crash and come back; nobody is struck off, and a node that starts meanwhile finds us',
  mustStrike: ['crash', 'restart'],
  stage({ random }) {
    const names = hostNames(6);
    const newcomer = random.pick(names);
    const etcd = etcdCluster(20);
    const down = between(random, 15, 25);
    const members = some(random, ETCD_MEMBERS, 2);
    const faults = schedule(
      members.flatMap((member): Step[] => {
        const at = down + between(random, 0, 3);
        return outage([member], at, at + between(random, 25, 50), { keepStore: true });
      }),
    );
    return nodes({
      nodes: 6,
      discovery: etcd.discovery,
      services: etcd.hosts,
      startAt: (name) => (name === newcomer ? down + seconds(8) : 0),
      faults,
      calm: seconds(100),
      invariants: [
        theLivingStayCandidates(),
        nobodyBeginsAlone({ from: down }),
        sourcesAreSpared(30),
        everybodyIsEntered(etcd.entries, { from: endOf(faults) + seconds(50) }),
        everybodyKnowsTheRest({ from: endOf(faults) + seconds(80) }),
      ],
      expectations: [converged, noFalsePositives],
    });
  },
});
