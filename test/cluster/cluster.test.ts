import { describe, expect, test } from 'vitest';
import { formatAddress } from '../../core/address.ts';
import type { DnsConfig } from '../../core/discovery/dns/dns-type.ts';
import { decodeTags } from '../../core/membership/tags.ts';
import { OperatedWorld, seeds, SILENCE } from './operated-world.ts';

/** Hosts get their addresses in order, from this network. */
const at = (index: number): string => new OperatedWorld({ a: {}, b: {}, c: {}, d: {} }).world.hosts[index]!.address;
const dns = (service: string, port = 7946): DnsConfig => ({
  type: 'dns',
  service,
  port,
  refreshIntervalMs: 30_000,
  servers: [],
  records: 'auto',
});

describe('a node that starts', () => {
  test('joins through a static seed, and is ready', async () => {
    const world = await new OperatedWorld({ a: {}, b: { sources: [seeds(at(0))] } }).until(3);
    expect(world.view('a')).toBe('a:alive b:alive');
    expect(world.node('b').readiness()).toEqual({ ready: true });
    expect(world.said('b')).toContain(`info joined through ${at(0)}`);
  });

  test('is alone and ready when no source names anybody', async () => {
    const world = await new OperatedWorld({ a: {} }).until(1);
    expect(world.node('a').readiness()).toEqual({ ready: true });
    expect(world.node('a').discoveryHealth()).toMatchObject({ enabled: false, method: 'none', peers_discovered: 0 });
  });

  test('that finds only itself has found nobody', async () => {
    const world = await new OperatedWorld({ a: { sources: [seeds(at(0))] } }).until(1);
    expect(world.node('a').readiness()).toEqual({ ready: true });
    expect(world.node('a').discoveryHealth().discovery_methods_tried).toEqual([
      { method: 'static_seeds', success: false, error: 'it names only this node', duration_ms: 0 },
    ]);
  });

  test('is not ready while nobody answers, keeps trying, and is once somebody does', async () => {
    const world = new OperatedWorld({ a: { startAt: 20 }, b: { sources: [seeds(at(0))] } });
    await world.until(15);
    expect(world.node('b').readiness()).toEqual({
      ready: false,
      reason: `the cluster is not found yet: nobody answered of ${at(0)}`,
    });
    await world.until(60);
    expect(world.node('b').readiness()).toEqual({ ready: true });
    expect(world.view('a')).toBe('a:alive b:alive');
  });

  test('is ready too when the others find it first', async () => {
    const world = await new OperatedWorld({
      a: { sources: [seeds(at(2))] },
      b: { sources: [seeds(at(0))], startAt: 5 },
    }).until(7);
    expect(world.node('a').readiness()).toEqual({ ready: true });
  });

  test('refuses to be alone when told so', async () => {
    const world = await new OperatedWorld({ a: { onNoPeers: 'fail' } }).until(1);
    expect(world.failures.get('a')).toMatchObject({ code: 'NO_PEERS' });
    const timers = world.world.hosts[0]!.timers;
    expect(timers).toBe(0);
  });

  test('does not say that it runs on when it is about to end', async () => {
    const world = await new OperatedWorld({ a: { onNoPeers: 'fail' } }).until(1);
    expect(world.said('a').filter((line) => line.includes('keeps trying'))).toEqual([]);
  });

  test('that is told to fail does not before the sources have answered', async () => {
    const world = new OperatedWorld({ a: { onNoPeers: 'fail', sources: [dns('peers.test')] } });
    world.resolver.hosts.set('peers.test', 'SERVFAIL');
    await world.until(20);
    expect(world.failures.get('a')).toBeUndefined();
    world.resolver.hosts.delete('peers.test');
    await world.until(60);
    expect(world.failures.get('a')).toMatchObject({ code: 'NO_PEERS' });
  });

  test('under a name that is taken says so, is not ready, and goes without a goodbye in that name', async () => {
    const twin = { config: { nodeId: 'twin' }, sources: [seeds(at(0))] };
    const world = await new OperatedWorld({ a: {}, b: twin, c: { ...twin, startAt: 10 } }).until(20);
    const words = `others list twin at ${at(1)}, and not this node`;
    expect(world.said('c')).toContainEqual(expect.stringContaining(`error ${words}`));
    expect(world.node('c').readiness()).toMatchObject({ ready: false, reason: expect.stringContaining(words) });
    expect(world.node('b').readiness()).toEqual({ ready: true });
    await world.node('c').leave();
    await world.until(40);
    expect(world.said('a').filter((line) => line.includes('twin left'))).toEqual([]);
    expect(world.view('a')).toBe('a:alive twin:alive');
  });

  test('can be stopped while a name service keeps it waiting', async () => {
    const world = new OperatedWorld({ a: { sources: [dns('peers.test')] } });
    world.resolver.hosts.set('peers.test', SILENCE);
    await world.until(2);
    expect(world.begun.has('a')).toBe(false);
    await world.node('a').leave();
    await world.until(3);
    expect(world.begun.has('a')).toBe(true);
    expect(world.world.hosts[0]!.timers).toBe(0);
  });

  test('cannot be begun again after its end', async () => {
    const world = await new OperatedWorld({ a: {} }).until(1);
    await world.node('a').leave();
    await expect(world.node('a').begin()).rejects.toMatchObject({ code: 'NODE_ENDED' });
  });

  test('waits for peers to be named when told so', async () => {
    const world = new OperatedWorld({ a: {}, b: { onNoPeers: 'retry', sources: [dns('peers.test')] } });
    await world.until(10);
    expect(world.node('b').readiness().ready).toBe(false);
    world.resolver.hosts.set('peers.test', [at(0).replace(/:\d+$/, '')]);
    await world.until(50);
    expect(world.node('b').readiness().ready).toBe(true);
  });

  test('with cluster.enabled false opens nothing and is a healthy cluster of one', async () => {
    const world = await new OperatedWorld({ a: { config: { enabled: false }, sources: [seeds(at(1))] }, b: {} }).until(
      30,
    );
    expect(world.view('a')).toBe('a:alive');
    expect(world.node('a').readiness().ready).toBe(true);
    expect(world.node('a').membership.counters.packetsSent).toBe(0);
    await world.node('a').leave();
  });
});

