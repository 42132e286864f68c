import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  AsynchronousProgram,
  CodecMismatch,
  HostFailed,
  InvalidFault,
  InvalidTopology,
  MessageChanged,
  TimeStandsStill,
} from '../../simulator/errors.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Invariant, WorldView } from '../../simulator/invariant.ts';
import type { Host } from '../../simulator/program.ts';
import { World, type WorldOptions } from '../../simulator/world.ts';
import { bootedHosts } from '../contract/simulated.ts';
import { textProtocol } from '../contract/text-protocol.ts';
import { chatterWorld, played } from './chatter.ts';

const SECOND = 1_000_000;
const silent = { onMalformed() {}, onStream: () => ({ onMessage() {}, onClose() {} }) };

describe('time', () => {
  test('plays thirty idle days, and a timer at their end, in no time', () => {
    const month = 30 * 86_400 * SECOND;
    let rang = 0;
    const world = new World({
      seed: 'idle',
      hosts: [{ name: 'a', program: (host) => void host.clock.after(month - 1, () => (rang = host.clock.now())) }],
      faults: [],
      duration: month,
    });
    world.run();
    expect([rang, world.now()]).toEqual([month - 1, month]);
    expect(world.counters.events).toBe(2);
  });

  test('runs hundreds of thousands of timers that are set and cancelled across 2^32 microseconds', () => {
    const { world, hosts } = bootedHosts(['a']);
    world.runUntil(4_294_000_000);
    const { clock } = hosts.a!;
    let ran = 0;
    for (let count = 0; count < 200_000; count++) {
      const timer = clock.after((count * 7919) % 2_000_000, () => ran++);
      if (count % 2 === 0) clock.cancel(timer);
    }
    expect(world.host('a')?.timers).toBe(100_000);
    world.runUntil(4_294_000_000 + 2_000_000);
    expect([ran, world.host('a')?.timers]).toEqual([100_000, 0]);
  });

  test.each(['synchronous', 'asynchronous'])(
    'must pass: a %s chain of timers without delay is ended and named',
    async (kind) => {
      const spin = (host: Host): void => {
        const again = (): void => void host.clock.after(0, again);
        host.clock.after(2 * SECOND, again);
      };
      const world = new World({
        seed: 'spin',
        hosts: [
          { name: 'a', program: () => {} },
          { name: 'b', program: spin },
        ],
        faults: [],
        duration: 5 * SECOND,
      });
      const played = async (): Promise<void> => (kind === 'synchronous' ? world.run() : world.runAsync(() => turn()));
      const error: unknown = await played().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TimeStandsStill);
      expect(error).toMatchObject({ code: 'TIME_STANDS_STILL', host: 'b', at: 2 * SECOND });
      expect((error as Error).message).toContain('clock.after(1_000');
    },
  );

  test('hosts boot when their spec says', () => {
    const { world } = bootedHosts(['a'], { spec: { startAt: 5 * SECOND } });
    expect(world.host('a')?.up).toBe(false);
    world.runUntil(5 * SECOND);
    expect(world.host('a')).toMatchObject({ up: true, boot: 1, since: 5 * SECOND });
  });
});

