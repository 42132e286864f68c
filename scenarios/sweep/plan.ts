import type { CodeIdentity } from '../code.ts';
import { loadSweep } from './load.ts';
import type { Parts, SweepResults } from './result.ts';
import { spreadingSweep } from './spreading.ts';
import { measureSweeps, type SweepOptions, type SweepPlan, type Sweeps } from './measure.ts';
import { troubleSweep } from './trouble.ts';

/** Long calls first, so that no thread is left alone with one at the end. */
const SIZES = [1_000, 512, 256, 128, 64, 32, 16, 8];
const PRESETS = ['fast', 'lan'] as const;
const LOSSES = [0, 10, 20, 30, 40, 50];
const SLOW = [1, 2, 4, 8, 16];
const PARTS: readonly Parts[] = ['none', 'probe', 'suspicion', 'buddy', 'all'];

const SWEEPS: Sweeps = { spreading: spreadingSweep, load: loadSweep, trouble: troubleSweep };

const SIZED = SIZES.flatMap((size) => PRESETS.map((preset) => ({ preset, size })));

const PLAN: SweepPlan = {
  spreading: { places: SIZED, seedsAt: ({ size }) => (size >= 1_000 ? 5 : size >= 256 ? 10 : 20) },
  // At rest one run is like another.
  load: { places: SIZED, seedsAt: () => 2 },
  trouble: {
    places: PARTS.flatMap((parts) => [
      ...LOSSES.map((lossPercent) => ({ parts, lossPercent, slow: 0 })),
      ...SLOW.map((slow) => ({ parts, lossPercent: 0, slow })),
    ]),
    seedsAt: () => 12,
  },
};

/** Everything against cluster size, loss and slowness. Undefined when it was given up. */
export function sweepEverything(code: CodeIdentity, options: SweepOptions): Promise<SweepResults | undefined> {
  return measureSweeps(SWEEPS, PLAN, code, options);
}
