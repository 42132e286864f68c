import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { etcdAuthContract, ROOT } from '../contract/etcd-auth.contract.ts';
import { etcdClusterContract } from '../contract/etcd-cluster.contract.ts';
import { SourceFailed } from '../../core/discovery/source.ts';
import { nodeHttpClient } from '../../transports/http/client.ts';
import { ask, base64, eventually, firstLines, gateway, self, Sitting, sourceOn } from '../contract/etcd-sources.ts';
import { anonymous } from '../contract/etcd-exchanges.ts';
import { etcdContract } from '../contract/etcd.contract.ts';
import { authority } from '../transports/sockets/support.ts';
import { freeAddress } from './free-address.ts';
import { describeWithEtcd, EtcdServers, type EtcdMore } from './etcd-servers.ts';

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
      ['user/add', { name: 'joe', password: 'pw' }],
      ['role/add', { name: 'peers' }],
      [
        'role/grant',
        { name: 'peers', perm: { permType: 'READWRITE', key: base64('/own/'), range_end: base64('/own0') } },
      ],
      ['user/grant', { user: 'joe', role: 'peers' }],
      ['enable', {}],
    ];
    for (const [step, body] of steps) {
      expect((await gateway(servers, servers.endpoints[0]!, `/v3/auth/${step}`, body)).status).toBe(200);
    }
  }, 20_000);
  afterAll(() => servers?.end());

  test('a user who may read and write below the prefix can do everything there, and nothing elsewhere', async () => {
    const joe = { user: 'joe', password: 'pw' };
    const own = sourceOn(servers, 'own', joe);
    const lease = await own.register(self('a', '10.0.0.1:7946'), ask());
    const watched = new Sitting(own);
    onTestFinished(() => watched.stop());
    await eventually(servers, 'the first list', () => watched.ids.join() === 'a');
    expect(await lease.keep(ask())).toBe(true);
    await lease.release(ask());
    await eventually(servers, 'the end of a', () => watched.ids.length === 0);
    const other = sourceOn(servers, 'other', joe);
    await expect(other.discover(ask())).rejects.toThrow(/Grant the user readwrite/);
    await expect(other.register(self('a', '10.0.0.1:7946'), ask())).rejects.toThrow(/Grant the user readwrite/);
  });

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

describeWithEtcd('beside a real member', () => {
  const serve = async (more: EtcdMore): Promise<EtcdServers> => {
    const servers = await EtcdServers.start(1, more);
    onTestFinished(() => servers.end());
    return servers;
  };

  test('a full disk is told in the words that the fake has, and takes no entry away', { timeout: 20_000 }, async () => {
    const servers = await serve({ flags: { 'quota-backend-bytes': '200000' } });
    const source = sourceOn(servers, 'p');
    const lease = await source.register(self('a', '10.0.0.1:7946'), ask());
    const [endpoint] = servers.endpoints;
    const put = () =>
      gateway(servers, endpoint!, '/v3/kv/put', { key: base64('/x'), value: base64('x'.repeat(60_000)) });
    for (let tries = 0; tries < 200 && (await put()).status === 200; tries += 1);
    const full = 'etcdserver: mvcc: database space exceeded';
    expect(await put()).toEqual({ status: 429, json: { error: full, message: full, code: 8 } });
    await expect(source.register(self('b', '10.0.0.2:7946'), ask())).rejects.toThrow(/NOSPACE alarm/);
    expect(await lease.keep(ask())).toBe(true);
    expect((await source.discover(ask())).candidates).toHaveLength(1);
    await lease.release(ask());
    expect((await source.discover(ask())).candidates).toHaveLength(0);
  });

  test('as long as etcd says how far it is, a silent watch goes on', { timeout: 20_000 }, async () => {
    const servers = await serve({ flags: { 'experimental-watch-progress-notify-interval': '300ms' } });
    const lines = await firstLines(servers, { key: base64('/x'), progress_notify: true }, 2);
    expect(lines.map(anonymous)).toEqual([
      { result: { header: 'HEADER', created: true } },
      { result: { header: 'HEADER' } },
    ]);
    const watched = new Sitting(sourceOn(servers, 'p', { refreshIntervalMs: 900 }));
    onTestFinished(() => watched.stop());
    await servers.pause(2_000);
    expect(watched).toMatchObject({ told: 1, end: undefined });
  });

  test('certificates open the door, and nothing else does', { timeout: 20_000 }, async () => {
    // Addresses of this process share their host.
    const host = (await freeAddress()).replace(/:\d+$/, '');
    const tls = authority().issue(`IP:${host}`);
    const servers = await serve({ tls });
    const source = sourceOn(servers, 'p');
    await source.register(self('a', '10.0.0.1:7946'), ask());
    expect((await source.discover(ask())).candidates).toHaveLength(1);
    for (const trust of [{}, { ca: tls.ca }]) {
      const client = nodeHttpClient(trust);
      onTestFinished(() => client.close());
      const stranger = { endpoints: servers.endpoints, client, clock: servers.clock, pause: servers.pause };
      await expect(sourceOn(stranger, 'p').discover(ask(3_000))).rejects.toThrow(SourceFailed);
    }
  });
});
