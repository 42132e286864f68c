import { etcdAuthContract, ROOT } from './etcd-auth.contract.ts';
import { etcdClusterContract, type EtcdClusterUnderTest } from './etcd-cluster.contract.ts';
import { etcdContract } from './etcd.contract.ts';
import { etcdInWorld, etcdOnLoopback, type FakesUnderTest } from './etcd-places.ts';

etcdContract('its fake in a simulated world', () => etcdInWorld());
etcdContract('its fake over HTTP', () => etcdOnLoopback());

const users = { [ROOT.user]: ROOT.password };
etcdAuthContract('its fake in a simulated world', async () => {
  const under = await etcdInWorld({ users });
  return { ...under, forgetTokens: async () => under.fakes[0]!.suffer('etcd-auth-expired') };
});

function cluster(under: FakesUnderTest): EtcdClusterUnderTest {
  const { fakes } = under;
  return {
    ...under,
    kill: async (member) => fakes[member]!.kill(),
    start: async (member) => fakes[member]!.start(),
    freeze: async (member) => fakes[member]!.freeze(),
    thaw: async (member) => fakes[member]!.thaw(),
  };
}

const members = ['e1', 'e2', 'e3'];
etcdClusterContract('a cluster of fakes in a simulated world', async () => cluster(await etcdInWorld({ members })));
