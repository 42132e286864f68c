import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../../core/cluster/snapshot.ts';
import type { State } from '../../core/wire/messages.ts';

const peers = fc.record({
  about: fc.record({
    name: fc.string({ minLength: 1, maxLength: 20 }),
    address: fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 65_535 })).map(([ip, port]) => `${ip}:${port}`),
    meta: fc.uint8Array({ maxLength: 40 }).map((bytes) => Uint8Array.from(bytes)),
    vsn: fc.uint8Array({ minLength: 6, maxLength: 6 }).map((bytes) => Uint8Array.from(bytes)),
  }),
  incarnation: fc.integer({ min: 0, max: 0xffff_ffff }),
  state: fc.constantFrom<State>(0, 1, 2, 3),
});
const snapshots: fc.Arbitrary<Snapshot> = fc.record({
  name: fc.string({ minLength: 1 }),
  label: fc.string(),
  incarnation: fc.integer({ min: 0, max: 0xffff_ffff }),
  peers: fc.array(peers, { maxLength: 10 }),
});

describe('a snapshot', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(snapshots, (snapshot) => {
        expect(decodeSnapshot(encodeSnapshot(snapshot))).toEqual(snapshot);
      }),
    );
  });

  test('that was changed or cut short anywhere is recognised', () => {
    fc.assert(
      fc.property(snapshots, fc.nat(), fc.boolean(), (snapshot, at, cut) => {
        const bytes = encodeSnapshot(snapshot);
        const place = at % bytes.length;
        if (!cut) bytes[place]! ^= 1;
        expect(() => decodeSnapshot(cut ? bytes.subarray(0, place) : bytes)).toThrow(/The snapshot is damaged/);
      }),
    );
  });

  test.each(['', 'NUL\0\0\0', 'rollcall-snapshot 2 crc32 00000000\n{}', '{"name":"a"}'])('is not %j', (text) => {
    expect(() => decodeSnapshot(new TextEncoder().encode(text))).toThrow(/damaged: its first line is not/);
  });
});
