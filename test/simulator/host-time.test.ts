import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HostTime } from '../../simulator/host-time.ts';

const ppm = fc.integer({ min: -500_000, max: 500_000 });
const time = fc.integer({ min: 0, max: 2_592_000_000_000 });

describe('the time of a host', () => {
  test('never goes back, whatever its drift and however often that changes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(10_000_000), ppm, fc.integer()), { maxLength: 10 }), (changes) => {
        const clock = new HostTime(0);
        let world = 0;
        let before = clock.local(0);
        for (const [later, drift, jump] of changes) {
          for (const at of [world, world + Math.floor(later / 2), world + later]) {
            expect(clock.local(at)).toBeGreaterThanOrEqual(before);
            before = clock.local(at);
          }
          world += later;
          clock.adjust(world, jump, drift);
          expect(clock.local(world)).toBe(before);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('world() is the first moment at which local time is reached, over thirty days', () => {
    fc.assert(
      fc.property(ppm, fc.nat(1_000_000), time, (drift, start, local) => {
        const clock = new HostTime(0);
        clock.adjust(start, 0, drift);
        const world = clock.world(start + local);
        expect(clock.local(world)).toBeGreaterThanOrEqual(start + local);
        if (world > start) expect(clock.local(world - 1)).toBeLessThan(start + local);
      }),
      { numRuns: 300 },
    );
  });

  test('drift is exact: 100 ppm fast is 8.64 s a day', () => {
    const clock = new HostTime(0);
    clock.adjust(0, 0, 100);
    expect(clock.local(86_400_000_000)).toBe(86_408_640_000);
  });

  test('a jump moves the wall clock alone', () => {
    const clock = new HostTime(1_000_000);
    clock.adjust(5000, -700_000, 0);
    expect(clock.local(5000)).toBe(5000);
    expect(clock.wallMs(5000)).toBe(300_005);
  });
});
