import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');

/** Plain JavaScript in one file, as users run it: the path of the program that begins in this file of `bench`. */
export async function built(entry: string, folder: string): Promise<string> {
  const script = join(folder, 'program.mjs');
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  await build({
    entryPoints: [join(ROOT, 'bench', entry)],
    outfile: script,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  return script;
}
