import { accessSync, appendFileSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../scenarios/errors.ts';

/**
 * Makes sure that a file can be written, and makes the folders that it needs: nobody shall wait for a suite whose
 * results would be lost.
 */
export function prepareFile(file: string): void {
  const path = resolve(file);
  attempt(file, () => {
    if (!existsSync(path)) return prepareFolder(dirname(path));
    if (statSync(path).isDirectory()) throw new Error('it is a folder');
    accessSync(path, constants.W_OK);
  });
}

export function writeText(file: string, text: string): void {
  attempt(file, () => writeFileSync(file, text));
}

export function appendText(file: string, text: string): void {
  attempt(file, () => appendFileSync(file, text));
}

/** One level after the other: asked to make several levels below /proc, Node never returns. */
function prepareFolder(folder: string): void {
  if (!existsSync(folder)) {
    prepareFolder(dirname(folder));
    mkdirSync(folder);
  } else if (!statSync(folder).isDirectory()) throw new Error(`${folder} is not a folder`);
  else accessSync(folder, constants.W_OK);
}

function attempt(file: string, task: () => void): void {
  try {
    task();
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError('UNWRITABLE_FILE', `${file} cannot be written: ${problem}. Give another path.`, { cause });
  }
}
