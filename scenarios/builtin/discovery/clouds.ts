import { allMet } from '../../../simulator/invariants/all-met.ts';
import type { HostSpec } from '../../../simulator/program.ts';
import { createAws } from '../../../simulator/services/aws/aws-fake.ts';
import { CloudAccount } from '../../../simulator/services/cloud/account.ts';
import { serviceProgram } from '../../../simulator/services/fake-service.ts';
import { hostAddress } from '../../../simulator/sim-host.ts';
import { defineScenario } from '../../define.ts';
import { hostNames } from '../cluster.ts';
import { converged } from '../expectations.ts';
import { between, schedule, seconds } from '../schedule.ts';
import { nodes } from './nodes.ts';

const NODES = 100;
const REGION = 'eu-central-1';
/** Hosts of the API and of the metadata service come first. */
const SERVICES = 2;

/** The whole account may ask twice a second: everybody at once is a hundred questions. */
function cloudHosts(): HostSpec[] {
  const machines = hostNames(NODES).map((name, index) => {
    const [ip = ''] = hostAddress(SERVICES + index).split(':');
    return { name, ip, tags: { role: 'rollcall' } };
  });
  const account = new CloudAccount({ machines, burst: 5, perSecond: 2 });
  const service = (port: number): HostSpec['program'] => serviceProgram(port, (ports) => createAws(ports, account));
  return [
    { name: 'api', program: service(443), bystander: true },
    { name: 'metadata', program: service(80), bystander: true },
  ];
}

export const cloudStampede = defineScenario({
  name: 'discovery-cloud-stampede',
  summary: '100 nodes start at once and ask a cloud API that allows two questions a second, and for a while none',
  mustStrike: ['service.cloud-throttled'],
  stage({ random }) {
    return nodes({
      nodes: NODES,
      preset: 'lan',
      discovery: () => ({ type: 'aws', tag_key: 'role', tag_value: 'rollcall', region: REGION }),
      services: cloudHosts(),
      options: () => ({
        names: { [`ec2.${REGION}.amazonaws.com`]: 'api', '169.254.169.254': 'metadata' },
      }),
      startAt: () => random.int(500_000),
      faults: schedule([
        { kind: 'service', at: 0, hosts: ['api'], effect: 'cloud-throttled', for: between(random, 5, 15) },
      ]),
      calm: seconds(60),
      invariants: [allMet(seconds(64))],
      expectations: [converged],
    });
  },
});
