import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';

const hasSerf = spawnSync('serf', ['version'], { timeout: 10_000 }).status === 0;
const REASON = 'skipped, because the program serf is not installed';

/** A group of tests that need the `serf` program: without it they are skipped, and say so. */
export function describeWithSerf(title: string, body: () => void): void {
  if (!hasSerf) console.warn(`${title}: ${REASON}`);
  describe.skipIf(!hasSerf)(hasSerf ? title : `${title} (${REASON})`, body);
}
