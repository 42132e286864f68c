import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import {
  bridge,
  cascading,
  flapping,
  flipFlopIngressLoss,
  isolate,
  massJoin,
  massLeave,
  oneWay,
  partialThreeWay,
  ring,
  rollingRestart,
  split,
  swizzle,
} from '../../simulator/faults/compose.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { swarmSchedule } from '../../simulator/faults/swarm.ts';
import { validateSchedule } from '../../simulator/faults/validate.ts';
import { bootedHosts } from '../contract/simulated.ts';
import { textProtocol } from '../contract/text-protocol.ts';
import { NAMES, played } from './chatter.ts';

const SECOND = 1_000_000;
const ALWAYS = { at: 0, for: 60 * SECOND };

/** Who hears whom after a while: every host calls every other, at each of these seconds. */
function heardPairs(faults: readonly Fault[], names: readonly string[], seconds: readonly number[] = [1]): string[][] {
  const { world, hosts } = bootedHosts(names, { faults });
  let pairs: string[] = [];
  const endpoints = names.map((name) =>
    hosts[name]!.transport.open<string, string>(hosts[name]!.address, textProtocol, {
      onDatagram: (from) => void pairs.push(`${from}>${name}`),
      onMalformed() {},
      onStream: () => ({ onMessage() {}, onClose() {} }),
    }),
  );
  return seconds.map((second) => {
    pairs = [];
    world.runUntil(second * SECOND);
    names.forEach((name, index) => {
      for (const to of names) if (to !== name) endpoints[index]?.send(hosts[to]!.address, name);
    });
    world.runUntil(second * SECOND + 100_000);
    return pairs.toSorted();
  });
}

const both = (...pairs: string[]): string[] =>
  pairs.flatMap((pair) => [`${pair[0]}>${pair[1]}`, `${pair[1]}>${pair[0]}`]).toSorted();

describe('composed faults', () => {
  test('a split parts the sides, and lets hosts on no side be', () => {
    expect(heardPairs(split('x', [['a', 'b'], ['c']], ALWAYS), ['a', 'b', 'c', 'd'])[0]).toEqual(
      both('ab', 'ad', 'bd', 'cd'),
    );
  });

  test('one way leaves the other way free', () => {
    expect(heardPairs(oneWay('x', ['a'], ['b'], ALWAYS), ['a', 'b'])[0]).toEqual(['b>a']);
  });

  test('in a partial three-way partition two parts hear the third alone', () => {
    expect(heardPairs(partialThreeWay('x', ['a', 'b', 'c'], ['a'], ['b'], ALWAYS), ['a', 'b', 'c'])[0]).toEqual(
      both('ac', 'bc'),
    );
    expect(() => partialThreeWay('x', ['a', 'b'], ['a'], ['b'], ALWAYS)).toThrow('third part');
  });

  test('a bridge connects two halves', () => {
    expect(heardPairs(bridge('x', ['a', 'b', 'c', 'd', 'e'], 'c', ALWAYS), ['a', 'b', 'c', 'd', 'e'])[0]).toEqual(
      both('ab', 'de', 'ac', 'bc', 'cd', 'ce'),
    );
  });

  test('in a ring every host hears its neighbours', () => {
    expect(heardPairs(ring('x', ['a', 'b', 'c', 'd', 'e'], ALWAYS), ['a', 'b', 'c', 'd', 'e'])[0]).toEqual(
      both('ab', 'bc', 'cd', 'de', 'ea'),
    );
  });

  test('an isolated host hears nobody', () => {
    expect(heardPairs(isolate('x', 'b', ['a', 'b', 'c'], ALWAYS), ['a', 'b', 'c'])[0]).toEqual(both('ac'));
  });

  test('flapping comes and goes, and ends with its window', () => {
    const flaps = flapping('x', { at: SECOND, for: 5 * SECOND }, { on: SECOND, off: SECOND }, (id, window) =>
      isolate(id, 'b', ['a', 'b'], window),
    );
    const counts = heardPairs(flaps, ['a', 'b'], [0, 1, 2, 3, 4, 5, 6, 7]).map((pairs) => pairs.length);
    expect(counts).toEqual([2, 0, 2, 0, 2, 0, 2, 2]);
    expect(
      flapping('x', { at: 0, for: 15 }, { on: 10, off: 2 }, (id, window) => [{ id, kind: 'link', ...window }]),
    ).toMatchObject([
      { id: 'x-1', at: 0, for: 10 },
      { id: 'x-2', at: 12, for: 3 },
    ]);
  });

  test('a cascade takes one host after the other and gives all back together', () => {
    const names = ['a', 'b', 'c', 'd'];
    const counts = heardPairs(
      cascading('x', ['a', 'b', 'c'], names, { at: SECOND, for: 9 * SECOND }),
      names,
      [0, 1, 4, 7, 10],
    );
    expect(counts.map((pairs) => pairs.length)).toEqual([12, 6, 2, 0, 12]);
  });

  test('swizzled clogging clogs all hosts one by one, and frees them one by one in another order', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const faults = swizzle('x', seededRandom('swizzle'), names, { at: SECOND, for: 10 * SECOND });
    const counts = heardPairs(faults, names, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]).map((pairs) => pairs.length);
    // From the fourth clogged host on nobody has a partner left; the second one freed is the first to find one.
    expect(counts).toEqual([20, 12, 6, 2, 0, 0, 0, 0, 2, 6, 12, 20]);
    const order = (key: (fault: Fault) => number): string =>
      faults
        .toSorted((a, b) => key(a) - key(b))
        .map(({ id }) => id)
        .join();
    const endOf = (fault: Fault): number => fault.at + (fault as { for: number }).for;
    expect(order((fault) => fault.at)).not.toBe(order(endOf));
  });

  test('a rolling restart takes each host down and up again in turn', () => {
    const rolling = { at: SECOND, every: 5 * SECOND, down: SECOND, keepStore: true, newAddress: true };
    const story: string[] = [];
    const options = { faults: rollingRestart('x', ['a', 'b'], rolling), duration: 20 * SECOND };
    played({
      ...options,
      onTrace: ({ kind, host, at }) => {
        if ((kind === 'boot' || kind === 'crash') && at > 0) story.push(`${kind} ${host} @${at / SECOND}`);
      },
    });
    expect(story).toEqual(['crash a @1', 'boot a @2', 'crash b @6', 'boot b @7']);
  });

  test('mass join boots hosts that never started by themselves, mass leave commands them', () => {
    const story: string[] = [];
    const { world } = bootedHosts(['a', 'b'], {
      spec: { startAt: 3600 * SECOND },
      faults: [...massJoin('in', ['a', 'b'], SECOND), ...massLeave('out', ['a', 'b'], 2 * SECOND)],
      onTrace: ({ kind, host, detail }) => void story.push(`${kind} ${host}${detail}`),
    });
    world.runUntil(3 * SECOND);
    expect(story.filter((line) => !line.startsWith('fault'))).toEqual([
      'boot a',
      'boot b',
      'command aleave',
      'command bleave',
    ]);
  });

  test('flip-flop ingress loss makes hosts deaf, not mute', () => {
    const faults = flipFlopIngressLoss('x', ['b'], { at: 0, for: 40 * SECOND }, { on: 20 * SECOND, off: 20 * SECOND });
    expect(heardPairs(faults, ['a', 'b'], [1, 21])).toEqual([['b>a'], both('ab')]);
  });
});

