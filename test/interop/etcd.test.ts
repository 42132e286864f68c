import { afterAll, beforeAll, expect } from 'vitest';
import { etcdAuthContract, ROOT } from '../contract/etcd-auth.contract.ts';
import { etcdClusterContract } from '../contract/etcd-cluster.contract.ts';
import { gateway } from '../contract/etcd-sources.ts';
import { etcdContract } from '../contract/etcd.contract.ts';
import { describeWithEtcd, EtcdServers } from './etcd-servers.ts';

describeWithEtcd('beside a real etcd', () => {
  let servers: EtcdServers;
  beforeAll(async () => {
    servers = await EtcdServers.start(1);
  }, 20_000);
  afterAll(() => servers?.end());

  etcdContract('one real member', async () => servers);
});

describeWithEtcd('beside a real etcd that asks for names', () => {
  let servers: EtcdServers;
  beforeAll(async () => {
    servers = await EtcdServers.start(1);
    const { user, password } = ROOT;
    const steps: readonly [string, object][] = [
      ['user/add', { name: user, password }],
      ['role/add', { name: user }],
      ['user/grant', { user, role: user }],
      ['enable', {}],
    ];
    for (const [step, body] of steps) {
      expect((await gateway(servers, servers.endpoints[0]!, `/v3/auth/${step}`, body)).status).toBe(200);
    }
  }, 20_000);
  afterAll(() => servers?.end());

  // Tokens live in the memory of the member that made them.
  const forgetTokens = async (): Promise<void> => {
    await servers.kill(0);
    await servers.start(0);
    await servers.healthy(0);
  };
  etcdAuthContract('a real member', async () => Object.assign(Object.create(servers) as EtcdServers, { forgetTokens }));
});

describeWithEtcd('beside three real members', () => {
  let servers: EtcdServers;
  beforeAll(async () => {
    servers = await EtcdServers.start(3);
  }, 20_000);
  afterAll(() => servers?.end());

  etcdClusterContract('three real members', async () => servers);
});
