import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TimerWheel } from '../../simulator/wheel.ts';

const TWO_TO_32 = 4_294_967_296;
const DAY = 86_400_000_000;

/** What the wheel must equal: a list that is searched anew each time. */
class NaiveQueue {
  readonly #entries: { id: number; time: number; order: number }[] = [];
  #order = 0;

  schedule(id: number, time: number): void {
    this.#entries.push({ id, time, order: this.#order++ });
  }

  cancel(id: number): boolean {
    const index = this.#entries.findIndex((entry) => entry.id === id);
    if (index >= 0) this.#entries.splice(index, 1);
    return index >= 0;
  }

  pop(limit: number): { id: number; time: number } | undefined {
    const [first] = this.#entries.toSorted((a, b) => a.time - b.time || a.order - b.order);
    if (first === undefined || first.time > limit) return undefined;
    this.cancel(first.id);
    return first;
  }
}

const delay = fc.oneof(
  fc.constantFrom(0, 1, 2047, 2048, 4_194_303, 4_194_304, TWO_TO_32 - 1, TWO_TO_32, TWO_TO_32 + 1),
  fc.nat(10),
  fc.nat(5000),
  fc.nat(10_000_000),
  fc.integer({ min: 0, max: 40 * DAY }),
);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('schedule' as const), delay }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('pop' as const), ahead: delay }) },
);

describe('the timing wheel', () => {
  test('hands out ids in the order of time, then insertion, as a sorted list does', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1_999, TWO_TO_32 - 5000, TWO_TO_32 - 1, 30 * DAY),
        fc.array(step, { maxLength: 120 }),
        (start, steps) => {
          const [wheel, naive] = [new TimerWheel(4), new NaiveQueue()];
          let now = start;
          let ids = 0;
          for (const action of steps) {
            if (action.kind === 'schedule') {
              if (ids === wheel.capacity) wheel.grow(ids * 2);
              wheel.schedule(ids, now + action.delay);
              naive.schedule(ids++, now + action.delay);
            } else if (action.kind === 'cancel') {
              const id = action.which % (ids + 1);
              if (id < ids) expect(wheel.cancel(id)).toBe(naive.cancel(id));
            } else {
              const expected = naive.pop(now + action.ahead);
              const popped = wheel.pop(now + action.ahead);
              expect(popped).toBe(expected?.id ?? -1);
              if (expected !== undefined) expect(wheel.timeOf(popped)).toBe(expected.time);
              now = expected?.time ?? now + action.ahead;
            }
          }
          for (let left = wheel.size; left >= 0; left--) {
            expect(wheel.pop(Number.MAX_SAFE_INTEGER)).toBe(naive.pop(Infinity)?.id ?? -1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('crosses 2^32 microseconds with pending, cancelled and same-tick timers', () => {
    const wheel = new TimerWheel(8);
    wheel.schedule(0, TWO_TO_32 + 7);
    wheel.schedule(1, TWO_TO_32 - 1);
    wheel.schedule(2, TWO_TO_32);
    wheel.schedule(3, TWO_TO_32 + 7);
    wheel.schedule(4, TWO_TO_32);
    expect(wheel.cancel(4)).toBe(true);
    expect(wheel.cancel(4)).toBe(false);
    expect([wheel.pop(TWO_TO_32), wheel.pop(TWO_TO_32)]).toEqual([1, 2]);
    wheel.schedule(5, TWO_TO_32 + 7);
    expect(wheel.pop(TWO_TO_32 + 6)).toBe(-1);
    expect([wheel.pop(DAY), wheel.pop(DAY), wheel.pop(DAY), wheel.pop(DAY)]).toEqual([0, 3, 5, -1]);
  });

  test('jumps over thirty idle days, and keeps microseconds apart at their end', () => {
    const wheel = new TimerWheel(4);
    wheel.schedule(0, 30 * DAY + 1);
    wheel.schedule(1, 30 * DAY);
    expect(wheel.pop(30 * DAY - 1)).toBe(-1);
    wheel.schedule(2, 30 * DAY - 1);
    expect([wheel.pop(31 * DAY), wheel.pop(31 * DAY), wheel.pop(31 * DAY)]).toEqual([2, 1, 0]);
  });

  test('a limit leaves room for what is scheduled between it and the next event', () => {
    const wheel = new TimerWheel(4);
    wheel.schedule(0, 1_000_000);
    expect(wheel.pop(5000)).toBe(-1);
    wheel.schedule(1, 5001);
    expect([wheel.pop(2_000_000), wheel.pop(2_000_000)]).toEqual([1, 0]);
  });

  test('refuses times that a number cannot hold exactly', () => {
    expect(() => new TimerWheel(1).schedule(0, Number.POSITIVE_INFINITY)).toThrow('2^53');
    expect(() => new TimerWheel(1).schedule(0, Number.NaN)).toThrow('2^53');
  });
});
