import type { ConfigTable } from '../../../core/config/layers.ts';
import { withPort } from '../../../core/discovery/host-port.ts';
import type { EntryInTruth } from '../../../simulator/invariants/discovery-entries.ts';
import type { HostSpec } from '../../../simulator/program.ts';
import { createConsul } from '../../../simulator/services/consul/consul.ts';
import { ConsulState } from '../../../simulator/services/consul/state.ts';
import { aggregated } from '../../../simulator/services/consul/shapes.ts';
import { counted } from '../../../simulator/services/counted.ts';
import { serviceProgram } from '../../../simulator/services/fake-service.ts';

const PORT = 8500;
const SERVICE = 'rollcall';
export const CONSUL_SERVERS = ['consul-1', 'consul-2', 'consul-3'];

export interface ConsulDatacenter {
  readonly hosts: HostSpec[];
  /** Who asks which agent, and how that is told in the configuration. */
  readonly discovery: (name: string) => ConfigTable;
  /** The instances that pass their checks, as the leader has them. */
  readonly entries: () => readonly EntryInTruth[];
}

/** A datacenter whose nodes have an agent each beside them, or ask these servers directly, each its own. */
export function consulDatacenter(
  names: readonly string[],
  withAgents: boolean,
  servers: readonly string[] = CONSUL_SERVERS,
): ConsulDatacenter {
  const state = new ConsulState();
  const hostOf = (name: string, server: boolean): HostSpec => {
    return {
      name,
      program: serviceProgram(
        PORT,
        counted((ports) => createConsul(ports, state, { server })),
      ),
      bystander: true,
    };
  };
  const agentOf = (name: string): string => {
    return withAgents ? `agent-${name}` : servers[names.indexOf(name) % servers.length]!;
  };
  return {
    hosts: [
      ...servers.map((name) => hostOf(name, true)),
      ...(withAgents ? names.map((name) => hostOf(agentOf(name), false)) : []),
    ],
    discovery: (name) => ({
      type: 'consul',
      service_name: SERVICE,
      addr: `${agentOf(name)}:${PORT}`,
      check_ttl_sec: 15,
    }),
    entries() {
      const leader = state.leader === undefined ? undefined : state.replicas.get(state.leader);
      const passing = (leader?.catalog.instances(SERVICE) ?? []).filter(
        ({ checks }) => aggregated(checks) === 'passing',
      );
      return passing.map(({ service: { id, address, port } }) => ({ id, address: withPort(address, port) }));
    },
  };
}