describe('invariants', () => {
  /** Notes everything it hears. */
  function listener(): { invariant: Invariant; heard: string[]; view: () => WorldView } {
    const heard: string[] = [];
    let view: WorldView | undefined;
    const invariant: Invariant = {
      id: 'listener',
      words: 'Hears everything.',
      create: (world) => {
        view = world;
        return {
          onEvent: (host, event) => void heard.push(`event ${host.name} ${event.type}`),
          onHost: (host, change) =>
            void heard.push(`${change} ${host.name} @${world.now() / SECOND} healed ${world.healed()}`),
          onSend: (from, to, size) => void heard.push(`send ${from.name} ${to} ${size}`),
          onTick: () => void heard.push(`tick @${world.now() / SECOND}`),
          onEnd: () => void heard.push('end'),
        };
      },
    };
    return { invariant, heard, view: () => view as WorldView };
  }

  test('hear hosts, events, sends, ticks and the end, and see what is still to come', () => {
    const { invariant, heard, view } = listener();
    const faults: Fault[] = [
      { id: 'c', kind: 'crash', at: 1_500_000, hosts: ['b'] },
      { id: 'p', kind: 'pause', at: 2_500_000, for: SECOND, hosts: ['a'], mode: 'freeze' },
      { id: 'l', kind: 'link', at: 0, for: 3_200_000, to: ['c'], delay: 5 },
    ];
    const world = new World({
      seed: 'heard',
      hosts: ['a', 'b', 'c'].map((name) => ({
        name,
        program: (host) => {
          if (name !== 'a') return undefined;
          const endpoint = host.transport.open<string, string>(host.address, textProtocol, {
            onDatagram() {},
            ...silent,
          });
          host.clock.after(2_100_000, () => {
            endpoint.send(host.addressOf('c')!, 'hello');
            host.emit({ type: 'greeted' });
          });
          return { inspect: 42 };
        },
      })),
      faults,
      duration: 4 * SECOND,
      invariants: [invariant],
    });
    world.run();
    expect(heard).toEqual([
      'boot a @0 healed false',
      'boot b @0 healed false',
      'boot c @0 healed false',
      'tick @1',
      'crash b @1.5 healed false',
      'tick @2',
      'send a 10.0.0.3:7946 7',
      'event a greeted',
      'pause a @2.5 healed false',
      'tick @3',
      'resume a @3.5 healed false',
      'tick @4',
      'end',
    ]);
    const seen = view();
    expect([seen.healed(), seen.healedAt()]).toEqual([true, 3_500_000]);
    expect(['a', 'b', 'c', 'nobody'].map((name) => seen.lastTouched(name))).toEqual([
      3_500_000, 3_200_000, 3_200_000, 0,
    ]);
    expect(seen.host('a')?.running?.inspect).toBe(42);
    expect(seen.hosts.map(({ index, boot, up }) => [index, boot, up])).toEqual([
      [0, 1, true],
      [1, 1, false],
      [2, 1, true],
    ]);
  });

  test('do not change the run: the hash is the same with and without them', () => {
    const { invariant, heard } = listener();
    expect(played({ invariants: [invariant] }).hash).toBe(played().hash);
    expect(heard.length).toBeGreaterThan(100);
  });

  const broken = (stopOnViolation: boolean): World => {
    const invariant: Invariant = {
      id: 'never-three',
      words: 'It is never three.',
      create: (world) => ({
        onTick: () => {
          world.reached('a tick');
          if (world.now() < 3 * SECOND) return;
          world.violate({
            invariant: 'never-three',
            subject: 'time',
            phase: 'always',
            detail: `It is ${world.now()}.`,
          });
        },
        onEnd: () => world.violate({ invariant: 'never-three', subject: 'time', phase: 'end', detail: 'It is over.' }),
      }),
    };
    const world = chatterWorld({ invariants: [invariant], duration: 10 * SECOND, stopOnViolation });
    world.run();
    return world;
  };

  test('violations are kept once per invariant, subject and phase, with the time of the first', () => {
    const world = broken(false);
    expect(world.violations.map(({ phase, at, detail }) => [phase, at, detail])).toEqual([
      ['always', 3 * SECOND, 'It is 3000000.'],
      ['end', 10 * SECOND, 'It is over.'],
    ]);
    expect([...world.reachedPoints]).toEqual(['a tick']);
  });

  test('a run can stop at the first violation', () => {
    const world = broken(true);
    expect(world.violations).toHaveLength(1);
    expect(world.now()).toBe(3 * SECOND);
  });
});

