import { describe, expect, test } from 'vitest';
import { type Clock, MILLISECOND } from '../../core/ports/clock.ts';

export interface ClockSetup {
  readonly clock: Clock;
  /** Lets at least this much time pass, and everything run that is due by then. */
  advance(micros: number): Promise<void> | void;
}

/** What every implementation of the Clock port does. Waits are short: a real clock takes them at their word. */
export function clockContract(name: string, create: () => ClockSetup): void {
  describe(`${name} keeps the contract of Clock`, () => {
    test('time is a whole number of microseconds that never goes back', async () => {
      const { clock, advance } = create();
      const before = clock.now();
      await advance(MILLISECOND);
      expect(Number.isSafeInteger(before)).toBe(true);
      expect(clock.now()).toBeGreaterThanOrEqual(before + MILLISECOND);
      expect(clock.wallTime()).toBeGreaterThan(1_577_836_800_000);
    });

    test('a timer runs once, not before its time, and never inside after()', async () => {
      const { clock, advance } = create();
      const ran: number[] = [];
      const due = clock.now() + 2 * MILLISECOND;
      clock.after(2 * MILLISECOND, () => ran.push(clock.now()));
      expect(ran).toEqual([]);
      await advance(6 * MILLISECOND);
      await advance(4 * MILLISECOND);
      expect(ran).toHaveLength(1);
      expect(ran[0]).toBeGreaterThanOrEqual(due);
    });

    test('timers run by due time, and in the order of setting when due together', async () => {
      const { clock, advance } = create();
      const ran: string[] = [];
      clock.after(4 * MILLISECOND, () => ran.push('late'));
      for (const label of ['first', 'second', 'third']) clock.after(0, () => ran.push(label));
      clock.after(2 * MILLISECOND, () => ran.push('early'));
      await advance(10 * MILLISECOND);
      expect(ran).toEqual(['first', 'second', 'third', 'early', 'late']);
    });

    test('a delay of nothing, or less, runs later but soon', async () => {
      const { clock, advance } = create();
      const ran: string[] = [];
      clock.after(-5, () => {
        ran.push('outer');
        clock.after(0, () => ran.push('inner'));
        ran.push('still outer');
      });
      await advance(5 * MILLISECOND);
      expect(ran).toEqual(['outer', 'still outer', 'inner']);
    });

    test('a cancelled timer does not run, whoever cancels it and however often', async () => {
      const { clock, advance } = create();
      const ran: string[] = [];
      const first = clock.after(MILLISECOND, () => ran.push('cancelled at once'));
      const third = clock.after(3 * MILLISECOND, () => ran.push('cancelled by another'));
      clock.after(2 * MILLISECOND, () => clock.cancel(third));
      clock.after(4 * MILLISECOND, () => ran.push('kept'));
      clock.cancel(first);
      clock.cancel(first);
      await advance(10 * MILLISECOND);
      expect(ran).toEqual(['kept']);
    });

    test('cancelling what ran, or never was, harms no later timer', async () => {
      const { clock, advance } = create();
      const ran: string[] = [];
      const old = clock.after(0, () => ran.push('old'));
      await advance(3 * MILLISECOND);
      clock.after(MILLISECOND, () => ran.push('new'));
      clock.cancel(old);
      clock.cancel(0);
      clock.cancel(987_654_321);
      await advance(6 * MILLISECOND);
      expect(ran).toEqual(['old', 'new']);
    });

    test('handles are never 0', () => {
      const { clock } = create();
      const timer = clock.after(MILLISECOND, () => {});
      expect(timer).not.toBe(0);
      clock.cancel(timer);
    });
  });
}
