import { expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import { nodeProgram, type NodeInspection } from '../../simulator/node-program.ts';
import { serviceProgram } from '../../simulator/services/fake-service.ts';
import { createKubernetes } from '../../simulator/services/kubernetes/api-server.ts';
import { createKubernetesAddress } from '../../simulator/services/kubernetes/service-address.ts';
import { KubernetesState, SERVICE_ACCOUNT } from '../../simulator/services/kubernetes/state.ts';
import { World } from '../../simulator/world.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('whole nodes in pods find each other with the credentials of their pods alone, while one of two API servers is down', async () => {
  const state = new KubernetesState({ token: 'secret' });
  const names = ['engram-0', 'engram-1', 'engram-2'];
  const program = nodeProgram({
    config: { cluster: { discovery: { type: 'kubernetes', label_selector: 'app=engram' } }, admin: { enabled: false } },
    environment: { KUBERNETES_SERVICE_HOST: 'api', KUBERNETES_SERVICE_PORT: '443' },
    mounts: { [SERVICE_ACCOUNT]: state.serviceAccount },
  });
  const world = new World({
    seed: 'kubernetes',
    hosts: [
      { name: 'api', program: serviceProgram(443, (ports) => createKubernetesAddress(ports, state)) },
      ...['api-1', 'api-2'].map((name) => {
        return { name, program: serviceProgram(443, (ports) => createKubernetes(ports, state)) };
      }),
      ...names.map((name) => ({ name, program })),
    ],
    faults: [{ id: 'down', at: 0, kind: 'crash', hosts: ['api-1'] }],
    duration: 60 * SECOND,
    latency: { kind: 'constant', delay: 500 },
  });
  for (const { name, ip } of world.hosts) {
    if (names.includes(name))
      state.createPod({ name, labels: { app: 'engram' }, ips: [ip], stage: 'running' }, '2026-01-01T00:00:00Z');
  }
  await world.runAsyncUntil(30 * SECOND, turn);
  for (const name of names) {
    const { running } = world.hosts.find((host) => host.name === name)!;
    const { cluster } = running!.inspect as NodeInspection;
    expect(
      cluster.membership
        .members()
        .map((member) => member.name)
        .toSorted(),
    ).toEqual(names);
  }
});
