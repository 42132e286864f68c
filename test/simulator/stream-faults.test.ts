import { describe, expect, test } from 'vitest';
import type { Stream } from '../../core/ports/transport.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { WorldOptions } from '../../simulator/world.ts';
import { bootedHosts } from '../contract/simulated.ts';
import { textProtocol } from '../contract/text-protocol.ts';

const SECOND = 1_000_000;
const DEADLINE = 20 * SECOND;

/** `a` dials `b` at once; everything that either side hears, with the millisecond at which it did. */
function conversation(faults: readonly Fault[], options: Partial<WorldOptions> = {}) {
  const { world, hosts } = bootedHosts(['a', 'b'], { faults, ...options });
  const events: Record<'a' | 'b', string[]> = { a: [], b: [] };
  const accepted: Stream<string>[] = [];
  const note = (who: 'a' | 'b', what: string): void =>
    void events[who].push(`${what} @${Math.floor(world.now() / 1000)}`);
  const recorder = (who: 'a' | 'b') => ({
    onOpen: () => note(who, 'open'),
    onMessage: (text: string) => note(who, text),
    onClose: (reason: string) => note(who, reason),
  });
  const open = (name: 'a' | 'b') =>
    hosts[name]!.transport.open<string, string>(hosts[name]!.address, textProtocol, {
      onDatagram() {},
      onMalformed() {},
      onStream: (stream) => {
        accepted.push(stream);
        return recorder('b');
      },
    });
  open('b');
  const dialed = open('a').connect(hosts.b!.address, DEADLINE, recorder('a'));
  const until = (ms: number): void => world.runUntil(ms * 1000);
  return { world, hosts, events, accepted, dialed, until };
}

const streams = (effect: 'refuse' | 'reset' | 'stall' | 'half-open', at: number, length: number): Fault[] => [
  { id: effect, kind: 'stream', hosts: ['b'], effect, at, for: length },
];

