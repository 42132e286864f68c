import { describe, expect, test } from 'vitest';
import { FileFailed } from '../../core/ports/files.ts';
import type { Files } from '../../core/ports/files.ts';

interface FilesUnderTest {
  readonly files: Files;
  /** An empty folder, as the beginning of a path. */
  readonly folder: string;
  /** Takes a file away behind the back of `files`. */
  remove(path: string): void;
  /** Lets time pass until the condition holds; fails when it does not within so many milliseconds. */
  until(condition: () => boolean, withinMs: number): Promise<unknown>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (content: Uint8Array): string => new TextDecoder().decode(content);
const INTERVAL_MS = 10;
const LONG_MS = 3000;

/** What every implementation of the Files port does. */
export function filesContract(name: string, create: () => FilesUnderTest): void {
  describe(`${name} keeps the contract of Files`, () => {
    test('what was written is read, byte for byte', async () => {
      const { files, folder } = create();
      const content = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
      await files.write(`${folder}/a`, content);
      expect(await files.read(`${folder}/a`)).toEqual(content);
      await files.write(`${folder}/empty`, new Uint8Array(0));
      expect(await files.read(`${folder}/empty`)).toEqual(new Uint8Array(0));
    });

    test('a write replaces the whole content', async () => {
      const { files, folder } = create();
      await files.write(`${folder}/a`, bytes('a long content'));
      await files.write(`${folder}/a`, bytes('short'));
      expect(text(await files.read(`${folder}/a`))).toBe('short');
    });

    test('lists the files of a folder by their names, and not the folders in it', async () => {
      const { files, folder } = create();
      for (const name of ['b', 'a.json', 'Z', 'inner/c']) await files.write(`${folder}/${name}`, bytes(name));
      expect(await files.list(folder)).toEqual(['Z', 'a.json', 'b']);
      expect(await files.list(`${folder}/inner`)).toEqual(['c']);
      expect(await files.list(`${folder}/nowhere`).catch((error: unknown) => error)).toMatchObject({
        code: 'FILE_FAILED',
        problem: 'missing',
      });
    });

    test('removes a file, and takes a missing one for removed', async () => {
      const { files, folder } = create();
      await files.write(`${folder}/a`, bytes('a'));
      await files.remove(`${folder}/a`);
      await files.remove(`${folder}/a`);
      expect(await files.list(folder)).toEqual([]);
    });

    test('missing folders are made', async () => {
      const { files, folder } = create();
      await files.write(`${folder}/one/two/a`, bytes('deep'));
      expect(text(await files.read(`${folder}/one/two/a`))).toBe('deep');
    });

    test('content belongs to nobody else: neither side sees what the other does to its bytes', async () => {
      const { files, folder } = create();
      const mine = bytes('mine');
      const written = files.write(`${folder}/a`, mine);
      mine.fill(0);
      await written;
      (await files.read(`${folder}/a`)).fill(0);
      expect(text(await files.read(`${folder}/a`))).toBe('mine');
    });

    test('what is not there is missing, and the error names the path', async () => {
      const { files, folder } = create();
      const error = await files.read(`${folder}/nothing`).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FileFailed);
      expect(error).toMatchObject({ code: 'FILE_FAILED', problem: 'missing', path: `${folder}/nothing` });
      expect((error as FileFailed).message).toContain(`${folder}/nothing`);
    });

    test('a folder is neither read nor written', async () => {
      const { files, folder } = create();
      await files.write(`${folder}/sub/a`, bytes('a'));
      await expect(files.read(`${folder}/sub`)).rejects.toBeInstanceOf(FileFailed);
      await expect(files.write(`${folder}/sub`, bytes('b'))).rejects.toBeInstanceOf(FileFailed);
      await expect(files.write(`${folder}/sub/a/b`, bytes('b'))).rejects.toBeInstanceOf(FileFailed);
      expect(text(await files.read(`${folder}/sub/a`))).toBe('a');
    });

    test('writes to one path take effect in the order in which they were asked for', async () => {
      const { files, folder } = create();
      const contents = Array.from({ length: 20 }, (_, index) => `${index} `.repeat((20 - index) * 500));
      const done: number[] = [];
      await Promise.all(
        contents.map(async (content, index) => {
          await files.write(`${folder}/${index % 2 === 0 ? 'a' : './a'}`, bytes(content));
          done.push(index);
        }),
      );
      expect(done).toEqual(contents.map((_, index) => index));
      expect(text(await files.read(`${folder}/a`))).toBe(contents.at(-1));
    });

    test('a write that fails does not hold up the next one', async () => {
      const { files, folder } = create();
      await files.write(`${folder}/a/b`, bytes('in the way'));
      const failing = files.write(`${folder}/a`, bytes('one'));
      const next = files.write(`${folder}/a`, bytes('two'));
      await expect(failing).rejects.toBeInstanceOf(FileFailed);
      await expect(next).rejects.toBeInstanceOf(FileFailed);
      await files.write(`${folder}/a/b`, bytes('still fine'));
      expect(text(await files.read(`${folder}/a/b`))).toBe('still fine');
    });

    describe('a watched file', () => {
      /** What was heard of a file, contents as text and failures as their problem. */
      function watched(under: FilesUnderTest, path: string): { heard: string[]; stop: () => void } {
        const heard: string[] = [];
        const stop = under.files.watch(path, INTERVAL_MS, (content) => {
          heard.push(content instanceof FileFailed ? `(${content.problem})` : text(content));
        });
        return { heard, stop };
      }

      /** Returns once a watch that starts now has certainly looked: its first look takes what is there for known. */
      async function looked(under: FilesUnderTest, path: string): Promise<void> {
        const { heard, stop } = watched(under, path);
        for (let index = 0; heard.length === 0 && index < 100; index++) {
          await under.files.write(path, bytes(`look ${index}`));
          await under.until(() => heard.length > 0, 3 * INTERVAL_MS).catch(() => {});
        }
        stop();
        expect(heard).not.toEqual([]);
      }

      test('is told of once per change, with the new content, and not of what was there', async () => {
        const under = create();
        const path = `${under.folder}/a`;
        await looked(under, `${under.folder}/other`);
        await under.files.write(path, bytes('first'));
        const { heard, stop } = watched(under, path);
        await looked(under, `${under.folder}/other`);
        await under.files.write(path, bytes('second'));
        await under.until(() => heard.length > 0, LONG_MS);
        await under.files.write(path, bytes('second'));
        await looked(under, `${under.folder}/other`);
        await under.files.write(path, bytes('third!'));
        await under.until(() => heard.length > 1, LONG_MS);
        stop();
        expect(heard).toEqual(['second', 'third!']);
      });

      test('is told of when it goes and when it comes back, even with the same content', async () => {
        const under = create();
        const path = `${under.folder}/a`;
        await under.files.write(path, bytes('here'));
        const { heard, stop } = watched(under, path);
        await looked(under, `${under.folder}/other`);
        under.remove(path);
        await under.until(() => heard.length > 0, LONG_MS);
        await under.files.write(path, bytes('here'));
        await under.until(() => heard.length > 1, LONG_MS);
        stop();
        expect(heard).toEqual(['(missing)', 'here']);
      });

      test('may be missing at first', async () => {
        const under = create();
        const { heard, stop } = watched(under, `${under.folder}/a`);
        await looked(under, `${under.folder}/other`);
        await under.files.write(`${under.folder}/a`, bytes('new'));
        await under.until(() => heard.length > 0, LONG_MS);
        stop();
        expect(heard).toEqual(['new']);
      });

      test('is not told of after the watch was stopped', async () => {
        const under = create();
        const path = `${under.folder}/a`;
        const { heard, stop } = watched(under, path);
        await looked(under, `${under.folder}/other`);
        stop();
        stop();
        await under.files.write(path, bytes('unseen'));
        await looked(under, `${under.folder}/other`);
        expect(heard).toEqual([]);
      });
    });
  });
}
