import { parentPort, workerData } from 'node:worker_threads';
import { RollcallError } from '../core/errors.ts';
import type { TraceRecord } from '../simulator/trace.ts';
import type { Catalogue } from './catalogue.ts';
import { openCatalogue } from './catalogue.ts';
import { dataInWords } from './data-in-words.ts';
import { installGuards } from './guards.ts';
import { playWorld } from './play.ts';
import { isUnplayableEdit, playTask } from './player.ts';
import type { Task } from './player.ts';
import type { FromThread, KeptTask, ThreadSetup, ToThread } from './thread.ts';

const { files, code, limit } = workerData as ThreadSetup;
const last = new Int32Array(limit);

function tell(message: FromThread): void {
  parentPort!.postMessage(message);
}

async function playBatch(tasks: readonly Task[], catalogue: Catalogue): Promise<void> {
  for (const task of tasks) {
    if (task.index > Atomics.load(last, 0)) continue;
    tell({ kind: 'begun', index: task.index });
    try {
      tell({ kind: 'done', done: await playTask(task, catalogue.find(task.scenario), code) });
    } catch (error) {
      if (!isUnplayableEdit(error, task)) throw error;
      tell({ kind: 'unplayable', index: task.index, how: error.message });
    }
  }
  tell({ kind: 'idle' });
}

async function playHistory(tasks: readonly KeptTask[], catalogue: Catalogue): Promise<void> {
  const kept: TraceRecord[][] = [];
  for (const { scenario, seed, mode, keep } of tasks) {
    const options = { mode, code, ...(keep === undefined ? {} : { keep }) };
    const { world } = await playWorld(catalogue.find(scenario), seed, options);
    // What a program emitted may hold what no message between threads can carry.
    kept.push(
      world.trace.kept.map((record) => ({
        ...record,
        data: record.kind === 'emit' ? dataInWords(record.data) : undefined,
      })),
    );
  }
  tell({ kind: 'kept', kept });
}

function tellFailure(error: unknown): void {
  // A stack only where the mistake is not the user's.
  const text = error instanceof Error && !(error instanceof RollcallError) ? error.stack : undefined;
  tell({ kind: 'failed', message: text ?? (error instanceof Error ? error.message : String(error)) });
}

try {
  installGuards();
  const catalogue = await openCatalogue(files);
  // One message at a time: the next batch comes only after `idle`.
  parentPort!.on('message', ({ kind, tasks }: ToThread) => {
    const play = kind === 'batch' ? playBatch : playHistory;
    play(tasks, catalogue).catch(tellFailure);
  });
  tell({ kind: 'idle' });
} catch (error) {
  tellFailure(error);
}
