import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { built } from '../built.ts';
import { endAll } from './children.ts';
import type { Context } from './context.ts';

export interface Bench<T> {
  readonly heading: string;
  /** The program of its processes, below `bench/`. */
  readonly worker: string;
  readonly parts: Readonly<Record<string, (context: Context) => Promise<T>>>;
  readonly inWords: (result: T) => string;
}

/** Plays the parts that the command line names, or all, and prints each. Whatever ends this process ends its children. */
export async function playParts<T>({ heading, worker, parts, inWords }: Bench<T>): Promise<T[]> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => parts[name] === undefined);
  if (unknown !== undefined) throw new Error(`There is no part ${unknown}. Parts: ${Object.keys(parts).join(', ')}.`);
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
  process.once('exit', () => {
    endAll();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const context: Context = { script: await built(worker, folder), quick: values.quick };
  console.log(`${heading}, Node ${process.version}, ${availableParallelism()} cores`);
  const results: T[] = [];
  for (const name of positionals.length === 0 ? Object.keys(parts) : positionals) {
    const load = loadavg()[0]!.toFixed(1);
    const began = performance.now();
    const result = await parts[name]!(context);
    const took = ((performance.now() - began) / 1_000).toFixed(0);
    console.log(`\n${inWords(result)}\n  (${took} s, load before: ${load})`);
    results.push(result);
  }
  return results;
}
