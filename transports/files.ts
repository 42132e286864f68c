import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FileFailed } from '../core/ports/files.ts';
import type { Files } from '../core/ports/files.ts';
import { fileFailed } from './file-failed.ts';

/** The files of this machine. */
export function nodeFiles(): Files {
  return new NodeFiles();
}

class NodeFiles implements Files {
  /** The last write that was asked for, by path. */
  readonly #writes = new Map<string, Promise<void>>();
  /** Paths beside which nothing is left of writers that were killed. */
  readonly #swept = new Set<string>();

  async read(path: string): Promise<Uint8Array> {
    try {
      return new Uint8Array(await readFile(path));
    } catch (error) {
      throw fileFailed(path, 'read', error);
    }
  }

  async list(folder: string): Promise<string[]> {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      const names = await Promise.all(
        entries.map(async (entry) => {
          // Mounted configuration and secrets are links.
          const isFile = entry.isSymbolicLink() ? await leadsToFile(join(folder, entry.name)) : entry.isFile();
          return isFile ? [entry.name] : [];
        }),
      );
      return names.flat().toSorted((a, b) => (a < b ? -1 : 1));
    } catch (error) {
      throw fileFailed(folder, 'list', error);
    }
  }

  async remove(path: string): Promise<void> {
    const key = resolve(path);
    await Promise.allSettled([this.#writes.get(key)]);
    try {
      await rm(key, { force: true });
    } catch (error) {
      throw fileFailed(path, 'remove', error);
    }
  }

  async write(path: string, content: Uint8Array): Promise<void> {
    const key = resolve(path);
    const bytes = content.slice();
    const before = this.#writes.get(key);
    // Whoever asked for the write before hears of its failure; this one goes ahead.
    const write = Promise.allSettled([before]).then(() => this.#replace(key, bytes));
    this.#writes.set(key, write);
    try {
      await write;
    } catch (error) {
      throw fileFailed(path, 'write', error);
    } finally {
      if (this.#writes.get(key) === write) this.#writes.delete(key);
    }
  }

  async #replace(path: string, bytes: Uint8Array): Promise<void> {
    await makeFolder(dirname(path));
    if (!this.#swept.has(path)) await sweep(path);
    this.#swept.add(path);
    await replace(path, bytes);
  }

  watch(path: string, intervalMs: number, onChange: (content: Uint8Array | FileFailed) => void): () => void {
    let stopped = false;
    let known: string | undefined;
    let timer: NodeJS.Timeout | undefined;

    // Small files are cheaper to read than to reason about: times and sizes miss quick changes and swapped links.
    const look = async (): Promise<void> => {
      const found = await this.read(path).catch((error: FileFailed) => error);
      if (stopped) return;
      timer = setTimeout(() => void look(), intervalMs).unref();
      const fingerprint = found instanceof FileFailed ? found.message : digest(found);
      const changed = known !== undefined && known !== fingerprint;
      known = fingerprint;
      if (changed) onChange(found);
    };

    void look();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }
}

async function leadsToFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Step by step, because Node's own `recursive` never returns where the system says of an existing folder that it is missing. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await mkdir(path).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again;
    });
  }
}

/** How the unfinished content of a file is called. */
const temporaryOf = (path: string): { folder: string; prefix: string } => ({
  folder: dirname(path),
  prefix: `.${basename(path)}.`,
});
const SUFFIX = '.tmp';
/** Whatever is being written now is younger. */
const ABANDONED_MS = 60_000;

/** Takes away what writers of this file left behind when they were killed. */
async function sweep(path: string): Promise<void> {
  const { folder, prefix } = temporaryOf(path);
  const left = (await readdir(folder)).filter((name) => name.startsWith(prefix) && name.endsWith(SUFFIX));
  for (const name of left) {
    const file = join(folder, name);
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(file, { force: true });
  }
}

/**
 * The new content is complete on the disk before it takes the name, and the name is on the disk before this returns.
 * The other file is in the same folder because only inside one file system is a rename atomic.
 */
async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const { folder, prefix } = temporaryOf(path);
  const temporary = join(folder, `${prefix}${randomUUID()}${SUFFIX}`);
  try {
    await writeThrough(temporary, bytes);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
