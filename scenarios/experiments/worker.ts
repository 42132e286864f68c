import { parentPort } from 'node:worker_threads';
import type { FromLab, ToLab } from './lab.ts';
import { experimentNamed } from './table.ts';

function tell(message: FromLab): void {
  parentPort!.postMessage(message);
}

parentPort!.on('message', ({ index, experiment, argument }: ToLab) => {
  try {
    tell({ kind: 'measured', index, measured: experimentNamed(experiment).measure(argument) });
  } catch (error) {
    tell({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
tell({ kind: 'ready' });
