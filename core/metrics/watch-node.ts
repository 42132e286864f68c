import type { Meter } from '../ports/meter.ts';
import { METRICS } from './metrics.ts';
import type { Watched } from './watched.ts';

/** Declares every metric of a node that is read when somebody collects. */
export function watchNode(meter: Meter, watched: Watched): void {
  for (const { name, kind, help, read } of METRICS) meter[kind](name, help, () => read(watched));
}
