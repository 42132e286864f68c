import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../errors.ts';

/** Test runners look for `.test`; `.mjs` is an ES module in every package. */
const ENDING = '.test.mjs';

/** Where a regression shall stand: in a folder under its own name, or in a file of its own. */
export type Destination = { readonly folder: string } | { readonly file: string };

export interface Place {
  readonly path: string;
  readonly name: string;
}

/** Where it may stand, in the order to try: whoever was here first keeps the name, and the next one gets a number. */
export function* placesFor(destination: Destination, name: string): Generator<Place> {
  const path = 'file' in destination ? resolve(destination.file) : join(resolve(destination.folder), name + ENDING);
  const ending = /(\.test)?\.mjs$/.exec(path)?.[0];
  if (ending === undefined) {
    throw new UsageError(
      'INVALID_OPTION',
      `${path}: a regression file is an ES module. Let its name end in ${ENDING}.`,
    );
  }
  const stem = path.slice(0, -ending.length);
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `-${number}`;
    yield { path: stem + suffix + ending, name: name + suffix };
  }
}

/** Says before a long search what would go wrong after it. */
export function prepare(destination: Destination): void {
  for (const { path } of placesFor(destination, 'any')) {
    return attempt(path, () => {
      makeFolder(dirname(path));
      accessSync(dirname(path), constants.W_OK);
    });
  }
}

/** Never takes the place of another file, even if it came in the meantime. */
export function writeNew(path: string, text: string): void {
  attempt(path, () => {
    makeFolder(dirname(path));
    writeFileSync(path, text, { flag: 'wx' });
  });
}

function attempt(path: string, task: () => void): void {
  try {
    task();
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError('UNWRITABLE_FILE', `${path} cannot be written: ${problem}. Give another path.`, { cause });
  }
}

/** One level after the other: asked to make several levels below /proc, Node never returns. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}
