import { describe, expect, test } from 'vitest';
import type { MembershipEvent } from '../../core/membership/events.ts';
import { presets } from '../../core/membership/settings.ts';
import { bytes, TestCluster, text } from './cluster.ts';
import { alive, dead, described, LoneNode, suspect } from './lone-node.ts';

describe('members', () => {
  test('form a cluster through one seed and see each other', () => {
    const cluster = new TestCluster(5).until(3);
    for (const name of 'abcde') expect(cluster.view(name)).toBe('a:alive b:alive c:alive d:alive e:alive');
  });

  test('are listed in an immutable snapshot that stays what it was', () => {
    const cluster = new TestCluster(3).until(3);
    const before = cluster.node('a').members();
    expect(Object.isFrozen(before)).toBe(true);
    expect(cluster.node('a').members()).toBe(before);
    void cluster.node('c').leave();
    cluster.until(10);
    expect(before.map((member) => member.state)).toEqual(['alive', 'alive', 'alive']);
    expect(cluster.view('a')).toBe('a:alive b:alive c:left');
  });

  test('leave, and come back without a new process', () => {
    const cluster = new TestCluster(3).until(3);
    const c = cluster.node('c');
    void c.leave();
    cluster.until(8);
    expect([c.running, c.members(), c.local().state]).toEqual([false, [], 'left']);
    void c.join([cluster.world.host('a')!.address]);
    cluster.until(12);
    for (const name of 'abc') expect(cluster.view(name)).toBe('a:alive b:alive c:alive');
  });

  test('stop leaves nothing running, and the others find out', () => {
    const cluster = new TestCluster(3).until(3);
    cluster.node('c').stop();
    expect(cluster.world.host('c')!.timers).toBe(0);
    cluster.until(20);
    expect(cluster.view('a')).toBe('a:alive b:alive c:dead');
  });

  test('the first node, still alone, leaves and comes back as good as new', async () => {
    const cluster = new TestCluster(2, { member: (name) => (name === 'b' ? { autoJoin: false } : {}) }).until(1);
    const a = cluster.node('a');
    await a.leave();
    expect([a.running, cluster.world.host('a')!.timers]).toEqual([false, 0]);
    void a.join();
    void cluster.node('b').join([cluster.world.host('a')!.address]);
    cluster.until(4);
    a.updateMeta(bytes('again'));
    cluster.until(6);
    expect(text(cluster.node('b').member('a')!.meta)).toBe('again');
    void a.leave();
    cluster.until(12);
    expect(a.running).toBe(false);
    expect(cluster.view('b')).toBe('a:left b:alive');
  });

  test('move to encryption in three rounds without losing anybody', () => {
    const key = new Uint8Array(16).fill(9);
    const round = (n: number) => ({ acceptPlain: n < 3, sealOutgoing: n > 1 });
    for (const [one, other] of [
      [1, 1],
      [1, 2],
      [2, 2],
      [2, 3],
      [3, 3],
    ] as const) {
      const cluster = new TestCluster(4, {
        member: (name) => ({ keys: [key], ...round(name < 'c' ? one : other) }),
      }).until(8);
      for (const name of 'abcd') expect(cluster.view(name)).toBe('a:alive b:alive c:alive d:alive');
    }
  });

  test('a rejoin while the goodbye still spreads settles both', async () => {
    const cluster = new TestCluster(3).until(3);
    const c = cluster.node('c');
    const left = c.leave();
    const joined = c.join([cluster.world.host('a')!.address]);
    cluster.until(8);
    await expect(left).resolves.toBeUndefined();
    await expect(joined).resolves.toMatchObject({ failed: [] });
    expect(cluster.view('b')).toBe('a:alive b:alive c:alive');
  });

  test('tell everybody of new metadata', () => {
    const cluster = new TestCluster(4).until(3);
    cluster.node('b').updateMeta(bytes('role=db'));
    cluster.until(5);
    for (const name of 'abcd') expect(text(cluster.node(name).member('b')!.meta)).toBe('role=db');
  });

  test('of another label, another key or no key stay strangers', () => {
    const key = new Uint8Array(16).fill(7);
    const cluster = new TestCluster(6, {
      member: (name) => (name < 'c' ? { keys: [key] } : name < 'e' ? { label: 'blue' } : {}),
    }).until(10);
    expect(cluster.view('b')).toBe('a:alive b:alive');
    expect(cluster.view('c')).toBe('c:alive');
    expect(cluster.view('f')).toBe('f:alive');
  });

  test('rotate their key without losing anybody', () => {
    const [old, fresh] = [new Uint8Array(16).fill(1), new Uint8Array(32).fill(2)];
    const cluster = new TestCluster(4, { member: () => ({ keys: [old] }) }).until(3);
    const all = ['a', 'b', 'c', 'd'].map((name) => cluster.node(name).keyring);
    all.forEach((ring, i) => (cluster.until(4 + i), ring.install(fresh)));
    all.forEach((ring, i) => (cluster.until(9 + i), ring.use(fresh)));
    all.forEach((ring, i) => (cluster.until(14 + i), ring.remove(old)));
    cluster.until(40);
    for (const name of 'abcd') expect(cluster.view(name)).toBe('a:alive b:alive c:alive d:alive');
    expect(all.every((ring) => ring.list().length === 1)).toBe(true);
  });

  test('come only from allowed networks', () => {
    const cluster = new TestCluster(3, { member: (name) => (name === 'a' ? { allow: ['192.168.0.0/16'] } : {}) }).until(
      5,
    );
    expect(cluster.view('a')).toBe('a:alive');
    expect(cluster.node('a').counters.dropped['not-allowed']).toBeGreaterThan(0);
  });
});

