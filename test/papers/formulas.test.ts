import { describe, expect, test } from 'vitest';
import { serfRounds, serfShare } from '../../scenarios/papers/serf-formula.ts';
import {
  DETECTION_LIMIT,
  detectionAtRandom,
  detectionInTurn,
  falseDetection,
  suspicionInTurn,
  suspicionPeriods,
} from '../../scenarios/papers/swim-formulas.ts';

describe('the closed forms of SWIM', () => {
  test('the first detection of a crash takes the periods that the paper expects', () => {
    const sizes = [8, 16, 32, 56];
    expect(sizes.map((size) => Number(detectionAtRandom(size).toFixed(3)))).toEqual([1.515, 1.551, 1.567, 1.574]);
    expect(detectionAtRandom(100_000)).toBeCloseTo(DETECTION_LIMIT, 4);
  });

  test('members that pick in turn detect no later than members that pick at random, and alike in large groups', () => {
    for (const size of [3, 8, 16, 56]) expect(detectionInTurn(size)).toBeLessThan(detectionAtRandom(size));
    expect(detectionInTurn(200)).toBeCloseTo(detectionAtRandom(200), 2);
  });

  test('two members take one round, and between half a period and one and a half for a suspicion', () => {
    expect(detectionInTurn(2)).toBe(1);
    // The only other one pings at a random moment of the first period, and waits for a whole one.
    expect(suspicionInTurn(2)).toBeCloseTo(1.5, 12);
  });

  test('false detections under loss are those of the paper, to three digits', () => {
    const table = [1, 5, 10, 20].map((percent) =>
      [1, 3].map((k) => falseDetection(1 - percent / 100, k).toPrecision(3)),
    );
    expect(table).toEqual([
      ['0.00124', '0.00000193'],
      ['0.0286', '0.000984'],
      ['0.103', '0.0122'],
      ['0.336', '0.117'],
    ]);
  });

  test('suspicions last 9, 12 and 15 periods, with steps at 20 and 54 members', () => {
    expect([7, 19, 20, 53, 54, 147].map(suspicionPeriods)).toEqual([9, 9, 12, 12, 15, 15]);
  });
});

describe("Serf's convergence formula", () => {
  test.each([
    [30, [3, 6, 9, 8, 11]],
    [100, [4, 7, 10, 9, 13]],
    [1_000, [5, 8, 11, 11, 16]],
    [10_000, [7, 10, 13, 13, 19]],
    [100_000, [8, 11, 14, 15, 22]],
  ])('for %i members takes the published rounds', (size, published) => {
    const rounds = [
      ...[0.5, 0.99, 0.9999].map((share) => serfRounds({ size }, share)),
      ...[0.25, 0.5].map((loss) => serfRounds({ size, loss }, 0.99)),
    ];
    expect(rounds).toEqual(published);
  });

  test('only ever grows, and failed members are contacts lost like packets', () => {
    const shares = Array.from({ length: 20 }, (_, round) => serfShare({ size: 100 }, round));
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(serfShare({ size: 100, failed: 0.25 }, 5)).toBe(serfShare({ size: 100, loss: 0.25 }, 5));
    expect(serfShare({ size: 100, fanout: 6 }, 5)).toBe(serfShare({ size: 100 }, 10));
  });
});
