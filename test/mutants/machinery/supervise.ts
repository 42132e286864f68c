import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Kill, PlayerReport, PlayOrder } from './suite.ts';

/** How long one run may take on a busy machine before the mutant counts as hanging. */
const PATIENCE_MS = 90_000;
const HEAP_MEGABYTES = 2_000;

export interface Outcome {
  readonly kills: readonly Kill[];
  readonly runs: number;
  /** The process died before it could play: the reason is on its standard error. */
  readonly unloadable: string | undefined;
}

/** Starts a player, listens to it, and ends it when a run hangs. A hang and a death while playing are kills too. */
export function supervise(script: string, order: PlayOrder, patience = PATIENCE_MS): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=64', `--max-old-space-size=${HEAP_MEGABYTES}`, script, JSON.stringify(order)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const kills: Kill[] = [];
  let playing: { play: string; seed: number } | undefined;
  let ready = false;
  let done = false;
  let hung = false;
  let runs = 0;
  let complaint = '';
  let watchdog: NodeJS.Timeout | undefined;

  const hear = (report: PlayerReport): void => {
    clearTimeout(watchdog);
    if (report.type === 'done') done = true;
    else watchdog = setTimeout(giveUp, patience);
    if (report.type === 'ready') ready = true;
    if (report.type === 'kill') kills.push(report.kill);
    if (report.type === 'shrunk') kills.push({ ...kills.pop()!, shrunk: report.shrunk });
    if (report.type === 'playing') {
      runs += 1;
      playing = report;
    }
  };
  const giveUp = (): void => {
    hung = true;
    child.kill('SIGKILL');
  };

  watchdog = setTimeout(giveUp, patience);
  createInterface({ input: child.stdout }).on('line', (line) => hear(JSON.parse(line) as PlayerReport));
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(watchdog);
      if (!done && playing !== undefined) {
        const { play, seed } = playing;
        kills.push({ play, from: seed, seed, rule: hung ? '(hangs)' : '(process dies)' });
      }
      resolve({ kills, runs, unloadable: ready ? undefined : complaint.trim() || 'the process ended at once.' });
    });
  });
}