describe('messages', () => {
  test('reach one member by datagram and by stream, with the sender named', async () => {
    const cluster = new TestCluster(2).until(3);
    const heard: string[] = [];
    cluster.node('b').on('message', ({ from, payload }) => heard.push(`${from}: ${text(payload)}`));
    cluster.node('a').send('b', bytes('hello'));
    const sent = cluster.node('a').sendReliable('b', new Uint8Array(100_000).fill(120));
    cluster.until(5);
    await expect(sent).resolves.toBeUndefined();
    expect(heard.map((line) => line.length)).toEqual([8, 100_003]);
    expect(heard[0]).toBe('a: hello');
  });

  test('that cannot be sent say why', async () => {
    const cluster = new TestCluster(2, {
      faults: [{ id: 'crash', at: 3_500_000, kind: 'crash', hosts: ['b'] }],
    }).until(3);
    const a = cluster.node('a');
    expect(() => a.send('b', new Uint8Array(1_400))).toThrow(/14\d\d bytes, but 1\d\d\d fit .* Use sendReliable/);
    expect(() => a.broadcast(new Uint8Array(1_400))).toThrow(/Broadcast a digest/);
    expect(() => a.send('zoe', bytes('x'))).toThrow(/No live member is called "zoe"/);
    cluster.until(4);
    const lost = a.sendReliable('b', bytes('x'));
    cluster.until(20);
    await expect(lost).rejects.toThrow(/b at .* did not take the message/);
  });

  test('broadcast once reach everybody else exactly once, even under heavy loss', () => {
    const size = 12;
    const cluster = new TestCluster(size, {
      seconds: 120,
      faults: [{ id: 'loss', at: 3_000_000, kind: 'link', loss: [1, 2], for: 20_000_000 }],
    }).until(4);
    const heard: string[] = [];
    for (const host of cluster.world.hosts) {
      cluster
        .node(host.name)
        .on('broadcast', ({ from, id, payload }) => heard.push(`${host.name} ${from} ${id} ${text(payload)}`));
    }
    const id = cluster.node('a').broadcast(bytes('all'));
    cluster.until(60);
    expect(new Set(heard).size).toBe(size - 1);
    expect(heard).toHaveLength(size - 1);
    expect(heard.every((line) => line.endsWith(`a ${id} all`))).toBe(true);
  });

  test('missed by a member that was away are repaired by the next exchange', () => {
    const cluster = new TestCluster(4, {
      seconds: 120,
      faults: [{ id: 'cut', at: 3_000_000, kind: 'partition', groups: [['d'], ['a', 'b', 'c']], for: 20_000_000 }],
    }).until(5);
    const heard: string[] = [];
    cluster.node('d').on('broadcast', ({ id }) => heard.push(id));
    const ids = [1, 2, 3].map((i) => cluster.node('a').broadcast(bytes(`news ${i}`)));
    cluster.until(60);
    expect(heard.toSorted()).toEqual(ids);
  });
});

