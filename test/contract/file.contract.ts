import { describe, expect, test } from 'vitest';
import { fileSource, type FileSourceOptions } from '../../core/discovery/file/file-source.ts';
import { Collision, SourceFailed, type Source } from '../../core/discovery/source.ts';
import type { Files } from '../../core/ports/files.ts';
import { patient } from '../discovery/asking.ts';
import { testPorts, WallClock } from '../discovery/file-ports.ts';
import { self } from './registry.contract.ts';

interface FilesOfSource {
  readonly files: Files;
  /** An empty folder, as the beginning of a path. */
  readonly folder: string;
}

const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

/** What the file source does on every kind of files. */
export function fileContract(name: string, create: () => FilesOfSource): void {
  function start(label = ''): {
    folder: string;
    clock: WallClock;
    files: Files;
    put(name: string, value: unknown): Promise<void>;
    source(options?: Partial<FileSourceOptions>): Source;
    found(options?: Partial<FileSourceOptions>): Promise<readonly string[]>;
  } {
    const { files, folder } = create();
    const clock = new WallClock();
    const ports = testPorts({ files, clock });
    const source = (options: Partial<FileSourceOptions> = {}): Source =>
      fileSource(
        {
          paths: [`${folder}/peers.json`],
          optional: false,
          refreshIntervalMs: 10_000,
          maxAgeMs: 0,
          registerPath: '',
          publicKeys: [],
          ...options,
        },
        ports,
        { label, dataDir: '' },
      );
    return {
      folder,
      clock,
      files,
      source,
      put: (name, value) => files.write(`${folder}/${name}`, bytes(value)),
      found: async (options) =>
        (await source(options).discover(patient)).candidates.map(({ id, address }) => `${id} ${address}`),
    };
  }
  const own = { maxAgeMs: 30_000 };

  describe(`${name}: peers from files`, () => {
    test('a file is read anew at every question, however it changed', async () => {
      const { put, source } = start();
      const one = source();
      const ids = async (): Promise<unknown> => (await one.discover(patient)).candidates.map(({ id }) => id);
      await put('peers.json', [{ id: 'a', address: '10.0.0.1:7946' }]);
      expect(await ids()).toEqual(['a']);
      // Of the same length, and within one tick of any clock.
      await put('peers.json', [{ id: 'b', address: '10.0.0.1:7946' }]);
      expect(await ids()).toEqual(['b']);
      await put('peers.json', []);
      expect(await one.discover(patient)).toMatchObject({
        candidates: [],
        complete: true,
        nobody: 'the list is empty',
      });
    });

    test('a missing file is a failure with advice, and nobody where it is optional', async () => {
      const { source, folder } = start();
      const error = await source()
        .discover(patient)
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SourceFailed);
      expect((error as Error).message).toContain(`${folder}/peers.json`);
      expect((error as Error).message).toContain('optional = true');
      expect(await source({ optional: true }).discover(patient)).toMatchObject({
        candidates: [],
        nobody: 'the list is empty',
      });
    });

    test.each(['', '  ', '[{"id":"a","addr', 'peers: none', '{"version": 3}', '"10.0.0.1:7946"', '[1, "x", {}]'])(
      'half a file, or none that lists peers, is a failure and never an empty list: %j',
      async (text) => {
        const { put, source } = start();
        await put('peers.json', text);
        await expect(source({ optional: true }).discover(patient)).rejects.toBeInstanceOf(SourceFailed);
      },
    );

    test('a folder has one file for each node; hidden and other files mean nothing', async () => {
      const { put, found, folder } = start();
      await put('nodes/b.json', { id: 'b', address: '10.0.0.2:7946' });
      await put('nodes/a.json', { id: 'a', address: '10.0.0.1:7946' });
      await put('nodes/.c.json.tmp', 'half');
      await put('nodes/.d.json', 'half');
      await put('nodes/README', 'words');
      for (const paths of [[`${folder}/nodes`], [`${folder}/nodes/`]]) {
        expect(await found({ paths })).toEqual(['a 10.0.0.1:7946', 'b 10.0.0.2:7946']);
      }
    });

    test('one bad file among good ones makes the answer incomplete, and takes nobody away', async () => {
      const { put, source, folder } = start();
      await put('nodes/a.json', { id: 'a', address: '10.0.0.1:7946' });
      await put('nodes/b.json', '{"id":"b","addr');
      const found = await source({ paths: [`${folder}/nodes`, `${folder}/gone.json`] }).discover(patient);
      expect(found).toMatchObject({ candidates: [{ id: 'a' }], complete: false });
      expect(found.warnings.join(' ')).toContain('nodes/b.json');
      expect(found.warnings.join(' ')).toContain('gone.json');
    });

    test('an old sign of life is of a node that is gone', async () => {
      const { put, found, source, clock } = start();
      await put('peers.json', [
        { id: 'a', address: '10.0.0.1:7946', heartbeat_at: '2026-01-01T00:00:00Z' },
        { id: 'b', address: '10.0.0.2:7946', discovered_at: '2025-12-31T23:58:00+00:00' },
        { id: 'c', address: '10.0.0.3:7946' },
      ]);
      expect(await found()).toHaveLength(3);
      expect(await found({ maxAgeMs: 60_000 })).toEqual(['a 10.0.0.1:7946', 'c 10.0.0.3:7946']);
      clock.wall += 61_000;
      expect(await found({ maxAgeMs: 60_000 })).toEqual(['c 10.0.0.3:7946']);
      await put('peers.json', [{ id: 'a', address: '10.0.0.1:7946', heartbeat_at: '2026-01-01T00:00:00Z' }]);
      expect((await source({ maxAgeMs: 60_000 }).discover(patient)).nobody).toMatch(/1 have expired/);
    });

    test('entries of other clusters are passed over', async () => {
      const { put, found } = start('blue');
      await put('peers.json', [
        { id: 'a', address: '10.0.0.1:7946', label: 'blue' },
        { id: 'b', address: '10.0.0.2:7946', label: 'green' },
        { id: 'c', address: '10.0.0.3:7946' },
      ]);
      expect(await found()).toEqual(['a 10.0.0.1:7946', 'c 10.0.0.3:7946']);
    });

    test('a peer is looked up by its id, the freshest entry where there are two', async () => {
      const { put, source } = start();
      await put('peers.json', [
        { id: 'a', address: '10.0.0.1:7946', heartbeat_at: '2026-01-01T00:00:00Z' },
        { id: 'a', address: '10.0.0.2:7946', heartbeat_at: '2026-01-01T00:00:05Z' },
      ]);
      expect(await source().lookup!('a', patient)).toEqual({ id: 'a', address: '10.0.0.2:7946' });
      expect(await source().lookup!('b', patient)).toBeUndefined();
    });

    describe('a node that enters itself', () => {
      test('is found in a folder, one file for each, and goes when it leaves', async () => {
        const { source, found, folder, files } = start();
        const nodes = { paths: [`${folder}/nodes`], registerPath: `${folder}/nodes/` };
        const a = await source(nodes).register!(self('a', '10.0.0.1:7946'), patient);
        await source(nodes).register!(self('../b', '10.0.0.2:7946'), patient);
        expect(await files.list(`${folder}/nodes`)).toEqual(['%2E.%2Fb.json', 'a.json']);
        expect(await found(nodes)).toEqual(['../b 10.0.0.2:7946', 'a 10.0.0.1:7946']);
        await a.release(patient);
        expect(await found(nodes)).toEqual(['../b 10.0.0.2:7946']);
        await a.release(patient);
      });

      test('writes what it is, and when it lived last, again and again', async () => {
        const { source, clock, files, folder, found } = start('x');
        const options = { ...own, registerPath: `${folder}/peers.json` };
        const lease = await source(options).register!(self('a', '10.0.0.1:7946', { label: 'x' }), patient);
        expect(JSON.parse(new TextDecoder().decode(await files.read(`${folder}/peers.json`)))).toEqual({
          id: 'a',
          address: '10.0.0.1:7946',
          label: 'x',
          tags: { role: 'db' },
          checksum: expect.stringMatching(/^[0-9a-f]{16}$/),
          heartbeat_at: '2026-01-01T00:00:00.000Z',
        });
        expect(lease.keepEveryMs).toBe(10_000);
        const seen: number[] = [];
        for (let beat = 0; beat < 5; beat++) {
          clock.wall += lease.keepEveryMs;
          expect(await lease.keep(patient)).toBe(true);
          seen.push((await found(own)).length);
        }
        expect(seen).toEqual([1, 1, 1, 1, 1]);
      });

      test('registers again without a word, and takes the place of an entry that died', async () => {
        const { source, clock, folder, found } = start();
        const options = { ...own, paths: [`${folder}/n`], registerPath: `${folder}/n/` };
        await source(options).register!(self('a', '10.0.0.1:7946'), patient);
        await source(options).register!(self('a', '10.0.0.1:7946'), patient);
        const moved = self('a', '10.0.0.7:7946');
        const taken = await source(options).register!(moved, patient).catch((error: unknown) => error);
        expect(taken).toBeInstanceOf(Collision);
        expect(taken).toMatchObject({ holder: '10.0.0.1:7946' });
        clock.wall += own.maxAgeMs + 1;
        await source(options).register!(moved, patient);
        expect(await found(options)).toEqual(['a 10.0.0.7:7946']);
      });

      test('never writes into a file that others write', async () => {
        const { source, folder, put, files } = start();
        const options = { ...own, registerPath: `${folder}/peers.json` };
        for (const shared of [
          [
            { id: 'x', address: '10.0.0.8:7946' },
            { id: 'y', address: '10.0.0.9:7946' },
          ],
          { id: 'x', address: '10.0.0.8:7946' },
          'half a fi',
        ]) {
          await put('peers.json', shared);
          const refused = source(options).register!(self('a', '10.0.0.1:7946'), patient);
          await expect(refused).rejects.toThrow(/may not enter itself|not overwritten/);
          expect(await files.read(`${folder}/peers.json`)).toEqual(bytes(shared));
        }
      });

      test('whose entry was taken away, or over, is told to register anew', async () => {
        const { source, folder, put, files } = start();
        const options = { ...own, registerPath: `${folder}/n/` };
        const lease = await source(options).register!(self('a', '10.0.0.1:7946'), patient);
        await files.remove(`${folder}/n/a.json`);
        expect(await lease.keep(patient)).toBe(false);
        await put('n/a.json', { id: 'a', address: '10.0.0.2:7946' });
        expect(await lease.keep(patient)).toBe(false);
        await lease.release(patient);
        expect(await files.list(`${folder}/n`)).toEqual(['a.json']);
      });
    });
  });
}
