import { expect, test } from 'vitest';
import { Editions } from '../../core/discovery/signed/editions.ts';
import { FileFailed, type Files } from '../../core/ports/files.ts';
import { nodeCrypto } from '../../transports/crypto.ts';

/** Files of one disk that takes its time. */
function slowFiles(): Files {
  const kept = new Map<string, Uint8Array>();
  const late = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return {
    async read(path) {
      const bytes = kept.get(path);
      await late();
      if (bytes === undefined) throw new FileFailed(path, 'missing', `${path} is not there.`);
      return bytes;
    },
    async write(path, bytes) {
      await late();
      kept.set(path, bytes);
    },
    list: async () => [],
    remove: async (path) => void kept.delete(path),
    watch: () => () => {},
  };
}

test('of two editions that are read at the same moment, the older one does not become the one to believe', async () => {
  const deps = { method: 'file', files: slowFiles(), crypto: nodeCrypto(), dataDir: '/data' };
  const editions = new Editions(deps);
  const [newer, older] = await Promise.allSettled([editions.accept('/peers', 6), editions.accept('/peers', 5)]);
  expect(newer.status).toBe('fulfilled');
  expect(older).toMatchObject({ status: 'rejected', reason: { code: 'SOURCE_FAILED' } });
  await expect(editions.accept('/peers', 5)).rejects.toThrow('older than edition 6');
  await expect(new Editions(deps).accept('/peers', 5)).rejects.toThrow('older than edition 6');
});
