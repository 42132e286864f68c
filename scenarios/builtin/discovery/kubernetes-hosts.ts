import { createKubernetes } from '../../../simulator/services/kubernetes/api-server.ts';
import { serviceProgram } from '../../../simulator/services/fake-service.ts';
import { KubernetesState, type PodSpec } from '../../../simulator/services/kubernetes/state.ts';
import type { HostSpec } from '../../../simulator/program.ts';
import { hostAddress } from '../../../simulator/sim-host.ts';
import type { ConfigTable } from '../../../core/config/layers.ts';

const PORT = 8001;
export const API_SERVERS = ['api-1', 'api-2'];

/** Two API servers over one history of so many changes. */
export function kubernetesHosts(history = 1_000): HostSpec[] {
  const state = new KubernetesState({ history });
  const program = serviceProgram(PORT, (ports) => createKubernetes(ports, state));
  return API_SERVERS.map((name) => ({ name, program, bystander: true }));
}

/** A pod that is the nth host of the world, from 0. */
export function podOf(name: string, index: number): PodSpec {
  const [ip = ''] = hostAddress(index).split(':');
  return { name, labels: { app: 'rollcall' }, ips: [ip], stage: 'ready' };
}

/** What a node asks its API server. */
export function askingKubernetes(server: string): ConfigTable {
  return { type: 'kubernetes', label_selector: 'app=rollcall', api_server: `http://${server}:${PORT}` };
}