describe('events', () => {
  test('tell the life of a member in order', () => {
    const lone = new LoneNode();
    const types: string[] = [];
    for (const type of ['join', 'suspect', 'alive', 'update', 'leave', 'fail'] as const) {
      lone.node.on(type, (event) => types.push(event.type));
    }
    const home = '10.0.0.2:7946';
    lone.hear(alive(described('peer', home), 1));
    lone.hear(suspect('peer', 1, 'other'));
    lone.hear(alive(described('peer', home, 'new'), 2));
    lone.hear(dead('peer', 2, 'other'));
    lone.hear(alive(described('peer', home, 'new'), 3));
    lone.hear(dead('peer', 3, 'peer'));
    expect(types).toEqual(['join', 'suspect', 'alive', 'update', 'fail', 'join', 'leave']);
  });

  test('can be iterated, until the reader has enough or the node stops', async () => {
    const lone = new LoneNode();
    const seen: MembershipEvent[] = [];
    const reader = (async () => {
      for await (const event of lone.node.events()) {
        seen.push(event);
        if (seen.length === 2) break;
      }
    })();
    const rest = (async () => {
      let count = 0;
      for await (const event of lone.node.events()) count += event.type === 'join' ? 1 : 0;
      return count;
    })();
    lone.hear(alive(described('x', '10.0.0.2:7946'), 1));
    lone.hear(alive(described('y', '10.0.0.3:7946'), 1));
    lone.hear(alive(described('z', '10.0.0.4:7946'), 1));
    await reader;
    lone.node.stop();
    await expect(rest).resolves.toBe(3);
    expect(seen.map((event) => ('member' in event ? event.member.name : ''))).toEqual(['x', 'y']);
  });

  test('a handler can be taken off', () => {
    const lone = new LoneNode();
    let count = 0;
    const off = lone.node.on('join', () => (count += 1));
    lone.hear(alive(described('x', '10.0.0.2:7946'), 1));
    off();
    lone.hear(alive(described('y', '10.0.0.3:7946'), 1));
    expect(count).toBe(1);
  });
});

describe('joining', () => {
  test('through seeds that nobody answers is refused with the reason, and goes on trying', async () => {
    const cluster = new TestCluster(2, { member: (name) => (name === 'b' ? { autoJoin: false } : {}) }).until(1);
    const b = cluster.node('b');
    const failed = b.join(['10.99.0.1:7946']);
    cluster.until(10);
    await expect(failed).rejects.toThrow(/No seed could be joined.*10\.99\.0\.1:7946.*keeps trying/s);
    expect(b.running).toBe(true);
    expect(b.counters.healingAttempts).toBeGreaterThan(0);
  });

  test('refuses what cannot be a member', () => {
    expect(() => new LoneNode({ name: '' })).toThrow(/name is "", but must be 1 to 128 bytes/);
    expect(() => new LoneNode({ address: 'nowhere' })).toThrow(/nowhere/);
    expect(() => new LoneNode({ meta: new Uint8Array(513) })).toThrow(/at most 512 bytes/);
    expect(() => new LoneNode({ vsn: [2, 1, 1, 0, 0, 0] })).toThrow(/vsn is/);
    expect(() => new LoneNode({ incarnation: Number.NaN })).toThrow(/incarnation is/);
    expect(() => new LoneNode({ settings: { ...presets.lan, probeIntervalMs: 0.5 } })).toThrow(
      /probeIntervalMs is 0.5/,
    );
  });
});

describe('versions', () => {
  const speaking = (name: string, vsn: number[]): Parameters<LoneNode['exchange']>[0][number] => ({
    about: { ...described(name, '10.0.0.9:7946'), vsn: Uint8Array.from(vsn) },
    incarnation: 1,
    state: 0,
  });

  test('that all understand merge, others are refused as a whole with the reason', () => {
    const lone = new LoneNode();
    lone.exchange([speaking('fine', [1, 5, 2, 2, 5, 4])]);
    expect(lone.node.members()).toHaveLength(2);
    const answer = lone.exchange([speaking('ok', [1, 5, 2, 2, 5, 4]), speaking('odd', [1, 5, 2, 0, 0, 0])]);
    expect(answer).toMatchObject({ kind: 13, error: expect.stringContaining('odd speaks versions') });
    expect(lone.node.members()).toHaveLength(2);
  });

  test('of a range that makes no sense are ignored', () => {
    const lone = new LoneNode();
    lone.hear(alive({ ...described('odd', '10.0.0.9:7946'), vsn: Uint8Array.of(0, 0, 0, 0, 0, 0) }, 1));
    expect(lone.node.members()).toHaveLength(1);
    expect(lone.node.counters.dropped.version).toBe(1);
  });
});
