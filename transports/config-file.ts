import { readFile } from 'node:fs/promises';
import { RollcallError } from '../core/errors.ts';

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
};

/** A configuration file and where it was read from, for `readConfig`. */
export async function configFile(path: string): Promise<{ path: string; text: string }> {
  try {
    return { path, text: await readFile(path, 'utf8') };
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const problem = PROBLEMS[code] ?? message;
    throw new RollcallError('CONFIG_UNREADABLE', `The configuration ${path} cannot be read: ${problem}.`, {
      cause: error,
    });
  }
}
