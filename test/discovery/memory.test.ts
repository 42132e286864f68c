import { describe, expect, test } from 'vitest';
import { MemoryRegistry, memorySource } from '../../core/discovery/memory/memory-source.ts';
import { Collision, type Found } from '../../core/discovery/source.ts';
import { self } from '../contract/registry.contract.ts';
import { patient } from './asking.ts';

describe('a registry in memory', () => {
  test('is found, looked up and left by nodes of one process', async () => {
    const registry = new MemoryRegistry();
    const source = memorySource(registry);
    expect(await source.discover(patient)).toMatchObject({
      candidates: [],
      complete: true,
      nobody: 'nobody is registered',
    });
    const lease = await source.register!(self('a', '10.0.0.1:7946'), patient);
    await memorySource(registry).register!(self('b', '10.0.0.2:7946'), patient);
    expect((await source.discover(patient)).candidates.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await source.lookup!('a', patient)).toMatchObject({ id: 'a', address: '10.0.0.1:7946' });
    expect(await lease.keep(patient)).toBe(true);
    await lease.release(patient);
    expect(await lease.keep(patient)).toBe(false);
    expect((await source.discover(patient)).candidates.map(({ id }) => id)).toEqual(['b']);
    expect(await source.lookup!('a', patient)).toBeUndefined();
  });

  test('keeps one id for one address, in each cluster by itself', async () => {
    const registry = new MemoryRegistry();
    const source = memorySource(registry);
    const before = await source.register!(self('a', '10.0.0.1:7946'), patient);
    await source.register!(self('a', '10.0.0.1:7946'), patient);
    const taken = await source.register!(self('a', '10.0.0.2:7946'), patient).catch((error: unknown) => error);
    expect(taken).toBeInstanceOf(Collision);
    await memorySource(registry, 'other').register!(self('a', '10.0.0.2:7946'), patient);
    await before.release(patient);
    await source.register!(self('a', '10.0.0.3:7946'), patient);
    // What another node holds is not for the one before to keep or to take away.
    expect(await before.keep(patient)).toBe(false);
    await before.release(patient);
    expect(await source.lookup!('a', patient)).toMatchObject({ address: '10.0.0.3:7946' });
  });

  test('tells who watches of everything at first and of each change, until the watch ends', async () => {
    const source = memorySource(new MemoryRegistry());
    const heard: number[] = [];
    const end = new AbortController();
    const watching = source.watch!({ found: ({ candidates }: Found) => heard.push(candidates.length) }, end.signal);
    const lease = await source.register!(self('a', '10.0.0.1:7946'), patient);
    await source.register!(self('b', '10.0.0.2:7946'), patient);
    await lease.release(patient);
    end.abort();
    await watching;
    await source.register!(self('c', '10.0.0.3:7946'), patient);
    expect(heard).toEqual([0, 1, 2, 1]);
    await source.watch!({ found: () => heard.push(-1) }, AbortSignal.abort());
    expect(heard).toHaveLength(4);
  });
});
