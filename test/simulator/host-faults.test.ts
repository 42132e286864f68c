import { describe, expect, test } from 'vitest';
import type { Address, Endpoint } from '../../core/ports/transport.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Host } from '../../simulator/program.ts';
import { World, type WorldOptions } from '../../simulator/world.ts';
import { textProtocol } from '../contract/text-protocol.ts';

const SECOND = 1_000_000;
const BEAT = 100_000;

interface Life {
  readonly world: World;
  /** What happened in the subject, with the millisecond at which it did. */
  readonly story: string[];
  /** What its peer heard from it. */
  readonly heard: string[];
  readonly host: () => Host;
  readonly endpoint: () => Endpoint<string, string>;
  readonly tell: (text: string, to?: Address) => void;
  readonly until: (ms: number) => void;
}

/** The subject `s` beats ten times a second and says so to its peer `p`, which the test speaks through. */
function live(faults: readonly Fault[], options: Partial<WorldOptions> = {}, beats = true): Life {
  const story: string[] = [];
  const heard: string[] = [];
  let subject: Host | undefined;
  let bound: Endpoint<string, string> | undefined;
  let peer: Endpoint<string, string> | undefined;
  const ms = (): number => Math.floor(world.now() / 1000);
  const world: World = new World({
    seed: 'hosts',
    duration: 60 * SECOND,
    latency: { kind: 'constant', delay: 1000 },
    faults,
    hosts: [
      {
        name: 's',
        program(host) {
          subject = host;
          story.push(`boot ${host.boot} @${ms()}`);
          const endpoint = host.transport.open<string, string>(host.address, textProtocol, {
            onDatagram: (text) => void story.push(`${text} @${ms()}`),
            onMalformed() {},
            onStream: () => ({ onMessage() {}, onClose() {} }),
          });
          bound = endpoint;
          const beat = (): void => {
            story.push(`beat @${ms()}`);
            endpoint.send(host.addressOf('p')!, `beat ${ms()}`);
            host.clock.after(BEAT, beat);
          };
          if (beats) host.clock.after(BEAT, beat);
          return { command: (name, argument) => void story.push(`${name} ${String(argument)} @${ms()}`) };
        },
      },
      {
        name: 'p',
        program(host) {
          peer = host.transport.open<string, string>(host.address, textProtocol, {
            onDatagram: (text) => void heard.push(`${text} @${ms()}`),
            onMalformed() {},
            onStream: () => ({ onMessage() {}, onClose() {} }),
          });
        },
      },
    ],
    ...options,
  });
  world.runUntil(0);
  return {
    world,
    story,
    heard,
    host: () => subject as Host,
    endpoint: () => bound as Endpoint<string, string>,
    tell: (text, to = subject!.address) => peer?.send(to, text),
    until: (time) => world.runUntil(time * 1000),
  };
}

const crash = (at: number): Fault => ({ id: `crash ${at}`, kind: 'crash', at: at * 1000, hosts: ['s'] });
const restart = (at: number, keepStore = true, newAddress = false): Fault => ({
  id: `restart ${at}`,
  kind: 'restart',
  at: at * 1000,
  hosts: ['s'],
  keepStore,
  newAddress,
});
const pause = (mode: 'ioBlock' | 'freeze', at: number, length: number): Fault => ({
  id: `${mode} ${at}`,
  kind: 'pause',
  hosts: ['s'],
  mode,
  at: at * 1000,
  for: length * 1000,
});

describe('a crash', () => {
  test('ends timers, endpoints and deliveries, without telling the program', () => {
    const { world, story, tell, until } = live([crash(250)]);
    until(300);
    tell('hello?');
    until(5000);
    expect(story).toEqual(['boot 1 @0', 'beat @100', 'beat @200']);
    expect(world.host('s')).toMatchObject({ up: false, timers: 0, since: 250_000, running: undefined });
    expect(world.counters.datagramsLost).toBe(1);
    expect(world.struck).toEqual({ crash: 1 });
  });

  test('of a host that is down strikes nothing', () => {
    const { world, until } = live([crash(250), crash(300)]);
    until(500);
    expect(world.struck).toEqual({ crash: 1 });
  });

  test('leaves what the old boot still holds without any power', () => {
    const { world, story, heard, host, endpoint, until } = live([crash(50), restart(60)], {}, false);
    const [old, oldEndpoint] = [host(), endpoint()];
    until(100);
    expect(old.clock.after(0, () => story.push('ghost'))).toBe(0);
    oldEndpoint.send(host().addressOf('p')!, 'ghost');
    old.emit({ type: 'ghost' });
    old.store.set('ghost', true);
    expect(() => old.transport.open(old.address, textProtocol, {} as never)).toThrow('address');
    until(200);
    expect([story, heard]).toEqual([['boot 1 @0', 'boot 2 @60'], []]);
    expect(host().store.get('ghost')).toBeUndefined();
    expect(world.host('s')?.timers).toBe(0);
  });
});