describe('asynchronous programs', () => {
  const asynchronous = (
    settle: (story: string[], now: () => number) => Promise<void>,
  ): { world: World; story: string[] } => {
    const story: string[] = [];
    const world = new World({
      seed: 'async',
      hosts: [
        {
          name: 'a',
          program: async (host) => {
            const sleep = (micros: number): Promise<void> =>
              new Promise((resolve) => host.clock.after(micros, resolve));
            await Promise.resolve();
            for (let turns = 0; turns < 3; turns++) {
              await sleep(SECOND);
              // However many steps a promise takes, all of them end before time moves on.
              for (let step = 0; step < 20; step++) await Promise.resolve();
              story.push(`awake @${host.clock.now() / SECOND}`);
            }
            await settle(story, () => host.clock.now());
            return { inspect: 'started' };
          },
        },
        { name: 'b', program: (host) => void host.clock.after(SECOND, () => story.push('synchronous')) },
      ],
      faults: [],
      duration: 10 * SECOND,
    });
    return { world, story };
  };

  test('settle after each of their events, before time moves on', async () => {
    const { world, story } = asynchronous(async () => {});
    let turns = 0;
    await world.runAsync(async () => {
      turns++;
      await turn();
    });
    expect(story).toEqual(['awake @1', 'synchronous', 'awake @2', 'awake @3']);
    expect(world.host('a')?.running?.inspect).toBe('started');
    // One for the boot and one per timer of the asynchronous host; none for the other.
    expect(turns).toBe(4);
  });

  test('are refused by run(), by name', () => {
    const { world } = asynchronous(async () => {});
    expect(() => world.run()).toThrow(AsynchronousProgram);
    expect(() => asynchronous(async () => {}).world.run()).toThrow(/of a .*runAsync/);
  });

  test('that fail end the run with their host and time', async () => {
    const { world } = asynchronous(() => Promise.reject(new Error('out of luck')));
    const failure = await world
      .runAsync(async () => {
        await turn();
      })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HostFailed);
    expect(failure).toMatchObject({ host: 'a', at: 3 * SECOND, message: expect.stringContaining('out of luck') });
  });
});

