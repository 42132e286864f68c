import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressChecksum } from '../../core/discovery/checksum.ts';
import { Documents } from '../../core/discovery/registry/documents.ts';
import { entryOf, readListing } from '../../core/discovery/registry/listing.ts';
import { entryIn, foundIn } from '../../core/discovery/registry/peers.ts';
import { millisecondsOf } from '../../core/discovery/registry/timestamp.ts';
import { SourceFailed, type Found } from '../../core/discovery/source.ts';
import { rfc3339 } from '../../core/wall-time.ts';
import { testPorts, WallClock } from './file-ports.ts';

const now = new WallClock().wall;
const choice = { label: '', maxAgeMs: undefined, now };
const names = { 'node-1.test': ['10.0.1.1', 'fd00::1'] };

async function found(value: unknown): Promise<Found & { told: readonly string[] }> {
  const documents = new Documents('file', [], testPorts(), { label: '', dataDir: '' });
  const listing = await documents.read(JSON.stringify(value), 'peers.json');
  const answer = await foundIn(listing, {
    method: 'file',
    lifetimeMs: 60_000,
    choice,
    resolver: testPorts({ names }).resolver([]),
  });
  return { ...answer, told: answer.candidates.map(({ id, address }) => `${id ?? '?'} ${address}`) };
}

