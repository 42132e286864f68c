import { identifyCode } from '../../scenarios/code.ts';
import { sweepEverything } from '../../scenarios/sweep/plan.ts';
import type { SweepResults } from '../../scenarios/sweep/result.ts';
import { sweepJson } from '../../reports/index.ts';
import { sweepLine } from '../../reports/sweep/live.ts';
import { prepareFile, replaceText } from '../output-file.ts';
import { progressOn } from '../progress.ts';
import { SWEEP_FILE } from '../results-files.ts';

/** Measures everything against cluster size, loss and slowness, and keeps it. Undefined when somebody interrupts. */
export async function sweepNow(workers: number): Promise<SweepResults | undefined> {
  prepareFile(SWEEP_FILE);
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  // Once: who asks twice wants out at once.
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const progress = progressOn(process.stderr, process.env);
  const began = performance.now();
  try {
    const results = await sweepEverything(identifyCode(), {
      workers,
      onProgress: (share) => progress.show(sweepLine(share, (performance.now() - began) / 1_000)),
      signal: interruption.signal,
    });
    if (results !== undefined) replaceText(SWEEP_FILE, sweepJson(results));
    return results;
  } finally {
    progress.clear();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
