import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { RollcallError } from '../core/errors.ts';
import type { CodeIdentity } from './code.ts';
import type { Done, Player } from './player.ts';

/** What a worker is told at its start. */
export interface WorkerSetup {
  readonly files: readonly string[];
  readonly code: CodeIdentity;
  /** One Int32: the last index that may still be begun. */
  readonly limit: SharedArrayBuffer;
}

export type FromWorker =
  | { readonly kind: 'idle' }
  | { readonly kind: 'done'; readonly done: Done }
  | { readonly kind: 'failed'; readonly message: string };

/** Large enough that messages between threads cost nothing, small enough that the last batches end together. */
const MAX_BATCH = 50;

/**
 * A run makes many short-lived objects: with Node's default young generation of 16 MB, half the time goes into
 * promoting them. More than this brought nothing.
 */
const YOUNG_GENERATION_MB = 128;

class WorkerDied extends RollcallError {
  constructor(problem: string) {
    super('WORKER_DIED', `A worker thread died: ${problem}. Play with --jobs 1 to see which run it is.`);
  }
}

/** Worker threads that play the tasks of one suite. */
export function workerPool(workers: number, files: readonly string[], code: CodeIdentity): Player {
  const limit = new SharedArrayBuffer(4);
  const last = new Int32Array(limit);
  last[0] = 0x7fffffff;
  const threads: Worker[] = [];

  return {
    workers,
    play(tasks, onDone) {
      const count = Math.min(workers, tasks.length);
      let next = 0;
      let working = count;
      return new Promise((resolve, reject) => {
        const finish = (end: () => void) => {
          for (const thread of threads) void thread.terminate();
          end();
        };
        const feed = (thread: Worker) => {
          const size = Math.max(1, Math.min(MAX_BATCH, Math.floor((tasks.length - next) / (count * 8))));
          const batch = tasks.slice(next, next + size).filter(({ index }) => index <= last[0]!);
          next += size;
          if (batch.length > 0) thread.postMessage(batch);
          else if ((working -= 1) === 0) finish(resolve);
        };
        if (count === 0) resolve();
        for (let index = 0; index < count; index += 1) {
          const thread = startWorker({ files, code, limit });
          threads.push(thread);
          thread.on('message', (message: FromWorker) => {
            if (message.kind === 'idle') feed(thread);
            else if (message.kind === 'done') onDone(message.done);
            else finish(() => reject(new WorkerDied(message.message)));
          });
          thread.on('error', (error) => finish(() => reject(new WorkerDied(error.message))));
          thread.on('exit', () => {
            // Only `stop` may end a thread that still has something to do.
            if (last[0] === -1 || working === 0) resolve();
            else finish(() => reject(new WorkerDied('it ended by itself')));
          });
        }
      });
    },
    limit(index) {
      last[0] = Math.min(last[0]!, index);
    },
    stop() {
      last[0] = -1;
      for (const thread of threads) void thread.terminate();
    },
  };
}

function startWorker(setup: WorkerSetup): Worker {
  const source = import.meta.url.endsWith('.ts');
  return new Worker(new URL(source ? './worker.ts' : './worker.js', import.meta.url), {
    workerData: setup,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    // From source, as the project's own tests play, a thread reads TypeScript through tsx.
    ...(source ? { execArgv: ['--import', tsxUrl()] } : { execArgv: [] }),
  });
}

function tsxUrl(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}
