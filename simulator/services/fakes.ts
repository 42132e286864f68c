import { createEtcd } from './etcd/etcd-service.ts';
import { EtcdState } from './etcd/etcd-state.ts';
import { createConsul } from './consul/consul.ts';
import { ConsulState } from './consul/state.ts';
import { REGISTRY_PORT } from '../../core/discovery/registry/server.ts';
import type { FakePorts, FakeService } from './fake-service.ts';
import { createRegistry } from './registry/registry.ts';

/** A fake as `rollcall fake NAME` offers it. */
export interface FakeKind {
  /** One line for people who choose. */
  readonly says: string;
  /** Where the real one listens. */
  readonly port: number;
  create(ports: FakePorts): FakeService;
}

/** All fakes that speak HTTP, by name. */
export const FAKES: Readonly<Record<string, FakeKind>> = {
  consul: {
    says: 'a Consul server: services, health, blocking queries',
    port: 8500,
    create: (ports) => createConsul(ports, new ConsulState()),
  },
  etcd: {
    says: 'etcd 3.4 behind its JSON gateway, one member',
    port: 2379,
    create: (ports) => createEtcd(ports, new EtcdState({ members: [ports.name] })),
  },
  registry: {
    says: 'the registry that nodes enter themselves in: the real one, without a memory',
    port: REGISTRY_PORT,
    create: (ports) => createRegistry(ports),
  },
};
