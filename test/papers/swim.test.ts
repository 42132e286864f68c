import { describe, expect, test } from 'vitest';
import { presets } from '../../core/membership/settings.ts';
import { State } from '../../core/wire/messages.ts';
import type { MemberEvent } from '../../simulator/member-events.ts';
import { memberProgram } from '../../simulator/member.ts';
import { World } from '../../simulator/world.ts';

const PERIOD = presets.swim.probeIntervalMs * 1_000;
const CRASH = 30 * PERIOD;

interface Run {
  /** Periods from the crash to the first suspicion. */
  readonly firstDetection: number;
  /** Datagrams sent per member and period before the crash. */
  readonly load: number;
}

function play(n: number, seed: number): Run {
  let first: number | undefined;
  const victim = 'n1';
  const world: World = new World({
    seed: `swim-${seed}`,
    duration: CRASH + 20 * PERIOD,
    latency: { kind: 'constant', delay: 500 },
    faults: [{ id: 'crash', at: CRASH, kind: 'crash', hosts: [victim] }],
    hosts: Array.from({ length: n }, (_, i) => ({
      name: `n${i}`,
      seed: i === 0,
      program: memberProgram({ settings: 'swim' }),
    })),
    invariants: [
      {
        id: 'first',
        words: 'the first suspicion',
        create: (view) => ({
          onEvent: (_host, event) => {
            const seen = event as MemberEvent;
            if (seen.type !== 'transition' || seen.subject !== victim || seen.to !== State.suspect) return;
            first ??= view.now();
          },
        }),
      },
    ],
  });
  world.runUntil(10 * PERIOD);
  const before = world.counters.datagramsSent;
  world.runUntil(CRASH - 1);
  const load = (world.counters.datagramsSent - before) / n / 20;
  world.run();
  return { firstDetection: ((first ?? Number.NaN) - CRASH) / PERIOD, load };
}

describe('the swim preset against the paper of 2002', () => {
  test('every member sends 2 messages per period, whatever the size', () => {
    for (const n of [8, 28, 55]) expect(play(n, 0).load).toBeCloseTo(2, 1);
  });

  test('the first detection takes about e/(e-1) rounds: one more round, of random phase, from crash to suspicion', () => {
    const runs = Array.from({ length: 60 }, (_, seed) => play(28, seed));
    const mean = runs.reduce((sum, run) => sum + run.firstDetection, 0) / runs.length;
    // 1.58 rounds count from the start of a round; with random phases the first ping comes after 0.97 of a period on
    // average and the verdict one period later. Four standard errors of sixty exponential waits are 0.5.
    expect(mean).toBeGreaterThan(1.97 - 0.5);
    expect(mean).toBeLessThan(1.97 + 0.5);
  });
});
