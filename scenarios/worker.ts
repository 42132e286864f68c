import { parentPort, workerData } from 'node:worker_threads';
import { openCatalogue } from './catalogue.ts';
import { installGuards } from './guards.ts';
import { playTask } from './player.ts';
import type { Task } from './player.ts';
import type { FromWorker, WorkerSetup } from './pool.ts';

const { files, code, limit } = workerData as WorkerSetup;
const last = new Int32Array(limit);

function tell(message: FromWorker): void {
  parentPort!.postMessage(message);
}

try {
  installGuards();
  const catalogue = await openCatalogue(files);
  // One batch at a time: the next one comes only after `idle`.
  parentPort!.on('message', (batch: readonly Task[]) => {
    void playBatch(batch).catch((error: unknown) => tell({ kind: 'failed', message: String(error) }));
  });
  tell({ kind: 'idle' });

  async function playBatch(batch: readonly Task[]): Promise<void> {
    for (const task of batch) {
      if (task.index > Atomics.load(last, 0)) continue;
      tell({ kind: 'done', done: await playTask(task, catalogue.find(task.scenario), code) });
    }
    tell({ kind: 'idle' });
  }
} catch (error) {
  tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
}
