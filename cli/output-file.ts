import {
  accessSync,
  appendFileSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../scenarios/errors.ts';
import { whyUnreadable } from '../transports/config-file.ts';

/**
 * Makes sure that a file can be written, and makes the folders that it needs: nobody shall wait for a suite whose
 * results would be lost.
 */
export function prepareFile(file: string): void {
  const path = resolve(file);
  attempt(file, () => {
    if (file === '') throw new Error('its path is empty');
    if (!existsSync(path)) return makeFolder(dirname(path));
    if (statSync(path).isDirectory()) throw new Error('it is a folder');
    accessSync(path, constants.W_OK);
  });
}

/** Makes a folder into which files may be written later. */
export function prepareFolder(folder: string): void {
  attempt(folder, () => makeFolder(resolve(folder)));
}

export function writeText(file: string, text: string): void {
  attempt(file, () => writeFileSync(file, text));
}

export function writeBytes(file: string, bytes: Uint8Array): void {
  attempt(file, () => writeFileSync(file, bytes));
}

export function appendText(file: string, text: string): void {
  attempt(file, () => appendFileSync(file, text));
}

/** Whoever reads the file finds the old content or the new one; who may read it stays as it was. */
export function replaceText(file: string, text: string): void {
  attempt(file, () => {
    const path = existsSync(file) ? realpathSync(file) : resolve(file);
    const draft = `${path}.${process.pid}.tmp`;
    try {
      writeFileSync(draft, text, { flag: 'wx', flush: true });
      if (existsSync(path)) chmodSync(draft, statSync(path).mode);
      renameSync(draft, path);
    } finally {
      rmSync(draft, { force: true });
    }
  });
}

/** A file that its owner alone may read. Never takes the place of another one. */
export function makeSecretFile(file: string, text: string): void {
  attempt(file, () => writeFileSync(file, text, { flag: 'wx', mode: 0o600, flush: true }));
}

export function textIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UsageError('UNREADABLE_FILE', `${file} cannot be read: ${whyUnreadable(cause)}. Give another path.`, {
      cause,
    });
  }
}

/** One level after the other: asked to make several levels below /proc, Node never returns. */
function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    makeFolder(dirname(folder));
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