describe('sources', () => {
  test('fall through in order: empty, failing, then the one that finds somebody', async () => {
    const world = new OperatedWorld({ a: {}, b: { sources: [seeds(), dns('broken.test'), dns('_swim._udp.test')] } });
    world.resolver.hosts.set('broken.test', 'SERVFAIL');
    world.resolver.srv.set('_swim._udp.test', [{ target: 'a.test', port: 7946 }]);
    world.resolver.hosts.set('a.test', [at(0).replace(/:\d+$/, '')]);
    await world.until(3);
    expect(world.view('b')).toBe('a:alive b:alive');
    const health = world.node('b').discoveryHealth();
    expect(health).toMatchObject({ enabled: true, method: 'dns', peers_discovered: 1, seeds_reachable: 1 });
    expect(health.discovery_methods_tried).toEqual([
      { method: 'static_seeds', success: false, error: 'no seeds configured', duration_ms: 0 },
      { method: 'dns', success: false, error: 'dns: broken.test: SERVFAIL', duration_ms: 0 },
      { method: 'dns', success: true, peers: 1, duration_ms: 0 },
    ]);
    expect(world.node('b').discovery.stats.get('dns')).toEqual({ attempts: 2, successes: 1, failures: 1 });
  });

  test('that name peers which do not answer hand over to the next', async () => {
    const nobody = formatAddress(Uint8Array.of(10, 9, 9, 9), 7946);
    const world = new OperatedWorld({ a: {}, b: { sources: [seeds(nobody), dns('peers.test')] } });
    world.resolver.hosts.set('peers.test', [at(0).replace(/:\d+$/, '')]);
    await world.until(20);
    expect(world.view('b')).toBe('a:alive b:alive');
  });

  test('that fail while nobody is known mean waiting, never a cluster of one', async () => {
    const world = new OperatedWorld({ b: { sources: [dns('peers.test')] } });
    world.resolver.hosts.set('peers.test', 'SERVFAIL');
    await world.until(100);
    expect(world.node('b').readiness()).toMatchObject({ ready: false, reason: expect.stringContaining('SERVFAIL') });
  });

  test('keep their last answer while they fail, and take no member away', async () => {
    const world = new OperatedWorld({ a: {}, b: { sources: [dns('peers.test')] } });
    world.resolver.hosts.set('peers.test', [at(0).replace(/:\d+$/, '')]);
    await world.until(5);
    world.resolver.hosts.set('peers.test', 'SERVFAIL');
    await world.until(60);
    expect(world.node('b').discoveryHealth()).toMatchObject({ peers_discovered: 1 });
    expect(world.view('b')).toBe('a:alive b:alive');
    expect(world.said('b').filter((line) => line.includes('could not be asked'))).toHaveLength(1);
  });

  test('whose answer is cut short add to what is known, and take nothing back', async () => {
    const world = new OperatedWorld({ a: {}, b: {}, c: { sources: [dns('peers.test')] } });
    const [a, b] = [at(0), at(1)].map((address) => address.replace(/:\d+$/, '')) as [string, string];
    world.resolver.hosts.set('peers.test', [a]);
    await world.until(5);
    world.resolver.hosts.set('peers.test', [b]);
    world.resolver.complete = false;
    await world.until(20);
    expect(world.node('c').discoveryHealth()).toMatchObject({ peers_discovered: 2 });
    world.resolver.complete = true;
    await world.until(35);
    expect(world.node('c').discoveryHealth()).toMatchObject({ peers_discovered: 1 });
  });

  test('that are read again lead two clusters together', async () => {
    const world = new OperatedWorld({ a: {}, b: { sources: [dns('peers.test')] } });
    await world.until(10);
    expect([world.view('a'), world.view('b')]).toEqual(['a:alive', 'b:alive']);
    world.resolver.hosts.set('peers.test', [at(0).replace(/:\d+$/, '')]);
    await world.until(60);
    expect([world.view('a'), world.view('b')]).toEqual(['a:alive b:alive', 'a:alive b:alive']);
  });
});