describe('a restart', () => {
  test('keeps or wipes what was stored, and keeps or changes the address', () => {
    const { world, host, until } = live([
      restart(100, true, false),
      restart(200, true, true),
      restart(300, false, false),
    ]);
    host().store.set('key', 'value');
    const first = host().address;
    until(150);
    expect([host().boot, host().store.get('key'), host().address]).toEqual([2, 'value', first]);
    until(250);
    expect([host().boot, host().store.get('key')]).toEqual([3, 'value']);
    const second = host().address;
    expect(second).not.toBe(first);
    expect(host().addressOf('s')).toBe(second);
    until(350);
    expect([host().boot, host().store.get('key'), host().address]).toEqual([4, undefined, second]);
    expect(world.host('s')).toMatchObject({ boot: 4, up: true, address: second });
  });

  test('at a new address: the old one is dead, the new one lives', () => {
    const { story, host, tell, until } = live([restart(100, true, true)], {}, false);
    const old = host().address;
    until(200);
    tell('to the old', old);
    tell('to the new');
    until(300);
    expect(story).toEqual(['boot 1 @0', 'boot 2 @100', 'to the new @201']);
  });

  test('a packet that was under way reaches the new boot', () => {
    const { story, tell, until } = live([crash(100), restart(101)], {}, false);
    until(100);
    tell('in between');
    until(200);
    expect(story).toEqual(['boot 1 @0', 'boot 2 @101', 'in between @101']);
  });
});

describe('a pause', () => {
  test('ioBlock: timers run on time while sends and receives wait, first in first out', () => {
    const { world, story, heard, tell, until } = live([pause('ioBlock', 150, 200)]);
    until(160);
    tell('one');
    until(180);
    tell('two');
    expect(world.host('s')?.paused).toBe(true);
    until(349);
    expect(story).toEqual(['boot 1 @0', 'beat @100', 'beat @200', 'beat @300']);
    expect(heard).toEqual(['beat 100 @101']);
    until(399);
    expect(story.slice(4)).toEqual(['one @350', 'two @350']);
    expect(heard).toEqual(['beat 100 @101', 'beat 200 @351', 'beat 300 @351']);
    expect(world.host('s')?.paused).toBe(false);
    expect(world.struck).toEqual({ pause: 1, 'pause.ioBlock': 1 });
  });

  test('freeze: overdue timers fire first, in their order, and then what arrived', () => {
    const { world, story, host, tell, until } = live([pause('freeze', 150, 200)]);
    for (const delay of [160, 155, 340])
      host().clock.after(delay * 1000, () => story.push(`timer ${delay} @${world.now() / 1000}`));
    until(160);
    tell('one');
    tell('two');
    until(349);
    expect(story).toEqual(['boot 1 @0', 'beat @100']);
    until(399);
    const overdue = ['timer 155 @350', 'timer 160 @350', 'beat @350', 'timer 340 @350'];
    expect(story.slice(2)).toEqual([...overdue, 'one @350', 'two @350']);
    expect(world.struck).toEqual({ pause: 1, 'pause.freeze': 1 });
  });

  test('freeze: an overdue timer can still be cancelled by one before it', () => {
    const { world, story, host, until } = live([pause('freeze', 10, 100)], {}, false);
    const second = host().clock.after(30_000, () => story.push('second'));
    host().clock.after(20_000, () => host().clock.cancel(second));
    expect(world.host('s')?.timers).toBe(2);
    until(200);
    expect(story).toEqual(['boot 1 @0']);
    expect(world.host('s')?.timers).toBe(0);
  });

  test('what arrives while the queue is worked off waits for its turn', () => {
    const { story, tell, until } = live([pause('freeze', 10, 90)], {}, false);
    until(50);
    for (const text of ['1', '2', '3']) tell(text);
    until(99);
    tell('just in time');
    until(200);
    expect(story.slice(1)).toEqual(['1 @100', '2 @100', '3 @100', 'just in time @100']);
  });

  test('two pauses that overlap end with the later one', () => {
    const { story, tell, until } = live([pause('ioBlock', 10, 50), pause('ioBlock', 40, 100)], {}, false);
    until(20);
    tell('waits');
    until(200);
    expect(story).toEqual(['boot 1 @0', 'waits @140']);
  });

  test('a freeze inside a block lets timers run again before I/O', () => {
    const { story, host, tell, until } = live([pause('ioBlock', 10, 190), pause('freeze', 20, 80)], {}, false);
    host().clock.after(50_000, () => story.push('timer'));
    until(30);
    tell('last');
    until(150);
    expect(story).toEqual(['boot 1 @0', 'timer']);
    until(300);
    expect(story).toEqual(['boot 1 @0', 'timer', 'last @200']);
  });

  test('ends with a restart', () => {
    const { world, story, tell, until } = live([pause('freeze', 10, 500), restart(100)], {}, false);
    until(50);
    tell('lost with the old boot');
    until(200);
    tell('new');
    until(700);
    expect(story).toEqual(['boot 1 @0', 'boot 2 @100', 'new @201']);
    expect(world.host('s')?.paused).toBe(false);
  });

  test('a command waits for the end of a freeze', () => {
    const command: Fault = { id: 'c', kind: 'command', at: 20_000, hosts: ['s'], command: 'leave', argument: 7 };
    const { story, until } = live([pause('freeze', 10, 90), command], {}, false);
    until(200);
    expect(story).toEqual(['boot 1 @0', 'leave 7 @100']);
  });
});

