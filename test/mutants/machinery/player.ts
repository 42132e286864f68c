import { writeSync } from 'node:fs';
import type { Play, PlayerReport, PlayOrder } from './suite.ts';
import { fulfil } from './suite.ts';

/** The whole of a player process: takes its order from the command line and reports on standard output. */
export async function servePlays(plays: readonly Play[]): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '{}') as PlayOrder;
  // Written at once, past any buffer: when the next run hangs, the parent must know which one it is.
  const say = (report: PlayerReport) => writeSync(process.stdout.fd, `${JSON.stringify(report)}\n`);
  say({ type: 'ready' });
  await fulfil(plays, order, say);
  process.exit(0);
}
