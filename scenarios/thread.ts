import type { Worker } from 'node:worker_threads';
import type { TraceRecord } from '../simulator/trace.ts';
import type { EventRange } from '../simulator/trace.ts';
import type { CodeIdentity } from './code.ts';
import { startModule } from './module-thread.ts';
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
  | { readonly kind: 'unplayable'; readonly index: number; readonly how: string }
  | { readonly kind: 'kept'; readonly kept: readonly (readonly TraceRecord[])[] }
  | { readonly kind: 'failed'; readonly message: string };

export function startThread(setup: ThreadSetup): Worker {
  return startModule(new URL('worker', import.meta.url), setup);
}
