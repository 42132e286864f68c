import { readFile } from 'node:fs/promises';
import { RollcallError } from '../core/errors.ts';

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
};

/** A configuration file and where it was read from, for `readConfig`. */
export async function configFile(path: string): Promise<{ path: string; text: string }> {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    throw new RollcallError('CONFIG_UNREADABLE', `The configuration ${path} cannot be read: ${whyUnreadable(error)}.`, {
      cause: error,
    });
  }
}

/** Why a file could not be read, in words for whoever named it. */
export function whyUnreadable(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return PROBLEMS[code] ?? message;
}
