import { pushPullPeriodMs } from '../../core/membership/formulas.ts';
import { presets } from '../../core/membership/settings.ts';
import { SECOND } from '../../core/ports/clock.ts';
import { formedWorld } from '../experiments/formed-world.ts';
import type { LoadPlace, LoadRun } from './result.ts';
import { sweepOf } from './sweep.ts';

/** What the members say of themselves at their start is told by then. */
const SETTLED = 10;

/** What the members of a cluster at rest exchange over one period of their exchanges of state. */
export function restingLoad({ preset, size }: LoadPlace, seed: number): LoadRun {
  const period = periodOf({ preset, size });
  const duration = (SETTLED + period) * SECOND;
  const world = formedWorld({
    seed: `sweep/load ${preset} ${size} ${seed}`,
    size,
    settings: presets[preset],
    duration,
  });
  const { counters } = world;
  const messages = (): number => counters.datagramsDelivered + counters.streamMessages;
  world.runUntil(SETTLED * SECOND);
  const before = { messages: messages(), bytes: counters.bytes };
  world.runUntil(duration);
  const nodeSeconds = size * period;
  return {
    messagesPerNodePerSecond: (messages() - before.messages) / nodeSeconds,
    bytesPerNodePerSecond: (counters.bytes - before.bytes) / nodeSeconds,
  };
}

export const loadSweep = sweepOf(
  'sweep/load',
  (place: LoadPlace) => place.size * (SETTLED + periodOf(place)),
  restingLoad,
);

/** Exchanges of state grow rarer as a cluster grows. */
function periodOf({ preset, size }: LoadPlace): number {
  return pushPullPeriodMs(presets[preset], size) / 1_000;
}
