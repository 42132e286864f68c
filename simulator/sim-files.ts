import { MILLISECOND } from '../core/ports/clock.ts';
import { FileFailed, type FileProblem, type Files } from '../core/ports/files.ts';
import type { Host } from './program.ts';

/** Files by their paths: the disk of a host, or one that several hosts share. */
export class Disk {
  readonly #files = new Map<string, Uint8Array>();

  read(path: string): Uint8Array | undefined {
    return this.#files.get(path);
  }

  write(path: string, content: Uint8Array): void {
    this.#files.set(path, content.slice());
  }

  remove(path: string): void {
    this.#files.delete(path);
  }

  /** Names of the files in a folder; undefined when there is no such folder. */
  list(folder: string): string[] | undefined {
    const within = `${folder.replace(/\/$/, '')}/`;
    const paths = [...this.#files.keys()].filter((path) => path.startsWith(within));
    if (paths.length === 0) return undefined;
    const names = paths.map((path) => path.slice(within.length)).filter((name) => !name.includes('/'));
    return names.toSorted((a, b) => (a < b ? -1 : 1));
  }
}

/** What may happen to the files of a host, by the effect of a `service` fault on it. */
export const FILE_EFFECTS = ['files-full', 'files-denied', 'files-missing', 'files-torn'] as const;
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
    if (suffers('files-denied')) throw fail(path, 'denied', 'permission denied');
    const content = diskOf(path).read(path);
    if (content === undefined || suffers('files-missing')) throw fail(path, 'missing', 'no such file');
    // Somebody else is in the middle of writing, and not atomically.
    return suffers('files-torn') ? content.slice(0, Math.floor(content.length / 2)) : content.slice();
  };

  return {
    read: async (path) => readNow(path),
    async list(folder) {
      if (suffers('files-denied')) throw fail(folder, 'denied', 'permission denied');
      const names = diskOf(folder).list(folder);
      if (names === undefined) throw fail(folder, 'missing', 'no such folder');
      return names;
    },
    async write(path, content) {
      if (suffers('files-full')) throw fail(path, 'full', 'no space is left');
      if (suffers('files-denied')) throw fail(path, 'denied', 'permission denied');
      diskOf(path).write(path, content);
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
