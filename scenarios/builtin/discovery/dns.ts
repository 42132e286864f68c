import { CLUSTER_DNS, dnsHosts, peersRecord } from './dns-hosts.ts';
import { defineScenario } from '../../define.ts';
import { hostNames } from '../cluster.ts';
import { converged } from '../expectations.ts';
import { between, schedule, seconds, some, type Step } from '../schedule.ts';
import { nodes } from './nodes.ts';

export const staleDns = defineScenario({
  name: 'discovery-dns-stale',
  summary: '3 of 5 nodes restart at other addresses one after the other, while the name service repeats what it knew',
  mustStrike: ['restart', 'service.dns-stale'],
  stage({ random }) {
    const names = hostNames(5);
    const rolled = some(random, names, 3).flatMap((host, turn): Step[] => {
      const at = seconds(20 + 15 * turn);
      return [
        { kind: 'restart', at, hosts: [host], keepStore: random.chance([1, 2]), newAddress: true },
        { kind: 'command', at: at + seconds(3), hosts: ['ns'], command: 'remove', argument: `peers.test A` },
        ...names.map((name): Step => {
          return { kind: 'command', at: at + seconds(3), hosts: ['ns'], command: 'add', argument: peersRecord(name) };
        }),
      ];
    });
    const stale: Step = {
      kind: 'service',
      at: between(random, 15, 25),
      hosts: ['cache'],
      effect: 'dns-stale',
      for: between(random, 30, 60),
    };
    return nodes({
      nodes: 5,
      ...CLUSTER_DNS,
      services: dnsHosts(names),
      faults: schedule([...rolled, stale]),
      expectations: [converged],
    });
  },
});
