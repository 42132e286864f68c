import type { Worker } from 'node:worker_threads';
import { RollcallError } from '../core/errors.ts';
import type { CodeIdentity } from './code.ts';
import { UsageError } from './errors.ts';
import type { Player } from './player.ts';
import type { FromThread, KeptTask, ToThread } from './thread.ts';
import { startThread } from './thread.ts';
import type { TraceRecord } from '../simulator/trace.ts';

/** Large enough that messages between threads cost nothing, small enough that the last batches end together. */
const MAX_BATCH = 50;

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
          if (batch.length > 0) thread.postMessage({ kind: 'batch', tasks: batch } satisfies ToThread);
          else if ((working -= 1) === 0) finish(resolve);
        };
        if (count === 0) resolve();
        for (let index = 0; index < count; index += 1) {
          const thread = startThread({ files, code, limit });
          threads.push(thread);
          thread.on('message', (message: FromThread) => {
            if (message.kind === 'idle') feed(thread);
            else if (message.kind === 'done') onDone(message.done);
            else if (message.kind === 'failed') finish(() => reject(new UsageError('UNPLAYABLE', message.message)));
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

/**
 * Plays these tasks in this order in a thread of their own, where no earlier run has left anything behind, and
 * returns the events that each was asked to keep.
 */
export function playHistory(
  tasks: readonly KeptTask[],
  files: readonly string[],
  code: CodeIdentity,
): Promise<readonly (readonly TraceRecord[])[]> {
  const thread = startThread({ files, code, limit: new SharedArrayBuffer(4) });
  return new Promise<readonly (readonly TraceRecord[])[]>((resolve, reject) => {
    thread.on('message', (message: FromThread) => {
      if (message.kind === 'idle') thread.postMessage({ kind: 'history', tasks } satisfies ToThread);
      else if (message.kind === 'kept') resolve(message.kept);
      else if (message.kind === 'failed') reject(new UsageError('UNPLAYABLE', message.message));
    });
    thread.on('error', (error) => reject(new WorkerDied(error.message)));
  }).finally(() => thread.terminate());
}
