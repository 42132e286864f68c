import { describe, expect, test } from 'vitest';
import { ceilLog, ln, log10, log2 } from '../../core/fixed-log.ts';
import {
  confirmationsNeeded,
  pushPullPeriodMs,
  retransmitLimit,
  suspicionMaxMs,
  suspicionMinMs,
  suspicionTotalMs,
} from '../../core/membership/formulas.ts';
import { lifeguard, presets, settingsOf, swim } from '../../core/membership/settings.ts';

const { lan, wan, local } = presets;

describe('logarithms without Math.log', () => {
  test('agree with the platform to ten decimals', () => {
    for (let x = 1; x < 200_000; x += 1 + Math.floor(x / 37)) {
      expect(log2(x)).toBeCloseTo(Math.log2(x), 10);
      expect(ln(x)).toBeCloseTo(Math.log(x), 10);
      expect(log10(x)).toBeCloseTo(Math.log10(x), 10);
    }
  });

  test('round up exactly at powers of the base', () => {
    expect([1, 2, 9, 10, 11, 100, 101, 1_000, 1_001].map((x) => ceilLog(10, x))).toEqual([0, 1, 1, 1, 2, 2, 3, 3, 4]);
  });
});

describe('the published formulas', () => {
  test('suspicion lasts multiplier * log10(n) * interval, to the millisecond', () => {
    for (const settings of [lan, wan, local]) {
      for (let n = 1; n <= 5_000; n += 7) {
        const thousandths = Math.floor(Math.max(1, Math.log10(n)) * 1_000);
        const expected = (settings.suspicionMultiplier * thousandths * settings.probeIntervalMs) / 1_000;
        expect(suspicionMinMs(settings, n)).toBe(expected);
        expect(suspicionMaxMs(settings, n)).toBe(6 * expected);
      }
    }
    expect(suspicionMinMs(lan, 1_000)).toBe(12_000);
    expect(suspicionMinMs(local, 2)).toBe(3_000);
  });

  test('a suspicion shrinks with the logarithm of its confirmations', () => {
    const at = (c: number): number => suspicionTotalMs(5_000, 30_000, 3, c);
    for (const c of [0, 1, 2, 3]) {
      expect(at(c)).toBe(Math.max(5_000, Math.floor(30_000 - 25_000 * (Math.log(c + 1) / Math.log(4)) + 1e-9)));
    }
    expect(at(9)).toBe(5_000);
    expect(suspicionTotalMs(5_000, 30_000, 0, 2)).toBe(5_000);
  });

  test('small clusters wait for no confirmation that nobody could give', () => {
    expect([2, 3, 4, 100].map((n) => confirmationsNeeded(lan, n))).toEqual([0, 0, 2, 2]);
    expect([3, 4, 5, 128].map((n) => confirmationsNeeded(lifeguard, n))).toEqual([0, 0, 3, 3]);
  });

  test('updates are sent multiplier * ceil(log10(n + 1)) times', () => {
    expect([1, 9, 10, 99, 100, 128, 1_000].map((n) => retransmitLimit(lan, n))).toEqual([4, 4, 8, 8, 12, 12, 16]);
  });

  test('push/pull slows down at the 33rd and the 65th node', () => {
    expect([1, 32, 33, 64, 65, 128, 1_000].map((n) => pushPullPeriodMs(lan, n) / 30_000)).toEqual([
      1, 1, 2, 2, 3, 3, 6,
    ]);
  });

  test('swim suspects for 3 * ceil(ln(n + 1)) periods: 9 up to 19 members, 12 up to 53, 15 from 54', () => {
    const periods = (n: number): number => suspicionMinMs(swim, n) / swim.probeIntervalMs;
    expect([8, 19, 20, 53, 54, 56].map(periods)).toEqual([9, 9, 12, 12, 15, 15]);
    expect(retransmitLimit(swim, 28)).toBe(12);
  });
});

describe('settings', () => {
  test('refuse what cannot work and say what is allowed', () => {
    expect(() => settingsOf('lan', { probeIntervalMs: 0 })).toThrow(/probeIntervalMs is 0, but must be a whole number/);
    expect(() => settingsOf('lan', { probeTimeoutMs: 2_000 })).toThrow(/at most probeIntervalMs/);
    expect(() => settingsOf('lan', { gossipNodes: 1.5 })).toThrow(/gossipNodes is 1.5/);
    expect(() => settingsOf('lan', { suspicionConfirmations: -1 })).toThrow(/suspicionConfirmations/);
  });

  test('every preset is valid', () => {
    for (const name of Object.keys(presets) as (keyof typeof presets)[])
      expect(settingsOf(name)).toEqual(presets[name]);
  });
});
