import { describe, expect, test } from 'vitest';
import { NodeKeys } from '../../core/cluster/node-keys.ts';
import { FileFailed, type FileProblem, type Files } from '../../core/ports/files.ts';
import { silentLog } from '../../core/ports/log.ts';
import { nodeCrypto } from '../../transports/crypto.ts';

const key = (fill: number, bytes = 32): string => Buffer.alloc(bytes, fill).toString('base64');
const PATH = '/data/keyring.json';

/** One file in memory. */
function disk(content?: string): Files & { content: string | undefined; problem: FileProblem | undefined } {
  return {
    content,
    problem: undefined,
    read(path) {
      if (this.problem !== undefined)
        return Promise.reject(new FileFailed(path, this.problem, `${path} is ${this.problem}.`));
      if (this.content === undefined) return Promise.reject(new FileFailed(path, 'missing', 'no such file'));
      return Promise.resolve(new TextEncoder().encode(this.content));
    },
    write(path, bytes) {
      if (this.problem !== undefined)
        return Promise.reject(new FileFailed(path, this.problem, `${path} is ${this.problem}.`));
      this.content = new TextDecoder().decode(bytes);
      return Promise.resolve();
    },
    list: () => Promise.resolve([]),
    remove: () => Promise.resolve(),
    watch: () => () => {},
  };
}

const load = (files: Files, configured: string[] = [], path = PATH): Promise<NodeKeys> =>
  NodeKeys.load({ files, path, crypto: nodeCrypto(), log: silentLog }, configured);

describe('the keys of a node', () => {
  test('come from the configuration at first, and from then on from the file', async () => {
    const files = disk();
    await load(files, [key(1)]);
    expect(JSON.parse(files.content!)).toEqual([key(1)]);
    const again = await load(files, [key(2)]);
    expect(again.keyring.list().map((one) => one[0])).toEqual([1]);
  });

  test('are listed by fingerprint, never as they are', async () => {
    const keys = await load(disk(), [key(1), key(2, 16)]);
    expect(keys.list()).toEqual([
      { fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/), bits: 256, primary: true },
      { fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/), bits: 128, primary: false },
    ]);
    expect(JSON.stringify(keys.list())).not.toContain(key(1));
  });

  test('are rotated: installed, used, the old one removed; the file follows', async () => {
    const files = disk();
    const keys = await load(files, [key(1)]);
    const old = keys.list()[0]!.fingerprint;
    await keys.install(key(2));
    await keys.use(key(2));
    await keys.remove(old);
    expect(JSON.parse(files.content!)).toEqual([key(2)]);
    expect(keys.keyring.primary![0]).toBe(2);
  });

  test('stay as they were when the file cannot be written', async () => {
    const files = disk();
    const keys = await load(files, [key(1)]);
    files.problem = 'full';
    await expect(keys.install(key(2))).rejects.toMatchObject({ code: 'FILE_FAILED', problem: 'full' });
    expect(keys.list()).toHaveLength(1);
    files.problem = undefined;
    await keys.install(key(2));
    expect(keys.list()).toHaveLength(2);
  });

  test('change in the order in which the changes were asked for', async () => {
    const keys = await load(disk(), [key(1)]);
    await Promise.all([keys.install(key(2)), keys.use(key(2)), keys.remove(key(1))]);
    expect(keys.keyring.list().map((one) => one[0])).toEqual([2]);
  });

  test.each([
    ['{}', /It is not a JSON list/],
    ['[]', /at least one key/],
    ['["short"]', /16, 24 or 32 bytes/],
    [`["${key(1)}", `, /It is not JSON/],
  ])('that cannot be read stop the start: never plain text instead (%s)', async (content, problem) => {
    await expect(load(disk(content), [key(1)])).rejects.toMatchObject({
      code: 'KEYRING_UNREADABLE',
      message: expect.stringMatching(problem),
    });
  });

  test('stop the start too when the file may not be read', async () => {
    const files = disk('[]');
    files.problem = 'denied';
    await expect(load(files)).rejects.toMatchObject({
      code: 'KEYRING_UNREADABLE',
      message: expect.stringMatching(/is denied/),
    });
  });

  test('are not in what is said of a broken file', async () => {
    const failure = await load(disk(`["${key(1)}", oops`)).catch((error: unknown) => error);
    expect(String((failure as Error).message) + String((failure as Error).cause)).not.toContain(key(1).slice(0, 12));
  });

  test('last as long as the node where nothing is kept', async () => {
    const files = disk();
    const keys = await load(files, [key(1)], '');
    await keys.install(key(2));
    expect(keys.list()).toHaveLength(2);
    expect(files.content).toBeUndefined();
  });
});
