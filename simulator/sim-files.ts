import { MILLISECOND } from '../core/ports/clock.ts';
import { FileFailed, type FileProblem, type Files } from '../core/ports/files.ts';
import type { Host } from './program.ts';

/** What is at one path now, and what was there before. */
interface Kept {
  readonly content: Uint8Array;
  readonly before: Uint8Array | undefined;
}

/** Files by their paths: the disk of a host, or one that several hosts share. */
export class Disk {
  readonly #files = new Map<string, Kept>();
  readonly #folders = new Set<string>();

  read(path: string): Uint8Array | undefined {
    return this.#files.get(plain(path))?.content;
  }

  /** What the file held before it was last written. */
  readBefore(path: string): Uint8Array | undefined {
    return this.#files.get(plain(path))?.before;
  }

  /** False when a folder is in its place, or a file is in the place of one of its folders. */
  write(path: string, content: Uint8Array): boolean {
    const key = plain(path);
    const above = foldersOf(key);
    if (this.#folders.has(key) || above.some((folder) => this.#files.has(folder))) return false;
    for (const folder of above) this.#folders.add(folder);
    this.#files.set(key, { content: content.slice(), before: this.#files.get(key)?.content });
    return true;
  }

  remove(path: string): void {
    this.#files.delete(plain(path));
  }

  isFolder(path: string): boolean {
    return this.#folders.has(plain(path));
  }

  /** Names of the files in a folder; undefined when there is no such folder. */
  list(folder: string): string[] | undefined {
    if (!this.isFolder(folder)) return undefined;
    const within = `${plain(folder)}/`;
    const paths = [...this.#files.keys()].filter((path) => path.startsWith(within));
    const names = paths.map((path) => path.slice(within.length)).filter((name) => !name.includes('/'));
    return names.toSorted((a, b) => (a < b ? -1 : 1));
  }
}

function plain(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}

function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) folders.push(path.slice(0, end));
  return folders;
}

/**
 * What may happen to the files of a host, by the effect of a `service` fault on it. `files-missing`: what is mounted has
 * gone. `files-torn`: somebody else is in the middle of writing, and not atomically. `files-rolled-back`: reads give what
 * a file held before it was last written, as from a replica that lags or a backup that was put back.
 */
export const FILE_EFFECTS = ['files-full', 'files-denied', 'files-missing', 'files-torn', 'files-rolled-back'] as const;
type FileEffect = (typeof FILE_EFFECTS)[number];

const DISK = 'disk';

/** Files of a simulated host: on a disk that survives crashes, or below the folders of `mounts` on disks of others. */
export function simulatedFiles(host: Host, mounts: Readonly<Record<string, Disk>> = {}): Files {
  const own = (): Disk => {
    const disk = host.store.get(DISK);
    if (disk instanceof Disk) return disk;
    const fresh = new Disk();
    host.store.set(DISK, fresh);
    return fresh;
  };
  const diskOf = (path: string): Disk => {
    const mount = Object.keys(mounts).find((folder) => path.startsWith(`${folder}/`) || path === folder);
    return mount === undefined ? own() : mounts[mount]!;
  };
  const suffers = (effect: FileEffect): boolean => {
    const suffering = host.suffers(effect);
    suffering?.strike();
    return suffering !== undefined;
  };
  const fail = (path: string, problem: FileProblem, words: string): FileFailed =>
    new FileFailed(path, problem, `${path}: ${words}.`);

  const readNow = (path: string): Uint8Array => {
    const disk = diskOf(path);
    if (suffers('files-denied')) throw fail(path, 'denied', 'permission denied');
    if (suffers('files-missing')) throw fail(path, 'missing', 'no such file');
    if (disk.isFolder(path)) throw fail(path, 'other', 'it is a folder');
    const before = disk.readBefore(path);
    const content = before !== undefined && suffers('files-rolled-back') ? before : disk.read(path);
    if (content === undefined) throw fail(path, 'missing', 'no such file');
    return suffers('files-torn') ? content.slice(0, Math.floor(content.length / 2)) : content.slice();
  };

  return {
    read: async (path) => readNow(path),
    async list(folder) {
      if (suffers('files-denied')) throw fail(folder, 'denied', 'permission denied');
      const names = suffers('files-missing')
        ? undefined
        : (diskOf(folder).list(folder) ?? (plain(folder) in mounts ? [] : undefined));
      if (names === undefined) throw fail(folder, 'missing', 'no such folder');
      return names;
    },
    async write(path, content) {
      if (suffers('files-full')) throw fail(path, 'full', 'no space is left');
      if (suffers('files-denied')) throw fail(path, 'denied', 'permission denied');
      if (!diskOf(path).write(path, content)) throw fail(path, 'other', 'a folder or a file is in its way');
    },
    async remove(path) {
      if (suffers('files-denied')) throw fail(path, 'denied', 'permission denied');
      diskOf(path).remove(path);
    },
    watch(path, intervalMs, onChange) {
      const look = (): Uint8Array | FileFailed => {
        try {
          return readNow(path);
        } catch (error) {
          if (error instanceof FileFailed) return error;
          throw error;
        }
      };
      let known: Uint8Array | FileFailed = look();
      let stopped = false;
      const again = (): void => {
        host.clock.after(intervalMs * MILLISECOND, () => {
          if (stopped) return;
          const found = look();
          const changed = !isSame(known, found);
          known = found;
          if (changed) onChange(found);
          if (!stopped) again();
        });
      };
      again();
      return () => {
        stopped = true;
      };
    },
  };
}

function isSame(one: Uint8Array | FileFailed, other: Uint8Array | FileFailed): boolean {
  if (one instanceof FileFailed || other instanceof FileFailed) {
    return one instanceof FileFailed && other instanceof FileFailed && one.message === other.message;
  }
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
