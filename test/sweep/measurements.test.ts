import { describe, expect, test } from 'vitest';
import { restingLoad } from '../../scenarios/sweep/load.ts';
import type { SpreadingRun } from '../../scenarios/sweep/result.ts';
import { spread } from '../../scenarios/sweep/spreading.ts';
import { troubled } from '../../scenarios/sweep/trouble.ts';

describe('a change and a crash in a cluster that is well', () => {
  const place = { preset: 'fast', size: 16 } as const;
  const run = spread(place, 1) as { [K in keyof SpreadingRun]: number };

  test('are known to more and more members', () => {
    expect(run.knownToHalf).toBeGreaterThan(0);
    expect(run.knownTo99).toBeGreaterThanOrEqual(run.knownToHalf);
    expect(run.knownToAll).toBeGreaterThanOrEqual(run.knownTo99);
    expect(run.knownToAll).toBeLessThan(1_000_000);
    expect(run.firstDetection).toBeGreaterThan(run.suspected);
    expect(run.detection).toBeGreaterThanOrEqual(run.firstDetection);
    expect(run.detection).toBeLessThan(8_000_000);
  });

  test('go the same way for the same seed, and another one for another', () => {
    expect(spread(place, 1)).toEqual(run);
    expect(spread(place, 2)).not.toEqual(run);
  });
});

test('members at rest take part in two messages a period, and in an exchange of state now and then', () => {
  const { messagesPerNodePerSecond, bytesPerNodePerSecond } = restingLoad({ preset: 'fast', size: 16 }, 1);
  expect(messagesPerNodePerSecond).toBeGreaterThan(4);
  expect(messagesPerNodePerSecond).toBeLessThan(4.3);
  expect(bytesPerNodePerSecond).toBeGreaterThan(100);
});

describe('a cluster that is not well', () => {
  test('calls nobody dead but the crashed one while nothing is wrong', () => {
    const run = troubled({ parts: 'none', lossPercent: 0, slow: 0 }, 1);
    expect(run).toMatchObject({ falsePositivesPerNodeHour: 0, falsePositivesAtHealthyPerNodeHour: 0 });
    expect(run.detection! / 1_000_000).toBeGreaterThan(7.5);
    expect(run.detection).toBeGreaterThan(run.firstDetection!);
  });

  test('calls fewer of the living dead with the parts of Lifeguard than without, at four of ten packets lost', () => {
    const [none, all] = (['none', 'all'] as const).map((parts) => troubled({ parts, lossPercent: 40, slow: 0 }, 1));
    expect(none!.falsePositivesPerNodeHour).toBeGreaterThan(20 * all!.falsePositivesPerNodeHour);
    // Nobody is slow: everybody is healthy.
    expect(none!.falsePositivesAtHealthyPerNodeHour).toBe(none!.falsePositivesPerNodeHour);
  });

  test('with slow members too, most of whose errors are their own', () => {
    const place = { lossPercent: 0, slow: 4 };
    const [suspicion, all] = (['suspicion', 'all'] as const).map((parts) => troubled({ parts, ...place }, 1));
    expect(suspicion!.falsePositivesPerNodeHour).toBeGreaterThan(5 * all!.falsePositivesPerNodeHour);
    expect(suspicion!.falsePositivesAtHealthyPerNodeHour).toBeLessThan(suspicion!.falsePositivesPerNodeHour / 2);
    expect(all!.detection).not.toBeNull();
  });
});
