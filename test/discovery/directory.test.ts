import { describe, expect, test } from 'vitest';
import { addressChecksum } from '../../core/discovery/checksum.ts';
import { Directory, type DirectoryDeps } from '../../core/discovery/directory.ts';
import { Breaker } from '../../core/discovery/breaker.ts';
import type { Candidate, Entry, Source } from '../../core/discovery/source.ts';
import { broken, foundFrom, SILENCE, Timed } from './timed.ts';

const A: Entry = { id: 'a', address: '10.0.0.1:7946' };

class Backend implements Source {
  readonly method: string;
  says: Entry | undefined | Error | 'silence';
  asked = 0;

  constructor(method: string, says: Backend['says']) {
    this.method = method;
    this.says = says;
  }

  discover = async () => foundFrom([]);

  lookup = (): Promise<Entry | undefined> => {
    this.asked += 1;
    if (this.says === SILENCE) return new Promise(() => {});
    return this.says instanceof Error ? Promise.reject(this.says) : Promise.resolve(this.says);
  };
}

const REST = { firstMs: 250, lastMs: 30_000, opensAfter: 5 };

/** `named`: what another source, which has no entries, has found. */
async function directory(backends: readonly Source[], more: Partial<DirectoryDeps> & { named?: Candidate[] } = {}) {
  const time = await Timed.begin();
  const { named = [], ...rest } = more;
  const other: Source = { method: 'other', discover: async () => foundFrom([]) };
  const feed = (source: Source, candidates: readonly Candidate[] = []) => ({
    source,
    breaker: new Breaker(REST, time.clock, time.random),
    candidates,
  });
  const feeds = [...backends.map((source) => feed(source)), feed(other, named)];
  const deps: DirectoryDeps = {
    clock: time.clock,
    feeds: () => feeds,
    memberAddress: () => undefined,
    deadlineMs: () => 5_000,
    ...rest,
  };
  return { time, feeds, directory: new Directory(deps) };
}

const codeOf = (lookup: Promise<unknown>): Promise<unknown> =>
  lookup.then(
    () => 'found',
    (error: { code: string }) => error.code,
  );