describe('a slow host', () => {
  const slow = (perMessage: number, length = 10_000): Fault => ({
    id: 'slow',
    kind: 'slow',
    hosts: ['s'],
    perMessage: perMessage * 1000,
    at: 0,
    for: length * 1000,
  });

  test('takes its time for each message in and out, one after the other', () => {
    const { world, story, heard, host, endpoint, tell, until } = live([slow(10)], {}, false);
    for (const text of ['1', '2', '3']) tell(text);
    until(40);
    expect(story.slice(1)).toEqual(['1 @11', '2 @21', '3 @31']);
    for (const text of ['a', 'b']) endpoint().send(host().addressOf('p')!, text);
    until(100);
    expect(heard).toEqual(['a @51', 'b @61']);
    expect(world.struck).toEqual({ slow: 1 });
  });

  test('loses datagrams when its inbound queue is full', () => {
    const { world, story, tell, until } = live([slow(10)], {}, false);
    for (let count = 0; count < 400; count++) tell(String(count));
    until(9000);
    expect(story.length - 1).toBeGreaterThanOrEqual(256);
    expect(story.length - 1).toBeLessThanOrEqual(258);
    expect(world.counters.datagramsLost).toBe(400 - (story.length - 1));
    expect(world.struck).toEqual({ slow: 1, 'slow.overflow': 1 });
  });

  test('does what waits at once when it is fast again', () => {
    const { story, tell, until } = live([slow(100, 150)], {}, false);
    for (const text of ['1', '2', '3']) tell(text);
    until(1000);
    expect(story.slice(1).map((line) => Number(line.split('@')[1]))).toEqual([101, 201, 201]);
  });
});

describe('a clock fault', () => {
  const clock = (jumpMs: number, driftPpm: number): Fault => ({
    id: 'clock',
    kind: 'clock',
    at: 50_000,
    hosts: ['s'],
    jumpMs,
    driftPpm,
  });

  test('a jump moves what people read and no timer', () => {
    const { world, story, host, until } = live([clock(-3_600_000, 0)], { epochMs: 1_800_000_000_000 });
    until(250);
    expect(host().clock.wallTime()).toBe(1_800_000_000_000 - 3_600_000 + 250);
    expect(host().clock.now()).toBe(250_000);
    expect(story).toEqual(['boot 1 @0', 'beat @100', 'beat @200']);
    expect(world.struck).toEqual({ clock: 1 });
  });

  test('a fast clock fires its timers early, those already set included', () => {
    const { story, host, until } = live([clock(0, 250_000)]);
    until(250);
    // 50 ms of truth and 50 fast ones, then 100 fast ones each.
    expect(story).toEqual(['boot 1 @0', 'beat @90', 'beat @170', 'beat @250']);
    expect(host().clock.now()).toBe(50_000 + 250_000);
  });

  test('a slow clock fires them late', () => {
    const { story, until } = live([clock(0, -500_000)]);
    until(400);
    expect(story).toEqual(['boot 1 @0', 'beat @150', 'beat @350']);
  });
});

test('a command reaches the program, and is no harm', () => {
  const { world, story, until } = live(
    [{ id: 'c', kind: 'command', at: 5000, hosts: ['s', 'p'], command: 'update', argument: 'x' }],
    {},
    false,
  );
  until(10);
  expect(story).toEqual(['boot 1 @0', 'update x @5']);
  expect(world.healed()).toBe(true);
  expect(world.lastTouched('s')).toBe(0);
  expect(world.struck).toEqual({ command: 1, 'command.update': 1 });
});
