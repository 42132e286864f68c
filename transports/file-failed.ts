import { FileFailed } from '../core/ports/files.ts';
import type { FileProblem } from '../core/ports/files.ts';

interface Explanation {
  readonly problem: FileProblem;
  /** What happened, and what to do about it. */
  readonly words: string;
}

const NO_FOLDER: Explanation = {
  problem: 'other',
  words: 'a part of the path that should be a folder is a file. Check the path.',
};

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOENT: { problem: 'missing', words: 'nothing is there. Check the path.' },
  EACCES: { problem: 'denied', words: 'this user may not. Change the owner or mode of the file and its folders.' },
  EPERM: { problem: 'denied', words: 'the system forbids it. Check owner, attributes and mount options.' },
  EROFS: { problem: 'denied', words: 'the file system is read-only. Mount it writable, or use another folder.' },
  ENOSPC: { problem: 'full', words: 'no space is left. Free some; what was there before is untouched.' },
  EDQUOT: { problem: 'full', words: "this user's quota is used up. Free some; what was there before is untouched." },
  EFBIG: {
    problem: 'full',
    words: 'it would exceed the size limit for files. Raise it; the old content is untouched.',
  },
  EISDIR: { problem: 'other', words: 'it is a folder. Name a file.' },
  ENOTDIR: NO_FOLDER,
  // From making the folders above the file.
  EEXIST: NO_FOLDER,
};

/** Why `path` could not be read or written, from what the system said. */
export function fileFailed(path: string, verb: 'read' | 'list' | 'write' | 'remove', cause: unknown): FileFailed {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const { problem, words } = EXPLANATIONS[code] ?? { problem: 'other', words: message };
  const said = code === '' || words === message ? '' : ` (${code})`;
  return new FileFailed(path, problem, `Cannot ${verb} ${path}: ${words}${said}`, { cause });
}
