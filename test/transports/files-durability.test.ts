import type * as FileSystem from 'node:fs/promises';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nodeFiles } from '../../transports/files.ts';

/** What was asked of the disk, in order, and which of it shall fail with which code. */
const disk = vi.hoisted(() => ({ asked: [] as string[], failing: new Map<string, string>() }));

// Order and failures of single system calls cannot be seen from outside: this disk is the real one, with a witness.
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof FileSystem>();
  const witness = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    disk.asked.push(what);
    const code = disk.failing.get(what);
    if (code !== undefined) throw Object.assign(new Error(`${code}: planted`), { code });
    return act();
  };
  return {
    ...real,
    mkdir: (path: string, options: object) => witness('mkdir', () => real.mkdir(path, options)),
    rename: (from: string, to: string) => witness('rename', () => real.rename(from, to)),
    async open(path: string, flags: string, mode?: number) {
      const name = flags === 'r' ? 'folder' : 'temporary';
      const file = await witness(`open ${name}`, () => real.open(path, flags, mode));
      return {
        writeFile: (content: Uint8Array) => witness(`write ${name}`, () => file.writeFile(content)),
        sync: () => witness(`sync ${name}`, () => file.sync()),
        close: () => file.close(),
      };
    },
  };
});

let path = '';
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'rollcall-files-')), 'snapshot');
  writeFileSync(path, 'old');
  disk.asked.length = 0;
  disk.failing.clear();
});
afterEach(() => rmSync(join(path, '..'), { recursive: true }));

const write = () => nodeFiles().write(path, new TextEncoder().encode('new'));

test('content is on the disk before it takes the name, and the name before the write is done', async () => {
  await write();
  expect(disk.asked).toEqual([
    'mkdir',
    'open temporary',
    'write temporary',
    'sync temporary',
    'rename',
    'open folder',
    'sync folder',
  ]);
  expect(readFileSync(path, 'utf8')).toBe('new');
});

test.each([
  ['mkdir', 'EACCES', 'denied', 'Change the owner or mode'],
  ['open temporary', 'EROFS', 'denied', 'read-only'],
  ['open temporary', 'EMFILE', 'other', 'EMFILE: planted'],
  ['write temporary', 'ENOSPC', 'full', 'no space is left'],
  ['sync temporary', 'EDQUOT', 'full', 'quota'],
  ['sync temporary', 'EIO', 'other', 'EIO: planted'],
  ['rename', 'EPERM', 'denied', 'forbids'],
])(
  'when %s fails with %s the problem is "%s", and the old content stays, alone',
  async (step, code, problem, words) => {
    disk.failing.set(step, code);
    await expect(write()).rejects.toMatchObject({
      code: 'FILE_FAILED',
      path,
      problem,
      message: expect.stringContaining(words),
      cause: { code },
    });
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(join(path, '..'))).toEqual([basename(path)]);
  },
);

test('a name that may not survive a loss of power is a failure too', async () => {
  disk.failing.set('sync folder', 'EIO');
  await expect(write()).rejects.toMatchObject({ problem: 'other' });
});
