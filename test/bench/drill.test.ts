import { describe, expect, onTestFinished, test } from 'vitest';
import { detectionBound } from '../../bench/node/bound.ts';
import { Drill, type DrillPlan, type DrillResult } from '../../bench/node/drill.ts';
import { simulatedDrill } from '../../bench/node/simulated-drill.ts';
import { socketSeats } from '../../bench/node/socket-seats.ts';
import { settingsOf } from '../../core/membership/settings.ts';
import { seededRandom } from '../../core/random.ts';
import { systemClock } from '../../transports/clock.ts';

const NODES = 20;
const plan: DrillPlan = { formations: 1, kills: 1, killedAtOnce: 3 };
const settings = settingsOf('fast', { probeIntervalMs: 100, probeTimeoutMs: 50, gossipIntervalMs: 20 });
const bound = detectionBound(settings, NODES, plan.killedAtOnce);

function expectWithinBounds({ formation, firstDetection, detection, rejoin }: DrillResult): void {
  expect(formation).toHaveLength(1);
  expect(rejoin).toHaveLength(1);
  expect(firstDetection[0]).toBeLessThanOrEqual(detection[0]!);
  // Nobody is given up before a probe has failed and the shortest suspicion is over.
  expect(firstDetection[0]).toBeGreaterThan(300_000);
  expect(detection[0]).toBeLessThan(bound.total);
}

describe('nodes that are killed together', () => {
  test('are declared dead everywhere within the bound of the settings, and taken back, on real sockets', async () => {
    const seats = await socketSeats(Array.from({ length: NODES }, (_, i) => `n${i}`));
    onTestFinished(async () => void (await Promise.all(seats.map((seat) => seat.close()))));
    const drill = new Drill({ seats, settings, clock: systemClock(), random: seededRandom('real') });
    const result = await new Promise<DrillResult>((resolve) => drill.run(plan, resolve));
    expectWithinBounds(result);
    expect(result.roundTrips.length).toBeGreaterThan(NODES);
  }, 10_000);

  test('are so in the simulator too, and each time at the same microsecond', () => {
    const play = (seed: string): DrillResult =>
      simulatedDrill({ seed, nodes: NODES, settings, latency: { kind: 'constant', delay: 100 }, plan });
    const once = play('a');
    expectWithinBounds(once);
    expect(play('a')).toEqual(once);
    expect(play('b')).not.toEqual(once);
  });
});

describe('the bound of detection', () => {
  test('grows with the members and with the dead, and says of what it is made', () => {
    expect(bound.total).toBe(bound.probed + bound.turn + bound.suspicion + bound.spread);
    expect(bound.turn).toBe(800_000);
    expect(detectionBound(settings, 2 * NODES, 3).suspicion).toBeGreaterThan(bound.suspicion);
    expect(detectionBound(settings, NODES, 6).probed).toBeGreaterThan(bound.probed);
  });
});
