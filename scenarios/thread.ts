import { Worker } from 'node:worker_threads';
import type { TraceRecord } from '../simulator/trace.ts';
import type { EventRange } from '../simulator/trace.ts';
import type { CodeIdentity } from './code.ts';
import type { Done, Task } from './player.ts';

/** What a worker thread is told at its start. */
export interface ThreadSetup {
  readonly files: readonly string[];
  readonly code: CodeIdentity;
  /** One Int32: the last index that may still be begun. */
  readonly limit: SharedArrayBuffer;
}

/** A play of which some events are wanted whole. */
export interface KeptTask extends Task {
  readonly keep?: EventRange;
}

export type ToThread =
  | { readonly kind: 'batch'; readonly tasks: readonly Task[] }
  /** Plays all of these in order; answers with what was to be kept, play by play. */
  | { readonly kind: 'history'; readonly tasks: readonly KeptTask[] };

export type FromThread =
  | { readonly kind: 'idle' }
  | { readonly kind: 'begun'; readonly index: number }
  | { readonly kind: 'done'; readonly done: Done }
  | { readonly kind: 'kept'; readonly kept: readonly (readonly TraceRecord[])[] }
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Halves the number of collections of short-lived objects against Node's default of 16 MB per half. Measured at 64, 128
 * and 192 on clusters of 100: the same number, and no difference in time.
 */
const YOUNG_GENERATION_MB = 64;

export function startThread(setup: ThreadSetup): Worker {
  const options = { workerData: setup, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } };
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url), options);
  // From source, as the project's own tests play, tsx must stand ready before the worker's first module is read.
  const modules = [import.meta.resolve('tsx/esm/api'), new URL('./worker.ts', import.meta.url).href];
  const [tsx, worker] = modules.map((url) => JSON.stringify(url));
  const bootstrap = `import(${tsx}).then(({ register }) => { register(); return import(${worker}); })`;
  return new Worker(bootstrap, { ...options, eval: true });
}
