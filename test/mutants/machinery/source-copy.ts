import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import type { Mutant } from './mutant.ts';
import { mutate, UnusableMutant } from './mutant.ts';

/** The tree that mutants are made of. */
export interface SourceTree {
  readonly root: string;
  /** Files and folders that are copied. */
  readonly parts: readonly string[];
  /** A module that calls `servePlays`, relative to the root. */
  readonly entry: string;
}

/** A mutated copy of the tree, built into one file that plays it. */
export interface PlayerBuild {
  readonly script: string;
  remove(): void;
}

/** Copies the tree, applies the mutant (none for the true code) and builds the player. The original is only read. */
export async function buildPlayer(tree: SourceTree, mutant?: Mutant): Promise<PlayerBuild> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-mutant-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    for (const part of tree.parts) {
      cpSync(join(tree.root, part), join(folder, part), {
        recursive: true,
        filter: (source) => basename(source) !== 'node_modules',
      });
    }
    symlinkSync(join(tree.root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    if (mutant !== undefined) applyTo(folder, mutant);
    // A folder deep, as the source is: what looks for files beside its own module finds those of the copy.
    const script = join(folder, 'player', 'main.mjs');
    await build({
      entryPoints: [join(folder, tree.entry)],
      outfile: script,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'silent',
    });
    return { script, remove };
  } catch (error) {
    remove();
    if (mutant === undefined || error instanceof UnusableMutant) throw error;
    throw new UnusableMutant(mutant.name, `the mutated source does not build. ${String(error)}`);
  }
}

function applyTo(folder: string, mutant: Mutant): void {
  const path = join(folder, mutant.file);
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch {
    throw new UnusableMutant(mutant.name, `there is no file ${mutant.file} in the copied source.`);
  }
  writeFileSync(path, mutate(mutant, source));
}