describe('what is wrong is said with its name', () => {
  const withFaults =
    (faults: unknown): (() => World) =>
    () =>
      new World({ seed: 's', hosts: [{ name: 'a', program() {} }], faults: faults as Fault[], duration: 1 });

  test.each([
    [{ id: 'f1', kind: 'crash', at: 1, hosts: ['ghost'] }, 'there is no host "ghost"'],
    [{ id: 'f1', kind: 'crash', at: -1, hosts: ['a'] }, 'begins at -1'],
    [{ id: 'f1', kind: 'crash', at: 0.5, hosts: ['a'] }, 'begins at 0.5'],
    [{ id: 'f1', kind: 'pause', at: 1, for: -3, hosts: ['a'], mode: 'freeze' }, 'lasts -3'],
    [{ id: 'f1', kind: 'link', at: 1, for: 3, loss: [2, 1] }, 'loss must be a ratio'],
    [{ id: 'f1', kind: 'link', at: 1, for: 3, reorder: { chance: [1, 0], by: 1 } }, 'chance must be a ratio'],
    [{ id: 'f1', kind: 'clock', at: 1, hosts: ['a'], jumpMs: 0, driftPpm: 900_000 }, 'driftPpm'],
    [{ id: 'f1', kind: 'partition', at: 1, for: 1, groups: [['a'], ['a']] }, 'two groups'],
    [{ id: 'f1', kind: 'meteor', at: 1, hosts: ['a'] }, 'kind "meteor" is unknown'],
  ])('a fault that cannot be executed: %o', (fault, problem) => {
    expect(withFaults([fault])).toThrow(InvalidFault);
    expect(withFaults([fault])).toThrow(new RegExp(`^Fault "f1": .*${problem}`));
  });

  test('a fault whose id is taken', () => {
    const fault = { id: 'same', kind: 'crash', at: 1, hosts: ['a'] };
    expect(withFaults([fault, fault])).toThrow('Fault "same": its id is used twice');
  });

  test('two hosts of one name', () => {
    expect(() => bootedHosts(['a', 'a'])).toThrow(InvalidTopology);
  });

  test('a program that throws', () => {
    const world = new World({
      seed: 's',
      hosts: [
        { name: 'fine', program() {} },
        { name: 'culprit', program: (host) => void host.clock.after(7, () => JSON.parse('{')) },
      ],
      faults: [],
      duration: SECOND,
    });
    const failure = (() => {
      try {
        world.run();
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(HostFailed);
    expect(failure).toMatchObject({ host: 'culprit', at: 7, cause: expect.any(SyntaxError) });
  });

  const exchange = (options: Partial<WorldOptions>, protocol = textProtocol as never, message: unknown = 'x') => {
    const { world, hosts } = bootedHosts(['a', 'b'], options);
    const open = (name: 'a' | 'b') =>
      hosts[name]!.transport.open<unknown, unknown>(hosts[name]!.address, protocol, { onDatagram() {}, ...silent });
    open('b');
    open('a').send(hosts.b!.address, message);
    return world;
  };

  test('a message that changes under way, in debug mode', () => {
    const bytes = new Uint8Array(3);
    const codec = { ...textProtocol.datagram, size: () => 3, parts: () => {} };
    const protocol = { datagram: codec, stream: textProtocol.stream } as never;
    const inner = { list: [1] };
    const world = exchange({ debug: true }, protocol, { bytes, inner });
    expect(Object.isFrozen(inner.list)).toBe(true);
    bytes[1] = 9;
    expect(() => world.runUntil(SECOND)).toThrow(MessageChanged);
    expect(() => exchange({}, protocol, { bytes }).runUntil(SECOND)).not.toThrow();
  });

  test('a codec whose size is not the length of its bytes, in wire mode', () => {
    const codec = { ...textProtocol.datagram, size: () => 99 };
    const protocol = { datagram: codec, stream: textProtocol.stream } as never;
    expect(() => exchange({ mode: 'wire' }, protocol)).toThrow(CodecMismatch);
  });

  test('an address of somebody else', () => {
    const { hosts } = bootedHosts(['a', 'b']);
    expect(() => hosts.a!.transport.open(hosts.b!.address, textProtocol, { onDatagram() {}, ...silent })).toThrow(
      "on the host's own address, such as 10.0.0.1:7946",
    );
  });
});

describe('the topology', () => {
  test('seeds and addresses are known to every host, and follow restarts', () => {
    const { world, hosts } = bootedHosts(['a', 'b'], {
      spec: { seed: true },
      faults: [{ id: 'move', kind: 'restart', at: 5, hosts: ['b'], keepStore: true, newAddress: true }],
    });
    expect(hosts.a!.seeds()).toEqual(['10.0.0.1:7946', '10.0.0.2:7946']);
    world.runUntil(5);
    expect(hosts.a!.seeds()).toEqual(['10.0.0.1:7946', '10.1.0.2:7946']);
    expect(hosts.a!.addressOf('b')).toBe('10.1.0.2:7946');
    expect(hosts.a!.addressOf('nobody')).toBeUndefined();
  });

  test('thousands of hosts have addresses of their own', () => {
    const names = Array.from({ length: 3000 }, (_, index) => `h${index}`);
    const { world } = bootedHosts(names);
    expect(new Set(world.hosts.map(({ address }) => address)).size).toBe(3000);
    expect(world.host('h2999')?.address).toBe('10.0.11.184:7946');
  });
});

describe('the trace', () => {
  test('tells what happened in order, with the parts of messages', () => {
    const records: string[] = [];
    const parts: unknown[] = [];
    const world = chatterWorld({
      duration: 5 * SECOND,
      onTrace: (record) => {
        records.push(record.kind);
        if (record.kind === 'deliver') parts.push(record.parts);
      },
    });
    world.run();
    expect(new Set(records)).toEqual(
      new Set([
        'boot',
        'timer',
        'send',
        'deliver',
        'emit',
        'connect',
        'open',
        'stream-send',
        'stream-message',
        'stream-close',
      ]),
    );
    expect(parts[0]).toEqual([
      { kind: 1, name: '', size: 13, sequence: 11, subject: expect.stringMatching(/^ping 1 of \w$/), incarnation: 0 },
    ]);
  });

  test('keeps the latest events in its ring, as they were', () => {
    const all: unknown[] = [];
    const world = chatterWorld({
      onTrace: ({ event, at, kind, host, peer, size, detail }) =>
        all.push({ event, at, kind, host, peer, size, detail }),
    });
    world.run();
    expect(world.trace.latest(50)).toMatchObject(all.slice(-50));
    expect(world.trace.latest(50)).toHaveLength(50);
    expect(world.trace.blocks).toBe(Math.floor(world.trace.events / 1024));
  });

  test('names of more texts than it remembers still enter the hash', () => {
    const run = (last: string): string => {
      const { world, hosts } = bootedHosts(['a']);
      for (let count = 0; count < 100_010; count++) hosts.a!.emit({ type: `t${count}` });
      hosts.a!.emit({ type: last });
      return world.hash;
    };
    expect(run('x')).toBe(run('x'));
    expect(run('x')).not.toBe(run('y'));
  });

  test('counts what struck by id too', () => {
    const faults: Fault[] = [
      { id: 'hits', kind: 'link', at: 0, for: SECOND * 30, loss: [1, 2] },
      { id: 'misses', kind: 'link', at: 0, for: SECOND * 30, from: ['a'], to: ['a'], loss: [1, 1] },
    ];
    expect(played({ faults }).struckIds).toEqual(['hits']);
  });
});
