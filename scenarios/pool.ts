import type { Worker } from 'node:worker_threads';
import { RollcallError } from '../core/errors.ts';
import type { CodeIdentity } from './code.ts';
import { UsageError } from './errors.ts';
import type { Player, Task } from './player.ts';
import type { FromThread, KeptTask, ToThread } from './thread.ts';
import { startThread } from './thread.ts';
import type { TraceRecord } from '../simulator/trace.ts';

/** Large enough that messages between threads cost nothing, small enough that the last batches end together. */
const MAX_BATCH = 50;

class WorkerDied extends RollcallError {
  constructor(problem: string) {
    super('WORKER_DIED', `A worker thread died before it played anything: ${problem}.`);
  }
}

/** A worker thread, and what it has been given and not yet done. */
interface Hand {
  readonly thread: Worker;
  batch: Task[];
  playing: Task | undefined;
  hasPlayed: boolean;
  problem: string;
}

/** Worker threads that play the tasks of one suite. One that dies costs the run that it was playing, and no other. */
export function workerPool(workers: number, files: readonly string[], code: CodeIdentity): Player {
  const limit = new SharedArrayBuffer(4);
  const last = new Int32Array(limit);
  last[0] = 0x7fffffff;
  const hands = new Set<Hand>();
  let started = 0;
  let halt = () => {};
  const terminate = () => {
    for (const { thread } of hands) void thread.terminate();
  };

  return {
    get workers() {
      return started;
    },
    get playing() {
      return [...hands].flatMap(({ playing }) => playing ?? []);
    },
    play(tasks, { onDone, onLost }) {
      const count = Math.min(workers, tasks.length);
      // What dead threads left undone comes first.
      const returned: Task[] = [];
      let next = 0;
      let over = count === 0;
      started = count;
      return new Promise((resolve, reject) => {
        const finish = (end: () => void) => {
          over = true;
          terminate();
          end();
        };
        halt = () => finish(resolve);
        const feed = (hand: Hand) => {
          const size = Math.max(1, Math.min(MAX_BATCH, Math.floor((tasks.length - next) / (count * 8))));
          const given = returned.length > 0 ? returned.splice(0) : tasks.slice(next, (next += size));
          hand.batch = given.filter(({ index }) => index <= last[0]!);
          if (hand.batch.length > 0) {
            hand.thread.postMessage({ kind: 'batch', tasks: hand.batch } satisfies ToThread);
          } else {
            hands.delete(hand);
            void hand.thread.terminate();
            if (hands.size === 0 && !over) finish(resolve);
          }
        };
        const hear = (hand: Hand, message: FromThread) => {
          if (over) return;
          if (message.kind === 'idle') feed(hand);
          else if (message.kind === 'begun') hand.playing = hand.batch.find(({ index }) => index === message.index);
          else if (message.kind === 'done') {
            hand.playing = undefined;
            hand.batch = hand.batch.filter(({ index }) => index !== message.done.index);
            hand.hasPlayed = true;
            onDone(message.done);
          } else if (message.kind === 'failed') finish(() => reject(new UsageError('UNPLAYABLE', message.message)));
        };
        const bury = (hand: Hand) => {
          if (over || !hands.delete(hand)) return;
          const { playing: task, batch, problem } = hand;
          // Its successor would fare no better.
          if (task === undefined && !hand.hasPlayed) return finish(() => reject(new WorkerDied(problem)));
          returned.push(...batch.filter((one) => one !== task));
          if (task !== undefined) onLost({ task, how: `its worker thread died: ${problem}` });
          enlist();
        };
        const enlist = () => {
          const hand: Hand = {
            thread: startThread({ files, code, limit }),
            batch: [],
            hasPlayed: false,
            playing: undefined,
            problem: DIED,
          };
          hands.add(hand);
          hand.thread.on('message', (message: FromThread) => hear(hand, message));
          hand.thread.on('error', (error) => (hand.problem = error.message));
          hand.thread.on('exit', () => bury(hand));
        };
        if (over) resolve();
        for (let index = 0; index < count && !over; index += 1) enlist();
      });
    },
    limit(index) {
      last[0] = Math.min(last[0]!, index);
    },
    stop() {
      last[0] = -1;
      halt();
    },
  };
}

const DIED = 'it ended by itself';

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