describe('what a node leaves behind', () => {
  const outage = ['a', 'b', 'c'].flatMap((host, i) => [
    { id: `${host}-down`, kind: 'crash', at: 30_000_000, hosts: [host] } as const,
    {
      id: `${host}-up`,
      kind: 'restart',
      at: (100 + 10 * i) * 1_000_000,
      hosts: [host],
      keepStore: true,
      newAddress: false,
    } as const,
  ]);

  test('lets all nodes find one another after a total outage, without a seed', async () => {
    const world = new OperatedWorld(
      // Whom b and c joined through is not there any more when they come back: their seed is gone from the file.
      { a: {}, b: { sources: [dns('peers.test')] }, c: { sources: [dns('peers.test')] } },
      outage.map((fault) => ({ ...fault, hosts: [...fault.hosts] })),
    );
    world.resolver.hosts.set('peers.test', [at(0).replace(/:\d+$/, '')]);
    await world.until(29);
    expect(world.view('c')).toBe('a:alive b:alive c:alive');
    const before = world.node('a').membership.incarnation;
    world.resolver.hosts.clear();
    await world.until(200);
    for (const name of ['a', 'b', 'c']) expect(world.view(name)).toBe('a:alive b:alive c:alive');
    expect(world.node('a').membership.incarnation).toBeGreaterThan(before);
  });

  test('is put aside when it is damaged, and the node starts without it', async () => {
    const world = new OperatedWorld({ a: {} }, [
      { id: 'down', kind: 'crash', at: 20_000_000, hosts: ['a'] },
      { id: 'up', kind: 'restart', at: 30_000_000, hosts: ['a'], keepStore: true, newAddress: false },
    ]);
    await world.until(25);
    const store = world.stores.get('a')!;
    const content = store.get('/data/snapshot') as Uint8Array;
    content[content.length - 3]! ^= 1;
    await world.until(35);
    expect(world.said('a')).toContainEqual(expect.stringMatching(/^warn The snapshot is damaged: its checksum/));
    expect(store.get('/data/snapshot.damaged')).toEqual(content);
    expect(world.node('a').readiness().ready).toBe(true);
  });

  test('is put aside when the label is another one, mistyped or not', async () => {
    const world = new OperatedWorld({ a: {}, b: { sources: [seeds(at(0))] } });
    await world.until(10);
    const store = world.stores.get('b')!;
    const before = store.get('/data/snapshot');
    await world.node('b').stop();
    await world.startAgain('b', { label: 'mistyped' });
    expect(world.said('b')).toContainEqual(expect.stringMatching(/^warn .*label "", not "mistyped".*other-label/));
    expect(store.get('/data/snapshot.other-label')).toEqual(before);
  });

  test('outlives lives that never ran, and lives as a single node', async () => {
    const world = new OperatedWorld({ a: {}, b: { sources: [seeds(at(0))] } });
    await world.until(10);
    const store = world.stores.get('b')!;
    await world.node('b').stop();
    const before = store.get('/data/snapshot');
    await world.startAgain('b', {}, false);
    await world.node('b').stop();
    expect(store.get('/data/snapshot')).toEqual(before);
    await world.startAgain('b', { enabled: false });
    await world.node('b').stop();
    expect(store.get('/data/snapshot')).toEqual(before);
  });

  test('is written again after a full disk, which is said once', async () => {
    const world = new OperatedWorld({ a: {}, b: { sources: [seeds(at(0))] } });
    world.disk.full = true;
    await world.until(40);
    expect(world.said('a').filter((line) => line.startsWith('error the snapshot was not written'))).toHaveLength(1);
    expect(world.node('a').snapshotFailures).toBeGreaterThan(2);
    world.disk.full = false;
    await world.until(50);
    expect(world.said('a')).toContain('info the snapshot is written again');
  });

  test('names a node that has no name, in its next life too', async () => {
    const world = new OperatedWorld({ a: { config: { nodeId: '' } } }, [
      { id: 'down', kind: 'crash', at: 20_000_000, hosts: ['a'] },
      { id: 'up', kind: 'restart', at: 30_000_000, hosts: ['a'], keepStore: true, newAddress: false },
    ]);
    await world.until(40);
    expect(world.node('a').name).toBe('fresh-1');
  });
});