describe('a lookup', () => {
  test('takes the word of the membership before any other, and asks nobody', async () => {
    const backend = new Backend('b', A);
    const { directory: of } = await directory([backend], { memberAddress: () => '10.0.0.5:7946' });
    expect(await of.lookup('a')).toEqual({ id: 'a', address: '10.0.0.5:7946' });
    expect(backend.asked).toBe(0);
  });

  test('a thousand at once of one id make one question', async () => {
    const backend = new Backend('b', A);
    const { directory: of } = await directory([backend]);
    const found = await Promise.all(Array.from({ length: 1_000 }, () => of.lookup('a')));
    expect(new Set(found)).toEqual(new Set([A]));
    expect(backend.asked).toBe(1);
  });

  test('a backend that is broken, silent or without the peer does not keep the next one from being asked', async () => {
    const silent = new Backend('c', 'silence');
    const backends = [new Backend('b', broken()), new Backend('d', undefined), new Backend('e', A)];
    const { directory: of } = await directory(backends);
    expect(await of.lookup('a')).toEqual(A);
    const { directory: other, time } = await directory([silent, new Backend('e', A)]);
    const lookup = other.lookup('a');
    await time.pass(6);
    expect(await lookup).toEqual(A);
  });

  test('has three failures: no such peer, not known, and two of one id', async () => {
    const absent = await directory([new Backend('b', undefined)]);
    expect(await codeOf(absent.directory.lookup('a'))).toBe('PEER_NOT_FOUND');
    const down = await directory([new Backend('b', undefined), new Backend('c', broken('c'))]);
    const failure = down.directory.lookup('a');
    expect(await codeOf(failure)).toBe('DIRECTORY_FAILED');
    await expect(failure).rejects.toThrow('c: the backend is broken.');
    const two = await directory([new Backend('b', A)], { named: [{ id: 'a', address: '10.0.0.2:7946' }] });
    expect(await codeOf(two.directory.lookup('a'))).toBe('ID_COLLISION');
  });

  test('believes an entry for half a minute, and "no such peer" for two seconds', async () => {
    const backend = new Backend('b', A);
    const { directory: of, time } = await directory([backend]);
    await of.lookup('a');
    await time.pass(29);
    await of.lookup('a');
    expect(backend.asked).toBe(1);
    await time.pass(2);
    backend.says = { ...A, address: '10.0.0.7:7946' };
    expect((await of.lookup('a')).address).toBe('10.0.0.7:7946');
    backend.says = undefined;
    await time.pass(31);
    expect(await codeOf(of.lookup('a'))).toBe('PEER_NOT_FOUND');
    backend.says = A;
    expect(await codeOf(of.lookup('a'))).toBe('PEER_NOT_FOUND');
    await time.pass(2.1);
    expect(await of.lookup('a')).toEqual(A);
  });

  test('never keeps an error: the next one asks again', async () => {
    const backend = new Backend('b', broken());
    const { directory: of } = await directory([backend]);
    expect(await codeOf(of.lookup('a'))).toBe('DIRECTORY_FAILED');
    backend.says = A;
    expect(await of.lookup('a')).toEqual(A);
  });

  test('keeps what it found while no backend can be asked, for minutes and not for ever', async () => {
    const backend = new Backend('b', A);
    const { directory: of, time } = await directory([backend]);
    await of.lookup('a');
    backend.says = broken();
    await time.pass(200);
    expect(await of.lookup('a')).toEqual(A);
    await time.pass(140);
    expect(await codeOf(of.lookup('a'))).toBe('DIRECTORY_FAILED');
  });

  test('does not believe an entry whose checksum does not fit its address', async () => {
    const good = { ...A, checksum: addressChecksum('a', A.address) };
    const damaged = { ...good, address: '10.0.0.66:7946' };
    const { directory: of } = await directory([new Backend('b', damaged), new Backend('c', good)]);
    expect(await of.lookup('a')).toEqual(good);
    const only = await directory([new Backend('b', damaged)]);
    expect(await codeOf(only.directory.lookup('a'))).toBe('DIRECTORY_FAILED');
  });

  test('believes no entry of another id, and none without a usable address', async () => {
    for (const odd of [{ ...A, id: 'other' }, { ...A, address: 'nonsense' }, { ...A, address: '0.0.0.0:7946' }, null]) {
      const { directory: of } = await directory([new Backend('b', odd as Entry)]);
      expect(await codeOf(of.lookup('a'))).toBe('DIRECTORY_FAILED');
    }
  });

  test('leaves a backend in peace that has failed and rests', async () => {
    const backend = new Backend('b', A);
    const { directory: of, feeds, time } = await directory([backend]);
    feeds[0]!.breaker.failed(10_000);
    expect(await codeOf(of.lookup('a'))).toBe('DIRECTORY_FAILED');
    expect(backend.asked).toBe(0);
    await time.pass(12);
    expect(await of.lookup('a')).toEqual(A);
  });

  test('takes a peer that has moved in one source for no collision with what that source said before', async () => {
    const { directory: of, feeds } = await directory([new Backend('b', { ...A, address: '10.0.0.2:7946' })]);
    feeds[0]!.candidates = [{ id: 'a', address: '10.0.0.1:7946' }];
    expect((await of.lookup('a')).address).toBe('10.0.0.2:7946');
  });

  test('finds whom a source without entries has named', async () => {
    const { directory: of } = await directory([], { named: [{ address: '10.0.0.9:7946' }, A] });
    expect(await of.lookup('a')).toEqual(A);
  });

  test('remembers a bounded number of peers', async () => {
    const backend = new Backend('b', undefined);
    const { directory: of } = await directory([backend]);
    for (let i = 0; i < 1_100; i++) await codeOf(of.lookup(`peer ${i}`));
    const asked = backend.asked;
    await codeOf(of.lookup('peer 1099'));
    expect(backend.asked).toBe(asked);
    await codeOf(of.lookup('peer 0'));
    expect(backend.asked).toBe(asked + 1);
  });
});
