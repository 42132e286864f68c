import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

/** This process ends with us, however we end. */
export function endWithUs(child: ChildProcess): void {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

/** Kills every process that was started and still runs. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}
