import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nodeFiles } from '../../transports/files.ts';

const WRITER = fileURLToPath(new URL('./fixtures/writer.ts', import.meta.url));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** `limit` bounds the size of files, in KiB, the way that a full disk would: by the system. */
function writer(path: string, mode: string, limit = 'unlimited'): ChildProcess {
  const command = `ulimit -f ${limit} && exec "$0" --import "$1" "$2" "$3" "$4"`;
  return spawn('bash', ['-c', command, process.execPath, import.meta.resolve('tsx'), WRITER, path, mode], {
    env: { ...process.env, TSX_DISABLE_CACHE: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('a file that was written', () => {
  test('can be read by its owner alone, also where another could read it before', async () => {
    const path = join(folder, 'keyring.json');
    writeFileSync(path, 'open to all', { mode: 0o644 });
    await nodeFiles().write(path, bytes('secret'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('leaves nothing beside it', async () => {
    await nodeFiles().write(join(folder, 'a'), bytes('a'));
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

describe('the first write of a life', () => {
  test('takes away what killed writers of the same file left, and nothing else', async () => {
    const left = ['.a.killed.tmp', '.a.writing.tmp', '.b.killed.tmp'];
    for (const name of left) writeFileSync(join(folder, name), '');
    const longAgo = new Date(Date.now() - 3_600_000);
    for (const name of ['.a.killed.tmp', '.b.killed.tmp']) utimesSync(join(folder, name), longAgo, longAgo);
    await nodeFiles().write(join(folder, 'a'), bytes('a'));
    expect(readdirSync(folder)).toEqual(['.a.writing.tmp', '.b.killed.tmp', 'a']);
  });

  test('makes all folders that are missing', async () => {
    const path = join(folder, 'x', 'y', 'z', 'a');
    await nodeFiles().write(path, bytes('a'));
    expect(readdirSync(join(folder, 'x', 'y', 'z'))).toEqual(['a']);
  });
});

describe('a write that fails', () => {
  // Here Node's own way to make folders never returns.
  test('because no folder can be made there says so', async () => {
    await expect(nodeFiles().write('/proc/rollcall/snapshot', bytes('a'))).rejects.toMatchObject({
      code: 'FILE_FAILED',
    });
  });

  test('because the system takes no more bytes says so, and leaves the old content and no litter', async () => {
    const path = join(folder, 'snapshot');
    writeFileSync(path, 'old');
    const child = writer(path, 'large', '8');
    let said = '';
    child.stdout!.on('data', (data: Buffer) => (said += data.toString()));
    await once(child, 'close');
    expect(JSON.parse(said)).toMatchObject({ code: 'FILE_FAILED', problem: 'full', path });
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['snapshot']);
  });

  test('because a folder has the name leaves the folder and no litter', async () => {
    mkdirSync(join(folder, 'taken'));
    await expect(nodeFiles().write(join(folder, 'taken'), bytes('a'))).rejects.toMatchObject({
      problem: 'other',
      message: expect.stringContaining(`Cannot write ${join(folder, 'taken')}: it is a folder`),
    });
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  test('because a part of the path is a file says so', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(nodeFiles().write(join(folder, 'file/a'), bytes('a'))).rejects.toThrow(/should be a folder is a file/);
    await expect(nodeFiles().read(join(folder, 'file/a'))).rejects.toThrow(/should be a folder is a file/);
  });
});

describe('a writer that is killed at any moment', () => {
  test('leaves a whole version; who reads meanwhile never sees another', async () => {
    const path = join(folder, 'snapshot');
    for (let round = 0; round < 3; round++) {
      const child = writer(path, 'forever');
      await once(child.stdout!, 'data');
      for (let look = 0; look < 40 * (round + 1); look++) {
        const { version, end } = JSON.parse(Buffer.from(await nodeFiles().read(path)).toString());
        expect(end).toBe(version);
      }
      child.kill('SIGKILL');
      await once(child, 'close');
      const { version, end } = JSON.parse(readFileSync(path, 'utf8'));
      expect(end).toBe(version);
    }
  });
});

describe('a watch', () => {
  test('sees a mounted secret change, which is a link that swings to another folder', async () => {
    for (const version of ['1', '2']) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'token'), `token ${version}`);
    }
    symlinkSync('1', join(folder, 'data'));
    symlinkSync('data/token', join(folder, 'token'));
    const heard: string[] = [];
    const stop = nodeFiles().watch(join(folder, 'token'), 5, (content) =>
      heard.push(Buffer.from(content as Uint8Array).toString()),
    );
    // The first look must have seen the first version: a second file, watched later, is waited for.
    const other: unknown[] = [];
    writeFileSync(join(folder, 'other'), '0');
    const stopOther = nodeFiles().watch(join(folder, 'other'), 5, (content) => other.push(content));
    await vi.waitUntil(() => (writeFileSync(join(folder, 'other'), `${Math.random()}`), other.length > 1), {
      interval: 5,
    });
    stopOther();

    symlinkSync('2', join(folder, 'next'));
    renameSync(join(folder, 'next'), join(folder, 'data'));
    await vi.waitUntil(() => heard.length > 0, { interval: 5 });
    stop();
    expect(heard).toEqual(['token 2']);
  });

  test('does not keep the process alive', async () => {
    const child = writer(join(folder, 'a'), 'watch');
    const [status] = await once(child, 'exit', { signal: AbortSignal.timeout(4000) });
    expect(status).toBe(0);
  });
});
