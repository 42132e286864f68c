import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { swarmSchedule } from '../../simulator/faults/swarm.ts';
import { firstDifference } from '../../simulator/trace-difference.ts';
import type { TraceRecord } from '../../simulator/trace.ts';
import { World, type WorldOptions } from '../../simulator/world.ts';
import { chatter, NAMES, played } from './chatter.ts';

const SECOND = 1_000_000;
const chaos = (seed: string): Fault[] =>
  swarmSchedule(seededRandom(seed), NAMES, { from: 5 * SECOND, until: 50 * SECOND });

describe('a world', () => {
  test('has the same hash every time it is played, also after another world in the same process', () => {
    const faults = chaos('a-b-a');
    const first = played({ faults });
    const other = played({ faults, seed: 'another' });
    const again = played({ faults });
    expect(first.counters.datagramsDelivered).toBeGreaterThan(100);
    expect(again.hash).toBe(first.hash);
    expect(again.counters).toEqual(first.counters);
    expect(other.hash).not.toBe(first.hash);
  });

  test.each(Array.from({ length: 12 }, (_, seed) => `swarm ${seed}`))(
    'has the same hash in reference, wire and debug mode under %s',
    (seed) => {
      const faults = chaos(seed);
      const reference = played({ seed, faults });
      expect(played({ seed, faults, mode: 'wire' }).hash).toBe(reference.hash);
      expect(played({ seed, faults, debug: true }).hash).toBe(reference.hash);
      expect(played({ seed, faults, mode: 'wire', debug: true }).counters).toEqual(reference.counters);
    },
  );

  test('has another hash when a single delivery moves by a microsecond', () => {
    const plain = played();
    for (const nth of [0, 17, 200]) {
      const shifted = played({ shiftDelivery: { nth, by: 1 } });
      expect(shifted.hash).not.toBe(plain.hash);
    }
  });

  test('has the same hash whether or not somebody watches', () => {
    const heard: TraceRecord[] = [];
    const faults = chaos('watched');
    const watched = played({ faults, onTrace: (record) => heard.push(record), keep: { from: 10, to: 20 } });
    expect(watched.hash).toBe(played({ faults }).hash);
    expect(heard).toHaveLength(watched.trace.events);
    expect(watched.trace.kept).toEqual(heard.slice(10, 20));
  });

  test('has the same hash when it is played asynchronously', async () => {
    const world = new World({
      seed: 'chatter',
      hosts: NAMES.map((name) => ({ name, program: chatter(NAMES) })),
      faults: [],
      duration: 60 * SECOND,
    });
    await world.runAsync(() => Promise.reject(new Error('no program is asynchronous')));
    expect(world.hash).toBe(played().hash);
  });
});

describe('taking one fault out of a schedule', () => {
  /** What the network did to the packets of the hosts that the removed fault does not touch. */
  const fates = (faults: readonly Fault[]): string[] => {
    const records: string[] = [];
    const options: Partial<WorldOptions> = {
      faults,
      onTrace: ({ kind, at, host, peer, detail }) => {
        if ((kind === 'deliver' || kind === 'lost') && host !== 'f' && peer !== 'f') {
          records.push([kind, at, host, peer, detail].join(' '));
        }
      },
    };
    const world = new World({
      seed: 'independent',
      // f says nothing and is told nothing, so what befalls it can reach nobody else.
      hosts: NAMES.map((name) => ({ name, program: name === 'f' ? () => {} : chatter(NAMES.slice(0, 5)) })),
      duration: 30 * SECOND,
      ...options,
      faults,
    });
    world.run();
    return records;
  };

  test('leaves every other draw as it was', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.nat(1000), (seed, salt) => {
        const shared: Fault[] = [
          { id: 'loss', kind: 'link', at: SECOND, for: 20 * SECOND, loss: [1, 3], duplicate: [1, 5] },
          { id: 'slow', kind: 'link', at: 0, for: 25 * SECOND, reorder: { chance: [1, 4], by: 5000 } },
        ];
        const gone: Fault[] = [
          { id: `gone ${seed} ${salt}`, kind: 'link', at: 0, for: 29 * SECOND, from: ['f'], to: ['f'], loss: [1, 2] },
          { id: 'crash', kind: 'crash', at: 3 * SECOND + salt, hosts: ['f'] },
          { id: 'restart', kind: 'restart', at: 9 * SECOND, hosts: ['f'], keepStore: true, newAddress: true },
        ];
        expect(fates([...gone, ...shared])).toEqual(fates(shared));
      }),
      { numRuns: 10 },
    );
  });

  test('leaves the harms of another fault on the same packets as they were', () => {
    const loss: Fault = { id: 'loss', kind: 'link', at: 0, for: 30 * SECOND, loss: [1, 3] };
    const duplicate: Fault = { id: 'duplicate', kind: 'link', at: 0, for: 30 * SECOND, duplicate: [1, 2] };
    const lost = (faults: Fault[]): string[] => fates(faults).filter((fate) => fate.startsWith('lost'));
    // Pings are sent whatever happens, so those that are lost must be the same ones.
    expect(lost([loss, duplicate]).length).toBeGreaterThan(20);
    const pings = lost([loss]);
    const withDuplicates = new Set(lost([loss, duplicate]));
    expect(pings.filter((fate) => withDuplicates.has(fate)).length).toBe(pings.length);
  });
});

describe('where two runs part', () => {
  const run = (options: Partial<WorldOptions>): World => played({ duration: 300 * SECOND, ...options });

  test('is found by bisection, then to the event', () => {
    const shift: Partial<WorldOptions> = { shiftDelivery: { nth: 900, by: 1 } };
    const rough = firstDifference(run({}).trace, run(shift).trace);
    expect(rough?.event).toBeUndefined();
    expect(rough?.within.from).toBeGreaterThan(1000);
    const keep = rough!.within;
    const exact = firstDifference(run({ keep }).trace, run({ ...shift, keep }).trace);
    expect(exact?.within).toEqual(keep);
    expect(exact!.event).toBeGreaterThanOrEqual(keep.from);
    expect(exact!.event).toBeLessThan(keep.to);
    expect(exact?.right?.at).toBe(exact!.left!.at + 1);
    expect(exact?.left?.kind).toBe('deliver');
  });

  test('is nowhere when they are the same', () => {
    expect(firstDifference(run({}).trace, run({}).trace)).toBeUndefined();
  });

  test('is the end of the shorter one when it stops early', () => {
    const keep = { from: 0, to: 1_000_000 };
    const [long, short] = [run({ keep }), run({ keep, duration: 200 * SECOND })];
    const difference = firstDifference(long.trace, short.trace);
    expect(difference?.event).toBe(short.trace.events);
    expect([difference?.left?.event, difference?.right]).toEqual([short.trace.events, undefined]);
  });

  test('names an event that a draw from outside the seed decided', () => {
    let outside = 1;
    const unfaithful = (): World => {
      outside++;
      const program = chatter(NAMES);
      const world = new World({
        seed: 'unfaithful',
        hosts: NAMES.map((name) => ({
          name,
          program: (host) => {
            if (name === 'c') host.clock.after(7 * SECOND + outside, () => host.emit({ type: 'unseeded' }));
            return program(host);
          },
        })),
        faults: [],
        duration: 20 * SECOND,
        keep: { from: 0, to: 1024 },
      });
      world.run();
      return world;
    };
    const difference = firstDifference(unfaithful().trace, unfaithful().trace);
    expect([difference?.left?.host, difference?.left?.at]).toEqual(['c', 7 * SECOND + 2]);
  });
});
