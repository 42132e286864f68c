import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
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

  async read(path: string): Promise<Uint8Array> {
    try {
      return new Uint8Array(await readFile(path));
    } catch (error) {
      throw fileFailed(path, 'read', error);
    }
  }

  async write(path: string, content: Uint8Array): Promise<void> {
    const key = resolve(path);
    const bytes = content.slice();
    const before = this.#writes.get(key);
    // Whoever asked for the write before hears of its failure; this one goes ahead.
    const write = Promise.allSettled([before]).then(() => replace(path, bytes));
    this.#writes.set(key, write);
    try {
      await write;
    } catch (error) {
      throw fileFailed(path, 'write', error);
    } finally {
      if (this.#writes.get(key) === write) this.#writes.delete(key);
    }
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

/**
 * The new content is complete on the disk before it takes the name, and the name is on the disk before this returns.
 * The other file is in the same folder because only inside one file system is a rename atomic.
 */
async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${randomUUID()}.tmp`);
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