describe('streams', () => {
  test('are refused while a fault says so, whichever side it names', () => {
    for (const host of ['a', 'b']) {
      const { world, events, until } = conversation([
        { id: 'no', kind: 'stream', hosts: [host], effect: 'refuse', at: 0, for: SECOND },
      ]);
      until(500);
      expect(events).toEqual({ a: ['refused @2'], b: [] });
      expect(world.struck).toEqual({ stream: 1, 'stream.refuse': 1 });
    }
  });

  test('are reset on both sides when a fault begins, and at their first message while it lasts', () => {
    const { world, events, dialed, until } = conversation(streams('reset', SECOND, SECOND));
    until(500);
    dialed.send('before');
    until(1500);
    dialed.send('ignored');
    until(5000);
    expect(events).toEqual({ a: ['open @2', 'reset @1000'], b: ['open @1', 'before @501', 'reset @1000'] });
    expect(world.struck['stream.reset']).toBe(1);
    const later = conversation(streams('reset', 0, SECOND));
    later.until(10);
    later.dialed.send('never heard');
    later.until(500);
    expect(later.events).toEqual({ a: ['open @2', 'reset @10'], b: ['open @1', 'reset @10'] });
  });

  test('stall: nothing passes until the fault is over, and then everything does', () => {
    const { world, events, dialed, accepted, until } = conversation(streams('stall', SECOND, 5 * SECOND));
    until(1500);
    dialed.send('held');
    dialed.send('held too');
    accepted[0]?.send('held back');
    until(5999);
    expect(events).toEqual({ a: ['open @2'], b: ['open @1'] });
    expect(dialed.pending).toBe(6 + 10);
    until(6100);
    expect(events).toEqual({ a: ['open @2', 'held back @6001'], b: ['open @1', 'held @6001', 'held too @6001'] });
    expect(world.struck['stream.stall']).toBe(1);
  });

  test('half-open: the dialer believes in a peer that never hears of it', () => {
    const { world, events, dialed, until } = conversation(streams('half-open', 0, SECOND));
    dialed.send('hello?');
    until(30_000);
    expect(events).toEqual({ a: ['open @2', 'timeout @20000'], b: [] });
    expect(dialed.pending).toBe(0);
    expect(world.struck['stream.half-open']).toBe(1);
  });

  test('outlive a partition that is shorter than their deadline: loss only delays them', () => {
    const groups = [['a'], ['b']];
    const cut: Fault = { id: 'cut', kind: 'partition', groups, at: SECOND, for: SECOND };
    const { world, events, dialed, until } = conversation([cut]);
    until(1100);
    dialed.send('one');
    dialed.send('two');
    until(10_000);
    // Sent again after 200, 400 and 800 ms: at 1300, 1700 and 2500.
    expect(events.b).toEqual(['open @1', 'one @2501', 'two @2501']);
    expect(world.struck).toEqual({ partition: 1 });
  });

  test('carry everything in order through heavy loss', () => {
    const loss: Fault = { id: 'loss', kind: 'link', at: 0, for: 60 * SECOND, loss: [1, 3] };
    const { world, events, dialed, until } = conversation([loss]);
    const sent = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    for (const text of sent) dialed.send(text);
    until(19_000);
    expect(events.b.slice(1).map((event) => event.split(' @')[0])).toEqual(sent);
    expect(world.struck['link.loss']).toBe(1);
  });

  test('open late when the first attempt was lost', () => {
    const cut: Fault = { id: 'cut', kind: 'block', from: ['a'], to: ['b'], at: 0, for: SECOND / 2 };
    const { events, until } = conversation([cut]);
    until(5000);
    expect(events).toEqual({ a: ['open @1002'], b: ['open @1001'] });
  });

  test('do not open when only the way there is free', () => {
    const cut: Fault = { id: 'cut', kind: 'block', from: ['b'], to: ['a'], at: 0, for: 60 * SECOND };
    const { events, until } = conversation([cut]);
    until(30_000);
    expect(events).toEqual({ a: ['timeout @20000'], b: [] });
  });

  test('are not cut by a partition of datagrams', () => {
    const cut: Fault = { id: 'cut', kind: 'partition', groups: [['a'], ['b']], at: 0, for: SECOND, only: 'datagram' };
    const { events, until } = conversation([cut]);
    until(500);
    expect(events.a).toEqual(['open @2']);
  });

  test('time out on a host that is down', () => {
    const { events, until } = conversation([{ id: 'crash', kind: 'crash', at: 1, hosts: ['b'] }]);
    until(30_000);
    expect(events).toEqual({ a: ['timeout @20000'], b: [] });
  });

  test('end by timeout when the peer crashed, and by reset when it is back without knowing of them', () => {
    const crash: Fault = { id: 'crash', kind: 'crash', at: SECOND, hosts: ['b'] };
    const silent = conversation([crash]);
    silent.until(2000);
    silent.dialed.send('anybody?');
    silent.until(30_000);
    expect(silent.events).toEqual({ a: ['open @2', 'timeout @20000'], b: ['open @1'] });
    const back: Fault = {
      id: 'back',
      kind: 'restart',
      at: 2 * SECOND,
      hosts: ['b'],
      keepStore: true,
      newAddress: false,
    };
    const restarted = conversation([crash, back]);
    restarted.until(3000);
    restarted.dialed.send('still there?');
    restarted.until(30_000);
    expect(restarted.events.a).toEqual(['open @2', expect.stringMatching(/^reset @300\d$/)]);
  });

  test('hold back what a paused receiver does not take', () => {
    const pause: Fault = { id: 'pause', kind: 'pause', hosts: ['b'], mode: 'ioBlock', at: SECOND, for: 5 * SECOND };
    const { events, dialed, until } = conversation([pause]);
    until(2000);
    const text = 'x'.repeat(30_000);
    for (let count = 0; count < 5; count++) dialed.send(text);
    until(5000);
    expect(dialed.pending).toBe(3 * 30_002);
    expect(events.b).toEqual(['open @1']);
    until(7000);
    expect(dialed.pending).toBe(0);
    expect(events.b).toHaveLength(6);
  });

  test('close as malformed in wire mode when the bytes make no sense', () => {
    const { world, events, dialed, until } = conversation([], { mode: 'wire' });
    dialed.send('fine');
    dialed.send('poison');
    until(500);
    expect(events.b).toEqual(['open @1', 'fine @3', 'malformed @3']);
    expect(events.a).toEqual(['open @2', 'reset @4']);
    expect(world.counters.malformed).toBe(1);
  });
});