describe('a swarm', () => {
  const span = { from: 5 * SECOND, until: 100 * SECOND };
  const swarm = (seed: string): Fault[] => swarmSchedule(seededRandom(seed), NAMES, span);

  test('follows from its seed, and survives JSON', () => {
    expect(swarm('a')).toEqual(swarm('a'));
    expect(swarm('a')).not.toEqual(swarm('b'));
    expect(JSON.parse(JSON.stringify(swarm('a')))).toEqual(swarm('a'));
  });

  test('can be executed, keeps to its span, and is over at the end of it', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 2, max: 9 }), (seed, count) => {
        const names = Array.from({ length: count }, (_, index) => `h${index}`);
        const faults = swarmSchedule(seededRandom(seed), names, span);
        validateSchedule(faults, (name) => names.includes(name));
        expect(faults.length).toBeGreaterThan(0);
        for (const fault of faults) {
          expect(fault.at).toBeGreaterThanOrEqual(span.from);
          expect(fault.at + ('for' in fault ? fault.for : 0)).toBeLessThanOrEqual(span.until);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('leaves all hosts up, awake, fast and true, and the network clean', () => {
    for (let seed = 0; seed < 25; seed++) {
      const world = played({ seed: `calm ${seed}`, faults: swarm(`calm ${seed}`), duration: span.until });
      expect(world.healed()).toBe(true);
      expect(world.faultsInForce).toEqual([]);
      for (const host of world.hosts) {
        expect(host).toMatchObject({ up: true, paused: false, perMessage: 0 });
        const [now, later] = [host.time.local(world.now()), host.time.local(world.now() + SECOND)];
        expect(later - now).toBe(SECOND);
      }
    }
  });

  test('uses every kind of fault and every harm, given enough seeds', () => {
    const struck = new Set<string>();
    for (let seed = 0; seed < 60; seed++) {
      const world = played({ seed: `all ${seed}`, faults: swarm(`all ${seed}`), duration: span.until });
      for (const name of Object.keys(world.struck)) struck.add(name);
    }
    const kinds = ['crash', 'restart', 'pause.ioBlock', 'pause.freeze', 'slow', 'clock', 'partition', 'block'];
    const harms = ['loss', 'burst', 'duplicate', 'reorder', 'corrupt', 'truncate', 'delay', 'bytesPerSecond'];
    const effects = ['refuse', 'reset', 'stall', 'half-open'];
    expect([...struck]).toEqual(
      expect.arrayContaining([
        ...kinds,
        ...harms.map((name) => `link.${name}`),
        ...effects.map((name) => `stream.${name}`),
      ]),
    );
  });
});
