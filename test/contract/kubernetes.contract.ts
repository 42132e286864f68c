import { describe, expect, test } from 'vitest';
import { SourceFailed } from '../../core/discovery/source.ts';
import { bytesFromText } from '../../core/wire/text.ts';
import { addressesFrom, patient } from '../discovery/asking.ts';
import { follow, type KubernetesUnderTest } from './kubernetes-under-test.ts';

const labels = { app: 'engram' };

/** What a source of peers in Kubernetes does, whoever carries its calls. */
export function kubernetesContract(name: string, create: () => Promise<KubernetesUnderTest>): void {
  describe(`${name}: peers in Kubernetes`, () => {
    const failure = async (work: Promise<unknown>): Promise<SourceFailed> => {
      const error = await work.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SourceFailed);
      return error as SourceFailed;
    };
    const until = async ({ pause }: KubernetesUnderTest, holds: () => boolean): Promise<void> => {
      for (let wait = 0; !holds() && wait < 300; wait++) await pause(10);
      expect(holds()).toBe(true);
    };

    test('are pods that run and have an address, ready or not', async () => {
      const { source, command } = await create();
      for (const [index, stage] of ['pending', 'no-ip', 'running', 'ready', 'terminating'].entries()) {
        command('create', { name: `p-${stage}`, labels, stage, ips: [`10.0.0.${index}`] });
      }
      command('create', { name: 'other', labels: { app: 'other' }, ips: ['10.0.1.1'] });
      command('create', { name: 'elsewhere', namespace: 'blue', labels, ips: ['10.0.1.2'] });
      expect(await addressesFrom(source())).toMatchObject({
        addresses: ['10.0.0.3:7946', '10.0.0.2:7946'],
        complete: true,
        warnings: ['without an address: p-no-ip', 'being deleted: p-terminating'],
      });
      expect((await addressesFrom(source({ readyOnly: true }))).addresses).toEqual(['10.0.0.3:7946']);
      expect((await addressesFrom(source({ namespace: 'blue' }))).addresses).toEqual(['10.0.1.2:7946']);
      expect((await addressesFrom(source({ fieldSelector: 'metadata.name=p-ready' }))).addresses).toHaveLength(1);
    });

    test('are nobody only with the reason why', async () => {
      const { source, command } = await create();
      const nobody = async (): Promise<string | undefined> => (await source().discover(patient)).nobody;
      expect(await nobody()).toBe('there are no running pods with app=engram in the namespace default');
      command('create', { name: 'p', labels, stage: 'no-ip' });
      expect(await nobody()).toBe(
        'all running pods with app=engram in the namespace default are passed over: without an address: p',
      );
    });

    test('listen at a port that is configured, named, or annotated', async () => {
      const { source, command } = await create();
      const ports = { gossip: 7_000, rpc: 7_001 };
      command('create', { name: 'a', labels, ports, ips: ['10.0.0.1'] });
      command('create', { name: 'b', labels, ports, ips: ['10.0.0.2'], annotations: { at: '7002' } });
      command('create', { name: 'c', labels, ports, ips: ['10.0.0.3'], annotations: { at: 'rpc' } });
      command('create', { name: 'd', labels, ips: ['10.0.0.4'], annotations: { at: '70000' } });
      const ask = async (options: object): Promise<string[]> => (await addressesFrom(source(options))).addresses;
      expect(await ask({ port: 9 })).toEqual(['10.0.0.1:9', '10.0.0.2:9', '10.0.0.3:9', '10.0.0.4:9']);
      expect(await ask({ portName: 'gossip' })).toEqual(['10.0.0.1:7000', '10.0.0.2:7000', '10.0.0.3:7000']);
      expect(await ask({ portAnnotation: 'at' })).toEqual(['10.0.0.1:7946', '10.0.0.2:7002', '10.0.0.3:7001']);
      expect((await addressesFrom(source({ portName: 'gossip' }))).warnings).toEqual([
        'without a container port called gossip: d',
      ]);
    });

    test('have one address each: the primary one, one of the wanted family, or that of the machine', async () => {
      const { source, command } = await create();
      command('create', { name: 'both', labels, ips: ['10.0.0.1', 'fd00::1'], hostIp: '192.0.2.7' });
      command('create', { name: 'six', labels, ips: ['fd00::2'], hostIp: '192.0.2.8' });
      const ask = async (options: object): Promise<string[]> => (await addressesFrom(source(options))).addresses;
      expect(await ask({})).toEqual(['10.0.0.1:7946', '[fd00::2]:7946']);
      expect(await ask({ ipFamily: 'ipv6' })).toEqual(['[fd00::1]:7946', '[fd00::2]:7946']);
      expect(await ask({ ipFamily: 'ipv4' })).toEqual(['10.0.0.1:7946']);
      expect(await ask({ hostNetwork: true })).toEqual(['192.0.2.7:7946', '192.0.2.8:7946']);
    });

    test('behind a service are counted once, in however many slices they are', async () => {
      const { source, command, pause } = await create();
      command('service', { name: 'engram', selector: labels, ports: { gossip: 7_000 }, perSlice: 2 });
      for (let n = 1; n <= 5; n++) command('create', { name: `p${n}`, labels, ips: [`10.0.0.${n}`, `fd00::${n}`] });
      command('create', { name: 'late', labels, ips: ['10.0.0.6'], stage: 'running' });
      command('create', { name: 'gone', labels, ips: ['10.0.0.7'], stage: 'terminating' });
      const options = { service: 'engram', labelSelector: '', portName: 'gossip' };
      const all = [1, 2, 3, 4, 5, 6].map((n) => `10.0.0.${n}:7000`);
      const ask = async (more: object = {}): Promise<string[]> =>
        (await addressesFrom(source({ ...options, ...more }))).addresses.toSorted();
      expect(await ask()).toEqual(all);
      command('repack', { name: 'engram' });
      expect(await ask()).toEqual(all);
      await pause(300);
      expect(await ask()).toEqual(all);
      expect(await ask({ readyOnly: true })).toEqual(all.slice(0, 5));
      expect(await ask({ ipFamily: 'ipv6', readyOnly: true })).toContain('[fd00::5]:7000');
      expect(await ask({ portName: 'absent' })).toEqual([]);
    });

    test('come in pages, and all at once where the next page has expired', async () => {
      const under = await create();
      const { source, command, state, asked } = under;
      for (let n = 0; n < 1_200; n++) command('create', { name: `p${n}`, labels });
      const addresses = async (): Promise<string[]> => (await addressesFrom(source())).addresses;
      expect(new Set(await addresses()).size).toBe(1_200);
      expect(asked).toHaveLength(3);
      under.before = (url) => {
        if (!url.includes('continue=')) return;
        command('delete', { name: 'p7' });
        state.store.compact();
      };
      expect(new Set(await addresses()).size).toBe(1_199);
      expect(asked).toHaveLength(6);
      expect(asked.at(-1)).not.toContain('limit=');
    });

    test('are not asked for without a permission: the refusal says which one is missing', async () => {
      const { source, trouble } = await create();
      trouble('kubernetes-forbidden', { verb: 'list' });
      const { message } = await failure(source({ namespace: 'blue' }).discover(patient));
      expect(message).toContain('list pods in the namespace blue: pods is forbidden: User "system:serviceaccount:');
      expect(message).toContain('apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"]');
      const slices = source({ service: 'engram', labelSelector: '' });
      expect((await failure(slices.discover(patient))).message).toContain('apiGroups: ["discovery.k8s.io"]');
    });

    test('are asked for with the token that holds now, in whatever file it is', async () => {
      const { source, command, state, disk, url, asked } = await create();
      const cluster = { name: 'c', cluster: { server: url } };
      const user = { name: 'u', user: { tokenFile: 'token' } };
      const context = { name: 'x', context: { cluster: 'c', user: 'u', namespace: 'blue' } };
      const config = { 'current-context': 'x', clusters: [cluster], users: [user], contexts: [context] };
      disk.write('/home/.kube/config', bytesFromText(JSON.stringify(config)));
      disk.write('/home/.kube/token', bytesFromText('first\n'));
      state.rotateToken('first');
      command('create', { name: 'p', namespace: 'blue', labels, ips: ['10.0.0.1'] });
      const one = source({ apiServer: '', kubeconfig: '/home/.kube/config' });
      expect((await addressesFrom(one)).addresses).toEqual(['10.0.0.1:7946']);
      state.rotateToken('second');
      disk.write('/home/.kube/token', bytesFromText('second\n'));
      expect((await addressesFrom(one)).addresses).toEqual(['10.0.0.1:7946']);
      expect(asked).toHaveLength(3);
      state.rotateToken('third');
      const { message } = await failure(one.discover(patient));
      expect(message).toContain('the context x of /home/.kube/config');
      expect(message).not.toContain('second');
    });

    test('are not asked for sooner than a server that is busy wants it', async () => {
      const { source, trouble } = await create();
      trouble('kubernetes-throttled', { retryAfter: 7 });
      expect((await failure(source().discover(patient))).retryAfterMs).toBe(7_000);
      expect(await follow(source()).end).toMatchObject({ code: 'SOURCE_FAILED', retryAfterMs: 7_000 });
    });

    test('are told at first and at each change, until nobody listens', async () => {
      const under = await create();
      const { source, command } = under;
      command('create', { name: 'a', labels, ips: ['10.0.0.1'] });
      const { heard, end, stop, answers } = follow(source());
      await until(under, () => heard.length === 1);
      command('start', { name: 'b', labels, ips: ['10.0.0.2'], stepMs: 10 });
      await until(under, () => heard.length === 2);
      command('stop', { name: 'a', graceMs: 50 });
      await until(under, () => heard.length === 3);
      command('stage', { name: 'b', stage: 'ready', ips: ['10.0.0.3'] });
      await until(under, () => heard.length === 4);
      command('delete', { name: 'b' });
      await until(under, () => heard.length === 5);
      expect(heard).toEqual([
        ['10.0.0.1:7946'],
        ['10.0.0.1:7946', '10.0.0.2:7946'],
        ['10.0.0.2:7946'],
        ['10.0.0.3:7946'],
        [],
      ]);
      expect(answers.at(-1)).toMatchObject({ complete: true, nobody: expect.stringContaining('app=engram') });
      stop();
      expect(await end).toBe('in order');
    });

    test('that change names or labels are followed', async () => {
      const under = await create();
      const { source, command, state } = under;
      command('create', { name: 'a', labels, ips: ['10.0.0.1'] });
      const { heard } = follow(source());
      await until(under, () => heard.length === 1);
      const pod = state.pod('a')!;
      state.putPod({ ...pod, metadata: { ...pod.metadata, labels: { app: 'other' } } });
      await until(under, () => heard.length === 2);
      command('create', { name: 'a', labels, ips: ['10.0.0.9'] });
      await until(under, () => heard.length === 3);
      expect(heard.slice(1)).toEqual([[], ['10.0.0.9:7946']]);
    });

    test.each([
      ['in the middle of a watch', {}],
      ['before it begins', { status: true }],
    ])('are listed anew when the history is gone, told %s', async (_, argument) => {
      const { source, command, trouble } = await create();
      command('create', { name: 'a', labels, ips: ['10.0.0.1'] });
      trouble('kubernetes-gone', argument);
      const { heard, end } = follow(source());
      expect(await end).toBe('in order');
      expect(heard).toEqual([['10.0.0.1:7946']]);
    });

    test('are not taken from a line that was cut short: that is a failure', async () => {
      const under = await create();
      const { source, command, trouble } = under;
      command('create', { name: 'a', labels, ips: ['10.0.0.1'] });
      const { heard, end } = follow(source());
      await until(under, () => heard.length === 1 && under.asked.length === 2);
      trouble('kubernetes-watch-cut');
      expect(await end).toMatchObject({ code: 'SOURCE_FAILED' });
      expect(heard).toEqual([['10.0.0.1:7946']]);
    });

    test('are looked up by the names of their pods', async () => {
      const { source, command } = await create();
      command('service', { name: 'engram', selector: labels, ports: {} });
      command('create', { name: 'engram-0', labels, ips: ['10.0.0.1'] });
      command('create', { name: 'engram-1', labels, stage: 'pending' });
      command('create', { name: 'other', labels: {}, ips: ['10.0.0.3'] });
      for (const one of [source(), source({ service: 'engram', labelSelector: '' })]) {
        expect(await one.lookup('engram-0', patient)).toEqual({ id: 'engram-0', address: '10.0.0.1:7946' });
        for (const id of ['engram-1', 'engram-9', 'other', 'No Pod=,', '']) {
          expect(await one.lookup(id, patient)).toBeUndefined();
        }
      }
    });
  });
}
