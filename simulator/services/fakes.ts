import { createEtcd } from './etcd/etcd-service.ts';
import { EtcdState } from './etcd/etcd-state.ts';
import { createConsul } from './consul/consul.ts';
import { ConsulState } from './consul/state.ts';
import { createKubernetes } from './kubernetes/api-server.ts';
import { KubernetesState } from './kubernetes/state.ts';
import { REGISTRY_PORT } from '../../core/discovery/registry/server.ts';
import { createDns, type FakeNameServer } from './dns/name-server.ts';
import { DnsZone } from './dns/zone.ts';
import { createAws } from './aws/aws-fake.ts';
import { createAzure } from './azure/azure-fake.ts';
import { demoAccount } from './cloud/demo.ts';
import type { FakePorts, FakeService } from './fake-service.ts';
import { createGce } from './gce/gce-fake.ts';
import { createRegistry } from './registry/registry.ts';

/** A fake as `rollcall fake NAME` offers it. */
export interface FakeKind {
  /** One line for people who choose. */
  readonly says: string;
  /** Where the real one listens; for clouds a port that anybody may take. */
  readonly port: number;
  /** One line to try it; URL stands for where it is. */
  readonly example: string;
  create(ports: FakePorts): FakeService;
}

/** All fakes that speak HTTP, by name. */
export const FAKES: Readonly<Record<string, FakeKind>> = {
  consul: {
    says: 'a Consul server: services, health, blocking queries',
    port: 8500,
    example: 'curl -s URL/v1/catalog/services',
    create: (ports) => createConsul(ports, new ConsulState()),
  },
  etcd: {
    says: 'etcd 3.4 behind its JSON gateway, one member',
    port: 2379,
    example: `curl -s -d '{"key":"AA==","range_end":"AA=="}' URL/v3/kv/range`,
    create: (ports) => createEtcd(ports, new EtcdState({ members: [ports.name] })),
  },
  kubernetes: {
    says: 'a Kubernetes API server: pods and EndpointSlices, as `kubectl proxy` serves them',
    port: 8001,
    example: 'curl -s URL/api/v1/namespaces/default/pods',
    create: (ports) => createKubernetes(ports, new KubernetesState()),
  },
  aws: {
    says: 'EC2, ECS, STS and the metadata service; three machines with role=rollcall',
    port: 4566,
    example: "curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' URL/latest/api/token",
    create: (ports) => createAws(ports, demoAccount()),
  },
  gce: {
    says: 'Compute Engine and its metadata server; three machines with role=rollcall',
    port: 4567,
    example: "curl -s -H 'Metadata-Flavor: Google' URL/computeMetadata/v1/project/project-id",
    create: (ports) => createGce(ports, demoAccount(), { project: 'demo' }),
  },
  azure: {
    says: 'Azure Resource Manager and the metadata service; three machines with role=rollcall',
    port: 4568,
    example: "curl -s -H 'Metadata: true' 'URL/metadata/identity/oauth2/token?api-version=2018-02-01&resource=demo'",
    create: (ports) =>
      createAzure(ports, demoAccount(), {
        subscription: 'demo',
        tenant: 'demo',
        client: 'demo',
        secret: 'demo-secret',
      }),
  },
  registry: {
    says: 'the registry that nodes enter themselves in: the real one, without a memory',
    port: REGISTRY_PORT,
    example: 'curl -s URL/discover/all',
    create: (ports) => createRegistry(ports),
  },
};

/** The name server. It speaks no HTTP, so it is asked in another way; HOST and PORT stand for where it is. */
export const NAME_SERVER = {
  says: 'a name server with authority over all names; `add` and `remove` records',
  port: 53,
  example: 'dig @HOST -p PORT _rollcall._tcp.test SRV',
  create: (ports: FakePorts): FakeNameServer =>
    createDns(ports, { zones: [new DnsZone({ origin: '', records: RECORDS, primary: ports.name })] }),
} as const;

const RECORDS = [
  '_rollcall._tcp.test 5 SRV 0 0 7946 a.test',
  '_rollcall._tcp.test 5 SRV 0 0 7946 b.test',
  'a.test 5 A 127.0.0.1',
  'b.test 5 A 127.0.0.2',
];
