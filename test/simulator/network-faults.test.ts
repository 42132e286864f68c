import { describe, expect, test } from 'vitest';
import type { Fault, LinkHarm } from '../../simulator/faults/fault.ts';
import type { WorldOptions } from '../../simulator/world.ts';
import { bootedHosts } from '../contract/simulated.ts';
import { textProtocol } from '../contract/text-protocol.ts';

const SECOND = 1_000_000;
const GAP = 1000;

/** `a` sends b, c and d numbered texts, one each per millisecond; what each of them heard, and when. */
function broadcast(faults: readonly Fault[], options: Partial<WorldOptions> = {}, count = 400, text = '') {
  const { world, hosts } = bootedHosts(['a', 'b', 'c', 'd'], { faults, ...options });
  const heard: Record<string, { text: string; at: number }[]> = {};
  const endpoints = Object.values(hosts).map((host) => {
    const own: { text: string; at: number }[] = (heard[host.name] = []);
    return host.transport.open<string, string>(host.address, textProtocol, {
      onDatagram: (said) => void own.push({ text: said, at: world.now() }),
      onMalformed: (error) => void own.push({ text: `malformed: ${error.message}`, at: world.now() }),
      onStream: () => ({ onMessage() {}, onClose() {} }),
    });
  });
  for (let turn = 0; turn < count; turn++) {
    for (const to of ['b', 'c', 'd']) endpoints[0]?.send(hosts[to]!.address, `${turn}${text}`);
    world.runUntil(world.now() + GAP);
  }
  world.runUntil(world.now() + 5 * SECOND);
  return { world, heard: heard as Record<'a' | 'b' | 'c' | 'd', { text: string; at: number }[]> };
}

const link = (harm: LinkHarm, ends: { from?: string[]; to?: string[] } = { to: ['b'] }): Fault[] => [
  { id: 'harm', kind: 'link', at: 0, for: 10 * SECOND, ...ends, ...harm },
];
const texts = (heard: readonly { text: string }[]): string[] => heard.map(({ text }) => text);

describe('a link that', () => {
  test('loses takes its share of datagrams, on the named links only', () => {
    const { world, heard } = broadcast(link({ loss: [1, 4] }));
    expect(heard.b.length).toBeGreaterThan(260);
    expect(heard.b.length).toBeLessThan(340);
    expect([heard.c.length, heard.d.length]).toEqual([400, 400]);
    expect(world.struck).toEqual({ link: 1, 'link.loss': 1 });
    expect(world.counters.datagramsLost).toBe(400 - heard.b.length);
  });

  test('loses everything or nothing does exactly that, and only counts as struck when it did', () => {
    expect(broadcast(link({ loss: [1, 1] })).heard.b).toEqual([]);
    const harmless = broadcast(link({ loss: [0, 1] }));
    expect(harmless.heard.b).toHaveLength(400);
    expect(harmless.world.struck).toEqual({});
    expect(broadcast(link({ loss: [1, 2] }, { from: ['c'] })).world.struck).toEqual({});
  });

  test('loses in bursts takes long runs and leaves long runs', () => {
    const burst = { enter: [1, 10], leave: [1, 5], loss: [1, 1], slot: 5 * GAP } as const;
    const { world, heard } = broadcast(link({ burst }), {}, 2000);
    const kept = new Set(texts(heard.b));
    const fate = Array.from({ length: 2000 }, (_, turn) => kept.has(String(turn)));
    const changes = fate.filter((survived, turn) => turn > 0 && survived !== fate[turn - 1]).length;
    // In the long run the link is bad for enter / (enter + leave) of the time, and changes 2/15 times per slot.
    expect(kept.size).toBeGreaterThan(2000 * 0.5);
    expect(kept.size).toBeLessThan(2000 * 0.85);
    expect(changes).toBeLessThan(100);
    expect(changes).toBeGreaterThan(20);
    expect(world.struck).toEqual({ link: 1, 'link.burst': 1 });
  });

  test('duplicates delivers some twice and none less', () => {
    const { world, heard } = broadcast(link({ duplicate: [1, 4] }));
    expect(new Set(texts(heard.b)).size).toBe(400);
    expect(heard.b.length).toBeGreaterThan(460);
    expect(heard.b.length).toBeLessThan(540);
    expect(heard.c).toHaveLength(400);
    expect(world.struck['link.duplicate']).toBe(1);
  });

  test('reorders lets later ones overtake, and holds none back for longer than it says', () => {
    const { world, heard } = broadcast(link({ reorder: { chance: [1, 4], by: 10 * GAP } }));
    const numbers = heard.b.map(({ text }) => Number(text));
    expect(numbers).not.toEqual(numbers.toSorted((x, y) => x - y));
    expect(numbers).toHaveLength(400);
    const delays = heard.b.map(({ text, at }) => at - Number(text) * GAP);
    expect(Math.max(...delays)).toBeLessThanOrEqual(1000 + 10 * GAP);
    expect(heard.c.map(({ text }) => Number(text))).toEqual(Array.from({ length: 400 }, (_, turn) => turn));
    expect(world.struck['link.reorder']).toBe(1);
  });

  test.each(['reference', 'wire'] as const)(
    'corrupts changes bits, and what does not decode is malformed: %s',
    (mode) => {
      const { world, heard } = broadcast(link({ corrupt: [1, 2] }), { mode });
      const sent = new Set(texts(heard.c));
      const strange = texts(heard.b).filter((text) => !sent.has(text));
      expect(heard.b).toHaveLength(400);
      expect(strange.length).toBeGreaterThan(150);
      expect(strange.some((text) => text.startsWith('malformed'))).toBe(true);
      expect(strange.some((text) => !text.startsWith('malformed'))).toBe(true);
      expect(world.counters.malformed).toBe(strange.filter((text) => text.startsWith('malformed')).length);
      expect(world.struck['link.corrupt']).toBe(1);
    },
  );

  test('truncates cuts datagrams short, never to their whole length', () => {
    const { world, heard } = broadcast(link({ truncate: [1, 1] }));
    expect(texts(heard.b).every((text) => text.startsWith('malformed'))).toBe(true);
    expect(world.struck['link.truncate']).toBe(1);
  });

  test('delays adds its delay', () => {
    const { heard } = broadcast(link({ delay: 7000 }));
    expect(heard.b.every(({ text, at }) => at === Number(text) * GAP + 8000)).toBe(true);
  });

  test('has little bandwidth queues datagrams, and drops those behind a second of others', () => {
    const { world, heard } = broadcast(link({ bytesPerSecond: 10_000 }), {}, 400, 'x'.repeat(96));
    const gaps = heard.b.slice(1).map(({ at }, index) => at - heard.b[index]!.at);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(9900);
    expect(heard.b.length).toBeLessThan(160);
    expect(heard.b.length).toBeGreaterThan(100);
    expect(world.struck['link.bytesPerSecond']).toBe(1);
  });

  test('suffers from two faults draws for each by itself', () => {
    const twice: Fault[] = ['one', 'two'].map((id) => ({
      id,
      kind: 'link',
      at: 0,
      for: SECOND,
      to: ['b'],
      loss: [1, 2],
    }));
    const { heard } = broadcast(twice);
    expect(heard.b.length).toBeGreaterThan(60);
    expect(heard.b.length).toBeLessThan(140);
  });
});

