import type { FakePorts, FakeService } from '../fake-service.ts';
import { clusterCommands } from './commands.ts';
import { refusal } from './replies.ts';
import type { KubernetesState } from './state.ts';

/**
 * The one address behind which the API servers of a cluster stand: each call goes to any of those that can be reached.
 * A watch stays with its server, and falls silent when that one goes, as behind balancers that tell nobody.
 */
export function createKubernetesAddress(ports: FakePorts, state: KubernetesState): FakeService {
  return {
    effects: [],
    command: clusterCommands(state, ports.clock),
    inspect: state,
    handler(request) {
      const reached = [...state.servers].filter(([name]) => ports.reaches(name));
      if (reached.length === 0) return refusal(503, 'ServiceUnavailable', 'no API server can be reached');
      const [, answer] = ports.random.pick(reached);
      return answer(request);
    },
  };
}
