import { RollcallError } from '../../core/errors.ts';
import { startModule } from '../module-thread.ts';
import type { Call } from './experiment.ts';

export interface ToLab {
  readonly index: number;
  readonly experiment: string;
  readonly argument: unknown;
}

export type FromLab =
  | { readonly kind: 'ready' }
  | { readonly kind: 'measured'; readonly index: number; readonly measured: unknown }
  | { readonly kind: 'failed'; readonly message: string };

class ExperimentFailed extends RollcallError {
  constructor(message: string) {
    super('EXPERIMENT_FAILED', `An experiment failed: ${message}`);
  }
}

export interface LabOptions {
  readonly workers: number;
  /** Hears how many calls are done. */
  onDone?(done: number, planned: number): void;
  /** Aborting gives up what is under way: the answer is undefined. */
  readonly signal?: AbortSignal;
}

/**
 * Makes all calls, each in whichever thread is free, and returns what they measured in the order of the calls: the
 * same whatever the number of threads. Calls are begun in their order, so that long ones belong at the front.
 */
export function measureAll<Argument, Measured>(
  calls: readonly Call<Argument, Measured>[],
  { workers, onDone, signal }: LabOptions,
): Promise<Measured[] | undefined> {
  const measured: Measured[] = [];
  const threads: ReturnType<typeof startModule>[] = [];
  let next = 0;
  let done = 0;
  return new Promise<Measured[] | undefined>((resolve, reject) => {
    if (calls.length === 0) return resolve([]);
    if (signal?.aborted === true) return resolve(undefined);
    signal?.addEventListener('abort', () => resolve(undefined), { once: true });
    const feed = (thread: (typeof threads)[number]) => {
      const call = calls[next];
      if (call === undefined) return;
      const { experiment, argument } = call;
      thread.postMessage({ index: next++, experiment: experiment.name, argument } satisfies ToLab);
    };
    for (let count = Math.min(workers, calls.length); count > 0; count -= 1) {
      const thread = startModule(new URL('worker', import.meta.url), undefined);
      threads.push(thread);
      thread.on('error', reject);
      thread.on('exit', () => reject(new ExperimentFailed('its thread ended by itself.')));
      thread.on('message', (message: FromLab) => {
        if (message.kind === 'failed') return reject(new ExperimentFailed(message.message));
        if (message.kind === 'measured') {
          measured[message.index] = message.measured as Measured;
          done += 1;
          onDone?.(done, calls.length);
          if (done === calls.length) return resolve(measured);
        }
        feed(thread);
      });
    }
  }).finally(() => Promise.all(threads.map((thread) => thread.terminate())));
}