describe('faults of the network', () => {
  test('last from their beginning until their end', () => {
    const { heard } = broadcast([{ id: 'cut', kind: 'block', from: ['a'], to: ['b'], at: 100 * GAP, for: 50 * GAP }]);
    const lost = Array.from({ length: 400 }, (_, turn) => turn).filter(
      (turn) => !texts(heard.b).includes(String(turn)),
    );
    expect(lost).toEqual(Array.from({ length: 50 }, (_, turn) => 100 + turn));
  });

  test('a partition keeps its groups apart, and leaves hosts outside of them alone', () => {
    const groups = [['a', 'b'], ['c']];
    const { world, heard } = broadcast([{ id: 'split', kind: 'partition', groups, at: 0, for: SECOND }]);
    expect([heard.b.length, heard.c.length, heard.d.length]).toEqual([400, 0, 400]);
    expect(world.struck).toEqual({ partition: 1 });
  });

  test('a block stops one direction only', () => {
    expect(broadcast([{ id: 'deaf', kind: 'block', from: ['a'], to: ['b'], at: 0, for: SECOND }]).heard.b).toEqual([]);
    expect(broadcast([{ id: 'mute', kind: 'block', from: ['b'], to: ['a'], at: 0, for: SECOND }]).heard.b).toHaveLength(
      400,
    );
  });

  test('a partition of streams alone lets datagrams pass', () => {
    const groups = [['a'], ['b']];
    const cut = (only: 'datagram' | 'stream'): Fault[] => [
      { id: 'x', kind: 'partition', groups, at: 0, for: SECOND, only },
    ];
    expect(broadcast(cut('stream')).heard.b).toHaveLength(400);
    expect(broadcast(cut('datagram')).heard.b).toEqual([]);
  });

  test('datagrams over the MTU are lost, those that just fit are not', () => {
    // Two bytes of length, and one to three digits of number.
    const { heard } = broadcast([], { mtu: 100 }, 400, 'x'.repeat(96));
    expect(heard.b).toHaveLength(100);
  });
});
