import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { built } from '../built.ts';
import { agreement } from './agreement.ts';
import { besideSerf } from './beside-serf.ts';
import { endAll } from './children.ts';
import type { Context } from './context.ts';
import { large } from './large.ts';
import { monitor } from './monitor.ts';

const PARTS: Readonly<Record<string, (context: Context) => Promise<string>>> = {
  large,
  serf: besideSerf,
  monitor,
  agreement,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => PARTS[name] === undefined);
  if (unknown !== undefined) throw new Error(`There is no part ${unknown}. Parts: ${Object.keys(PARTS).join(', ')}.`);
  const chosen = positionals.length === 0 ? Object.keys(PARTS) : positionals;
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
  process.once('exit', () => {
    endAll();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const context: Context = { script: await built('node/worker.ts', folder), quick: values.quick };
  console.log(`Rollcall nodes on real sockets, Node ${process.version}, ${availableParallelism()} cores`);
  for (const name of chosen) {
    const began = performance.now();
    const load = loadavg()[0]!.toFixed(1);
    const text = await PARTS[name]!(context);
    console.log(`\n${text}\n  (${((performance.now() - began) / 1_000).toFixed(0)} s, load before: ${load})`);
  }
}

await main();
process.exit();
