import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fast, lan, settingsOf } from '../../core/membership/settings.ts';
import {
  fitLogarithm,
  serfSeconds,
  swimDetectionSeconds,
  swimInfectionSeconds,
  swimMessagesPerSecond,
} from '../../scenarios/sweep/curves.ts';

describe('the fitted curve', () => {
  test('is found again where points lie on it, and explains all of them', () => {
    const value = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(value, value, (a, b) => {
        const fit = fitLogarithm([8, 32, 100, 1_000].map((x) => ({ x, y: a + b * Math.log(x) })));
        expect(fit.a).toBeCloseTo(a, 6);
        expect(fit.b).toBeCloseTo(b, 6);
        if (Math.abs(b) > 1e-3) expect(fit.r2).toBeCloseTo(1, 6);
      }),
    );
  });

  test('explains a part of what scatters', () => {
    // ln x is 0, 1, 2: the line of least squares through 0, 3, 3 is 0.5 + 1.5 ln x.
    const fit = fitLogarithm([0, 3, 3].map((y, exponent) => ({ x: Math.E ** exponent, y })));
    expect(fit.a).toBeCloseTo(0.5, 12);
    expect(fit.b).toBeCloseTo(1.5, 12);
    expect(fit.r2).toBeCloseTo(0.75, 12);
  });
});

describe('the lines of theory', () => {
  test("SWIM's infection obeys its differential equation", () => {
    const at = (share: number) => swimInfectionSeconds(lan, 1_000, share);
    for (const share of [0.01, 0.3, 0.5, 0.99]) {
      const step = 1e-6;
      const slope = (2 * step) / (at(share + step) - at(share - step));
      // dx/dt = (2/n) x (n - x), in shares of n, and with a period of one second.
      expect(slope).toBeCloseTo(2 * share * (1 - share), 6);
    }
    expect(at(1 / 1_000)).toBeCloseTo(0, 12);
  });

  test("Serf's formula gives its published rounds, at the pace of the settings", () => {
    expect([30, 100, 1_000].map((size) => serfSeconds(lan, size, 0.99))).toEqual([1.2, 1.4, 1.6].map(close));
    expect(serfSeconds(fast, 1_000, 0.99)).toBeCloseTo(0.8, 9);
  });

  test('a crash is found in e/(e - 1) periods and declared after the suspicion', () => {
    expect(swimDetectionSeconds(lan, 1_000)).toBeCloseTo(1.582 + 12, 3);
    expect(swimDetectionSeconds(settingsOf('lan', { probeIntervalMs: 2_000 }), 1_000)).toBeCloseTo(2 * 13.582, 3);
  });

  test('two messages fall to each member in a period', () => {
    expect([lan, fast].map(swimMessagesPerSecond)).toEqual([2, 4]);
  });
});

function close(value: number): unknown {
  return expect.closeTo(value, 9);
}
