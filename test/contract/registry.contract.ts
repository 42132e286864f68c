import { describe, expect, test } from 'vitest';
import { addressChecksum } from '../../core/discovery/checksum.ts';
import { Collision, SourceFailed, type Found, type Self, type Source } from '../../core/discovery/source.ts';
import { patient } from '../discovery/asking.ts';

export interface RegistryUnderTest {
  /** A source of a node in the cluster of this label. */
  source(label?: string, more?: { token?: string; register?: boolean }): Source;
  pause(ms: number): Promise<void>;
  /** Takes the registry down and starts it again with nothing in its memory. */
  restart(): Promise<void>;
}

export interface RegistryOptions {
  readonly token: string;
  readonly entriesMax: number;
}

/** As short as may be: some tests wait it out in real time. */
export const TTL_MS = 3_000;

export const self = (id: string, address: string, more: Partial<Self> = {}): Self => ({
  id,
  address,
  label: '',
  tags: { role: 'db' },
  admin: undefined,
  ...more,
});

/** What the client and the server of our registry do together, whatever lies between them. */
export function registryContract(name: string, create: (options: RegistryOptions) => Promise<RegistryUnderTest>): void {
  const start = (options: Partial<RegistryOptions> = {}): Promise<RegistryUnderTest> =>
    create({ token: '', entriesMax: 100, ...options });
  const found = async (source: Source): Promise<readonly (string | undefined)[]> =>
    (await source.discover(patient)).candidates.map(({ id, address }) => `${id} ${address}`);

  describe(`${name}: a registry that nodes enter themselves in`, () => {
    test('who registers is found by others, with the id, and can be looked up', async () => {
      const { source } = await start();
      await source().register!(self('a', '10.0.0.1:7946'), patient);
      await source().register!(self('b', '[fd00::2]:7946'), patient);
      expect(await found(source())).toEqual(['a 10.0.0.1:7946', 'b [fd00::2]:7946']);
      expect(await source().lookup!('b', patient)).toEqual({
        id: 'b',
        address: '[fd00::2]:7946',
        checksum: addressChecksum('b', '[fd00::2]:7946'),
      });
      expect(await source().lookup!('c', patient)).toBeUndefined();
    });

    test('registering again what is already ours is success; another address is a collision that names the holder', async () => {
      const { source } = await start();
      await source().register!(self('a', '10.0.0.1:7946'), patient);
      await source().register!(self('a', '10.0.0.1:7946'), patient);
      const taken = await source().register!(self('a', '10.0.0.9:7946'), patient).catch((error: unknown) => error);
      expect(taken).toBeInstanceOf(Collision);
      expect(taken).toMatchObject({ id: 'a', holder: '10.0.0.1:7946' });
      expect(await found(source())).toEqual(['a 10.0.0.1:7946']);
    });

    test('ids of any letters survive the way', async () => {
      const { source } = await start();
      const ids = ['a/b', 'ä ö?&=#%', '...', '日本', 'register'];
      for (const [index, id] of ids.entries()) {
        const lease = await source().register!(self(id, `10.0.0.${index + 1}:7946`), patient);
        expect(await lease.keep(patient)).toBe(true);
        expect(await source().lookup!(id, patient)).toMatchObject({ id, address: `10.0.0.${index + 1}:7946` });
      }
    });

    test('a node that leaves is gone at once, and takes nobody else with it', async () => {
      const { source } = await start();
      const lease = await source().register!(self('a', '10.0.0.1:7946'), patient);
      await source().register!(self('b', '10.0.0.2:7946'), patient);
      await lease.release(patient);
      await lease.release(patient);
      expect(await found(source())).toEqual(['b 10.0.0.2:7946']);
      expect(await lease.keep(patient)).toBe(false);
    });

    test('an entry that passed to another node is neither kept nor taken back by the one that had it', async () => {
      const { source } = await start();
      const before = await source().register!(self('a', '10.0.0.1:7946'), patient);
      await before.release(patient);
      await source().register!(self('a', '10.0.0.2:7946'), patient);
      expect(await before.keep(patient)).toBe(false);
      await before.release(patient);
      expect(await found(source())).toEqual(['a 10.0.0.2:7946']);
    });

    test('heartbeats keep an entry; without them it ends', async () => {
      const { source, pause } = await start();
      const kept = await source().register!(self('a', '10.0.0.1:7946'), patient);
      const lost = await source().register!(self('b', '10.0.0.2:7946'), patient);
      expect(kept.keepEveryMs).toBe(TTL_MS / 3);
      for (let beat = 0; beat < 3; beat++) {
        await pause(kept.keepEveryMs + 50);
        expect(await kept.keep(patient)).toBe(true);
      }
      expect(await found(source())).toEqual(['a 10.0.0.1:7946']);
      expect(await lost.keep(patient)).toBe(false);
      expect(await source().lookup!('b', patient)).toBeUndefined();
      // The id is free again.
      await source().register!(self('b', '10.0.0.3:7946'), patient);
    });

    test('a registry that lost its memory is entered anew, and its list takes nobody away before all could come back', async () => {
      const { source, restart } = await start();
      const lease = await source().register!(self('a', '10.0.0.1:7946'), patient);
      await restart();
      await expect(source().discover(patient)).rejects.toThrow(/began a short while ago/);
      expect(await lease.keep(patient)).toBe(false);
      await source().register!(self('a', '10.0.0.1:7946'), patient);
      expect(await source().discover(patient)).toMatchObject({ candidates: [{ id: 'a' }], complete: false });
    });

    test('clusters of different labels share a registry and not a list', async () => {
      const { source } = await start();
      await source('x').register!(self('a', '10.0.0.1:7946', { label: 'x' }), patient);
      await source('y').register!(self('a', '10.0.0.2:7946', { label: 'y' }), patient);
      expect(await found(source('x'))).toEqual(['a 10.0.0.1:7946']);
      expect(await found(source('y'))).toEqual(['a 10.0.0.2:7946']);
      expect(await source('x').lookup!('a', patient)).toMatchObject({ address: '10.0.0.1:7946' });
    });

    test('who watches hears of everything at first, and of each change', async () => {
      const { source, pause } = await start();
      await source().register!(self('a', '10.0.0.1:7946'), patient);
      const heard: Found[] = [];
      const end = new AbortController();
      const sitting = source().watch!({ found: (one) => heard.push(one) }, end.signal);
      const until = async (ids: string[]): Promise<void> => {
        for (let wait = 0; wait < 300; wait++) {
          if (JSON.stringify(heard.at(-1)?.candidates.map(({ id }) => id)) === JSON.stringify(ids)) return;
          await pause(10);
        }
        throw new Error(`heard last: ${JSON.stringify(heard.at(-1))}`);
      };
      await until(['a']);
      const lease = await source().register!(self('b', '10.0.0.2:7946'), patient);
      await until(['a', 'b']);
      await lease.release(patient);
      await until(['a']);
      end.abort();
      await sitting;
    });

    test('a full registry says so, and still takes heartbeats of those who are in it', async () => {
      const { source } = await start({ entriesMax: 2 });
      const lease = await source().register!(self('a', '10.0.0.1:7946'), patient);
      await source().register!(self('b', '10.0.0.2:7946'), patient);
      const refused = source().register!(self('c', '10.0.0.3:7946'), patient);
      await expect(refused).rejects.toThrow(/503.*2 nodes are registered/);
      expect(await lease.keep(patient)).toBe(true);
      await source().register!(self('b', '10.0.0.2:7946'), patient);
    });

    test('who lacks the token learns nothing and changes nothing', async () => {
      const { source } = await start({ token: 'right-token' });
      await source('', { token: 'right-token' }).register!(self('a', '10.0.0.1:7946'), patient);
      for (const token of ['', 'wrong-token']) {
        const stranger = source('', { token });
        const attempts = [
          stranger.discover(patient),
          stranger.lookup!('a', patient),
          stranger.register!(self('b', '10.0.0.2:7946'), patient),
          stranger.watch!({ found: () => {} }, new AbortController().signal),
        ];
        for (const attempt of attempts) {
          const error = await attempt.catch((reason: unknown) => reason);
          expect(error).toBeInstanceOf(SourceFailed);
          expect((error as Error).message).toContain('401');
          expect((error as Error).message).not.toContain('-token');
        }
      }
      expect(await found(source('', { token: 'right-token' }))).toEqual(['a 10.0.0.1:7946']);
    });

    test('a source that may not register has no such capability', async () => {
      const { source } = await start();
      expect(source('', { register: false }).register).toBeUndefined();
    });
  });
}
