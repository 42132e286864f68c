import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { built } from '../built.ts';
import { endAll } from '../node/children.ts';
import { datagrams } from './datagrams.ts';
import { memory } from './memory.ts';
import { questions } from './questions.ts';
import { streams } from './streams.ts';
import { partInWords, type Part } from './verdict.ts';

interface Context {
  readonly script: string;
  readonly quick: boolean;
}

const KEY = new Uint8Array(32).fill(42);
const RATE = 20_000;

const PARTS: Readonly<Record<string, (context: Context) => Promise<Part>>> = {
  rate: ({ script, quick }) =>
    datagrams({
      title: 'Malformed datagrams at a steady rate',
      script,
      datagrams: quick ? 100_000 : 1_000_000,
      rate: RATE,
    }),
  full: ({ script, quick }) =>
    datagrams({
      title: 'Malformed datagrams as fast as they can be sent',
      script,
      datagrams: quick ? 200_000 : 1_000_000,
      rate: 0,
    }),
  sealed: ({ script, quick }) =>
    datagrams({
      title: 'The same at a steady rate, in an encrypted cluster',
      script,
      datagrams: quick ? 60_000 : 400_000,
      rate: RATE,
      key: KEY,
    }),
  questions,
  streams: ({ script, quick }) => streams({ script, streams: quick ? 2_000 : 10_000 }),
  memory: ({ script, quick }) => memory(script, quick ? 3 : 10),
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => PARTS[name] === undefined);
  if (unknown !== undefined) throw new Error(`There is no part ${unknown}. Parts: ${Object.keys(PARTS).join(', ')}.`);
  const chosen = positionals.length === 0 ? Object.keys(PARTS) : positionals;
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-hostile-'));
  process.once('exit', () => {
    endAll();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const context: Context = { script: await built('hostile/worker.ts', folder), quick: values.quick };
  console.log(`Rollcall under attack, Node ${process.version}, ${availableParallelism()} cores`);
  let failures = 0;
  for (const name of chosen) {
    const load = loadavg()[0]!.toFixed(1);
    const began = performance.now();
    const part = await PARTS[name]!(context);
    failures += part.verdicts.filter(({ holds }) => !holds).length;
    console.log(
      `\n${partInWords(part)}\n  (${((performance.now() - began) / 1_000).toFixed(0)} s, load before: ${load})`,
    );
  }
  console.log(failures === 0 ? '\nAll requirements hold.' : `\n${failures} requirements FAIL.`);
  process.exitCode = failures === 0 ? 0 : 1;
}

await main();
process.exit();