describe('a listing of peers', () => {
  test('may be the registry of one node', async () => {
    const entry = {
      cluster_node_id: 1,
      iroh_node_id: 'base64-encoded-node-id',
      direct_addresses: ['192.168.1.10:7001', '10.0.0.5:7001'],
      relay_url: 'https://relay.iroh.network',
      address: '192.168.1.10:7001',
    };
    expect((await found(entry)).told).toEqual(['1 192.168.1.10:7001', '? 10.0.0.5:7001']);
  });

  test('may be a list of static peers', async () => {
    const peer = { iroh_node_id: 'x', relay_url: null, source: 'static', discovered_at: '2024-01-01T00:00:00Z' };
    const peers = [
      { ...peer, node_id: 1, direct_addresses: ['192.168.1.10:7001'] },
      { ...peer, node_id: 2, direct_addresses: ['192.168.1.11:7002'] },
    ];
    expect((await found(peers)).told).toEqual(['1 192.168.1.10:7001', '2 192.168.1.11:7002']);
    expect((await found({ peers })).told).toEqual(['1 192.168.1.10:7001', '2 192.168.1.11:7002']);
  });

  test('may be ours, with ports left out, names and IPv6', async () => {
    const answer = await found([
      { id: 'a', address: '10.0.0.1' },
      { address: 'tcp://[fd00::2]:9000' },
      { id: 'n', address: 'node-1.test:7000' },
    ]);
    expect(answer).toMatchObject({ complete: true, warnings: [] });
    expect(answer.told).toEqual(['a 10.0.0.1:7946', '? [fd00::2]:9000', '? 10.0.1.1:7000', '? [fd00::1]:7000']);
  });

  test('that is empty names nobody', async () => {
    for (const empty of [[], { peers: [] }, { entries: [] }]) {
      expect(await found(empty)).toMatchObject({ candidates: [], complete: true, nobody: 'the list is empty' });
    }
  });

  test('where a node entered what it binds is not believed there, and never means ourselves', async () => {
    const answer = await found([
      { id: 'a', address: '0.0.0.0:7001' },
      { id: 'b', address: '[::]:7001' },
      { id: 'c', direct_addresses: ['0.0.0.0:7001', '10.0.0.3:7001'] },
    ]);
    expect(answer.told).toEqual(['c 10.0.0.3:7001']);
    expect(answer.complete).toBe(false);
    expect(answer.warnings.join('\n')).toMatch(/entry 1 has 0\.0\.0\.0:7001, where its node binds/);
    await expect(found({ id: 'a', address: '0.0.0.0:7001' })).rejects.toThrow(
      /none of .* can be used: entry 1 has 0\.0\.0\.0/,
    );
  });

  test('with an id at two addresses loses neither, and says so', async () => {
    const answer = await found([
      { id: 'a', address: '10.0.0.1:7946' },
      { id: 'a', address: '10.0.0.2:7946' },
    ]);
    expect(answer.told).toEqual(['a 10.0.0.1:7946', '? 10.0.0.2:7946']);
    expect(answer.warnings).toEqual(['"a" is entered twice, at 10.0.0.1:7946 and at 10.0.0.2:7946']);
  });

  test('with an entry whose halves do not belong together passes it over', async () => {
    const good = { id: 'a', address: '10.0.0.1:7946', checksum: addressChecksum('a', '10.0.0.1:7946') };
    const answer = await found([good, { ...good, id: 'b' }]);
    expect(answer.told).toEqual(['a 10.0.0.1:7946']);
    expect(answer.complete).toBe(false);
    expect(answer.warnings.join()).toContain('entry 2 has a checksum that does not fit "b" at 10.0.0.1:7946');
  });

  test('whose names cannot all be asked for is incomplete; where none can, it is no answer', async () => {
    const answer = await found([{ address: 'broken:1' }, { address: '10.0.0.1' }]);
    expect(answer).toMatchObject({ complete: false, told: ['? 10.0.0.1:7946'] });
    await expect(found([{ address: 'broken:1' }])).rejects.toBeInstanceOf(SourceFailed);
  });

  test('with a thousand mistakes says ten of them', async () => {
    const answer = await found([{ address: '10.0.0.1' }, ...Array.from({ length: 1_000 }, () => ({ address: 'a b' }))]);
    expect(answer.warnings).toHaveLength(11);
    expect(answer.warnings.at(-1)).toMatch(/and \d+ more/);
  });

  test('of whatever JSON is read, or refused as a source that failed', async () => {
    const keys = fc.constantFrom(
      'id',
      'node_id',
      'address',
      'direct_addresses',
      'peers',
      'checksum',
      'label',
      'heartbeat_at',
      '__proto__',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue(),
        fc.constantFrom('10.0.0.1:1', '[::', 'x', '2026-01-01T00:00:00Z'),
        tie('list'),
        tie('table'),
      ),
      list: fc.array(tie('value'), { maxLength: 4 }),
      table: fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
    }));
    const text = fc.oneof(
      value.map((one) => JSON.stringify(one)),
      fc.string(),
      fc.constant('['.repeat(100_000)),
    );
    for (const publicKeys of [[], ['iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=']]) {
      const documents = new Documents('file', publicKeys, testPorts(), { label: '', dataDir: '' });
      await fc.assert(
        fc.asyncProperty(text, async (one) => {
          try {
            const listing = await documents.read(one, 'p');
            await foundIn(listing, { method: 'file', lifetimeMs: 1, choice, resolver: testPorts().resolver([]) });
          } catch (error) {
            expect(error).toBeInstanceOf(SourceFailed);
          }
        }),
        { numRuns: 300 },
      );
    }
  });

  test('reads back what a node enters of itself', () => {
    const self = { id: 'a', address: '[fd00::1]:7946', label: 'blue', tags: { role: 'db' } };
    const listing = readListing(JSON.parse(JSON.stringify(entryOf(self, now))))!;
    expect(listing).toMatchObject({ damaged: [], listed: [{ id: 'a', label: 'blue', seenAt: now }] });
    expect(entryIn(listing, { ...choice, label: 'blue' }, 'a')).toEqual({
      id: 'a',
      address: '[fd00::1]:7946',
      checksum: addressChecksum('a', '[fd00::1]:7946'),
    });
  });
});

describe('a time in RFC 3339', () => {
  test('is read as it was written, for all of our calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (ms) => {
        expect(millisecondsOf(rfc3339(ms))).toBe(ms);
        expect(millisecondsOf(rfc3339(ms))).toBe(Date.parse(rfc3339(ms)));
      }),
    );
  });

  test('may have an offset, a fraction of any length, or none', () => {
    expect(millisecondsOf('2026-01-01T01:30:00+01:30')).toBe(now);
    expect(millisecondsOf('2025-12-31 19:00:00.123456789-05:00')).toBe(now + 123);
    expect(millisecondsOf('2026-01-01T00:00:60Z')).toBe(now + 60_000);
  });

  test.each(['', '2026-01-01', '2026-13-01T00:00:00Z', '2026-01-01T24:00:00Z', '1767225600', '2026-01-01T00:00:00'])(
    'is not %j',
    (text) => expect(millisecondsOf(text)).toBeUndefined(),
  );
});