describe('a running node', () => {
  test('takes over other tags and seeds when its configuration is read again', async () => {
    const world = await new OperatedWorld({ a: {}, b: {} }).until(5);
    const { config } = world.node('b');
    world.node('b').reload({
      ...config,
      cluster: {
        ...config.cluster,
        tags: { role: 'db' },
        discovery: { ...config.cluster.discovery, sources: [seeds(at(0))] },
      },
    });
    await world.until(40);
    const seen = world
      .node('a')
      .membership.members()
      .find((member) => member.name === 'b')!;
    expect(decodeTags(seen.meta)).toEqual({ role: 'db' });
  });

  test('takes over nothing once it is leaving, and asks nobody any more', async () => {
    const world = await new OperatedWorld({ a: {}, b: { sources: [dns('peers.test')] } }).until(5);
    const { config } = world.node('b');
    await world.node('b').leave();
    world.node('b').reload(config);
    const { asked } = world.resolver;
    await world.until(60);
    expect(world.resolver.asked).toBe(asked);
    expect(world.world.hosts[1]!.timers).toBe(0);
  });

  test('that reads its configuration while it looks for its cluster asks in one loop, not two', async () => {
    const world = new OperatedWorld({ a: { sources: [dns('peers.test')] } });
    world.resolver.hosts.set('peers.test', 'SERVFAIL');
    await world.until(2);
    world.node('a').reload(world.node('a').config);
    world.resolver.hosts.delete('peers.test');
    await world.until(60);
    const { asked } = world.resolver;
    await world.until(120);
    // Nobody is found, so the sources are asked every five seconds, or a little sooner.
    expect(world.resolver.asked - asked).toBeLessThanOrEqual(18);
    await world.node('a').stop();
    expect(world.world.hosts[0]!.timers).toBe(0);
  });

  test('says goodbye: the others see it leave, and its next life comes back', async () => {
    const world = await new OperatedWorld({ a: {}, b: { sources: [seeds(at(0))] } }).until(5);
    const left = world.node('b').leave();
    await world.until(15);
    await left;
    expect(world.view('a')).toBe('a:alive b:left');
    expect(world.node('b').readiness()).toMatchObject({ ready: false });
  });

  test('knows when each member last gave proof of life', async () => {
    const world = await new OperatedWorld({ a: {}, b: { sources: [seeds(at(0))] } }).until(10);
    expect(world.node('a').lastSeen('a')).toBe(0);
    expect(world.node('a').lastSeen('b')).toBeLessThan(2);
    expect(world.node('a').lastSeen('zoe')).toBeUndefined();
  });

  test.each([
    [[], false, true, 'none'],
    [['k'], false, true, 'sealed'],
    [['k'], true, true, 'accepts-plain'],
    [['k'], true, false, 'speaks-plain'],
  ])('with keys %j, accept_plain %s and seal_outgoing %s its packets are: %s', async (keys, ...rest) => {
    const [acceptPlain, sealOutgoing, sealing] = rest;
    const own = keys.map(() => Buffer.alloc(16, 7).toString('base64'));
    const encryption = { keys: own, keyringFile: '', acceptPlain, sealOutgoing };
    const world = await new OperatedWorld({ a: { config: { encryption } } }).until(1);
    expect(world.node('a').sealing()).toBe(sealing);
  });

  test('says why it drops what it drops, and where that came from', async () => {
    const key = Buffer.alloc(16, 7).toString('base64');
    const encrypted = { keys: [key], keyringFile: '', acceptPlain: false, sealOutgoing: true };
    const world = await new OperatedWorld({
      a: { config: { encryption: encrypted } },
      b: { sources: [seeds(at(0))] },
    }).until(60);
    expect(world.view('a')).toBe('a:alive');
    expect(world.said('a')).toContainEqual(
      expect.stringMatching(/^warn dropped \d+ \(not-sealed\), last from .*give the sender the key/),
    );
  });
});
