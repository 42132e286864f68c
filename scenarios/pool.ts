import type { Worker } from 'node:worker_threads';
import { RollcallError } from '../core/errors.ts';
import type { CodeIdentity } from './code.ts';
import { UsageError } from './errors.ts';
import type { PlayListener, Player, Task } from './player.ts';
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
  /** Runs out when what is played hangs. */
  watchdog: NodeJS.Timeout | undefined;
  hung: boolean;
  hasPlayed: boolean;
  problem: string;
}

/** What a call of `play` needs to hear. */
interface Game {
  readonly tasks: readonly Task[];
  readonly listener: PlayListener;
  next: number;
  /** What dead threads left undone: it comes first. */
  readonly returned: Task[];
  /** How many threads this game is worth. */
  readonly count: number;
  end(how: () => void): void;
}

/**
 * Worker threads that play tasks. One that dies costs the run that it was playing, and no other. They wait for the next
 * tasks until they are stopped: whoever made the pool stops it. With patience, a run that plays for longer is given up
 * like one that kills its thread.
 */
export function workerPool(
  workers: number,
  files: readonly string[],
  code: CodeIdentity,
  patienceSeconds?: number,
): Player {
  const limit = new SharedArrayBuffer(4);
  const last = new Int32Array(limit);
  last[0] = NO_LIMIT;
  const hands = new Set<Hand>();
  const idle = new Set<Hand>();
  let game: Game | undefined;
  let stopped = false;
  let started = 0;

  const feed = (hand: Hand, { tasks, returned, count }: Game) => {
    const size = Math.max(1, Math.min(MAX_BATCH, Math.floor((tasks.length - game!.next) / (count * 8))));
    const given = returned.length > 0 ? returned.splice(0) : tasks.slice(game!.next, (game!.next += size));
    hand.batch = given.filter(({ index }) => index <= last[0]!);
    if (hand.batch.length > 0) hand.thread.postMessage({ kind: 'batch', tasks: hand.batch } satisfies ToThread);
    else {
      idle.add(hand);
      if (idle.size === hands.size) game!.end(() => {});
    }
  };
  const close = (hand: Hand, index: number): Task | undefined => {
    const task = hand.playing;
    clearTimeout(hand.watchdog);
    hand.playing = undefined;
    hand.batch = hand.batch.filter((other) => other.index !== index);
    hand.hasPlayed = true;
    return task;
  };
  const hear = (hand: Hand, message: FromThread) => {
    if (message.kind === 'idle') {
      if (game === undefined) idle.add(hand);
      else feed(hand, game);
    } else if (message.kind === 'begun') {
      hand.playing = hand.batch.find(({ index }) => index === message.index);
      if (patienceSeconds !== undefined) hand.watchdog = setTimeout(giveUp, patienceSeconds * 1000, hand);
    } else if (message.kind === 'done') {
      close(hand, message.done.index);
      game?.listener.onDone(message.done);
    } else if (message.kind === 'unplayable') {
      const task = close(hand, message.index);
      if (task !== undefined) game?.listener.onLost({ task, how: message.how });
    } else if (message.kind === 'failed') {
      game?.end(() => {
        throw new UsageError('UNPLAYABLE', message.message);
      });
    }
  };
  const giveUp = (hand: Hand) => {
    hand.hung = true;
    void hand.thread.terminate();
  };
  const bury = (hand: Hand) => {
    clearTimeout(hand.watchdog);
    if (stopped || !hands.delete(hand)) return;
    idle.delete(hand);
    if (game === undefined) return;
    const { playing: task, batch, problem, hung } = hand;
    // Its successor would fare no better.
    if (task === undefined && !hand.hasPlayed) {
      return game.end(() => {
        throw new WorkerDied(problem);
      });
    }
    game.returned.push(...batch.filter((one) => one !== task));
    const how = hung ? `still playing after ${patienceSeconds} s` : `its worker thread died: ${problem}`;
    if (task !== undefined) game.listener.onLost({ task, how });
    enlist();
  };
  const enlist = () => {
    const hand: Hand = {
      thread: startThread({ files, code, limit }),
      batch: [],
      hasPlayed: false,
      playing: undefined,
      watchdog: undefined,
      hung: false,
      problem: DIED,
    };
    hands.add(hand);
    hand.thread.on('message', (message: FromThread) => !stopped && hear(hand, message));
    hand.thread.on('error', (error) => (hand.problem = error.message));
    hand.thread.on('exit', () => bury(hand));
  };

  return {
    get workers() {
      return started;
    },
    get playing() {
      return [...hands].flatMap(({ playing }) => playing ?? []);
    },
    async play(tasks, listener) {
      const count = Math.min(workers, tasks.length);
      started = Math.max(started, count);
      if (count === 0 || stopped) return;
      try {
        await new Promise<void>((resolve, reject) => {
          const end = (how: () => void) => {
            game = undefined;
            try {
              how();
              resolve();
            } catch (error) {
              reject(error as Error);
            }
          };
          game = { tasks, listener, next: 0, returned: [], count, end };
          const waiting = [...idle];
          idle.clear();
          for (let missing = count - hands.size; missing > 0; missing -= 1) enlist();
          for (const hand of waiting) if (game !== undefined) feed(hand, game);
        });
      } finally {
        if (!stopped) last[0] = NO_LIMIT;
      }
    },
    limit(index) {
      last[0] = Math.min(last[0]!, index);
    },
    stop() {
      stopped = true;
      last[0] = -1;
      for (const { thread, watchdog } of hands) {
        clearTimeout(watchdog);
        void thread.terminate();
      }
      game?.end(() => {});
    },
  };
}

/** A run that plays for so long on any machine hangs: for searches, which would otherwise wait for it for ever. */
export const PATIENCE_SECONDS = 120;

const NO_LIMIT = 0x7fffffff;

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
