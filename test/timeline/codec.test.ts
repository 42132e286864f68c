// Millions of numbers: a matcher that could explain each difference takes seconds.
import { isDeepStrictEqual } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { believed } from '../../scenarios/timeline/beliefs.ts';
import { decodeTimeline, encodeTimeline } from '../../scenarios/timeline/codec.ts';
import { packTimeline } from '../../scenarios/timeline/pack.ts';
import { thinned } from '../../scenarios/timeline/thin.ts';
import type { Timeline } from '../../scenarios/timeline/timeline.ts';
import { VarintReader, VarintWriter } from '../../scenarios/timeline/varints.ts';
import { rowInWords } from '../../scenarios/timeline/words.ts';
import { collect } from './collected.ts';

let timeline: Timeline;
beforeAll(async () => {
  ({ timeline } = await collect('swarm', 3));
});

test('numbers come back as they were, whatever their size and sign', () => {
  const natural = fc.oneof(fc.nat(), fc.maxSafeNat());
  const signed = fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 51), max: 2 ** 51 }));
  fc.assert(
    fc.property(fc.array(natural), fc.array(signed), fc.uint8Array(), (plain, both, bytes) => {
      const writer = new VarintWriter();
      for (const value of plain) writer.unsigned(value);
      for (const value of both) writer.signed(value);
      writer.bytes(bytes);
      const reader = new VarintReader(writer.written());
      expect(plain.map(() => reader.unsigned())).toEqual(plain);
      expect(both.map(() => reader.signed())).toEqual(both.map((value) => value + 0));
      expect(reader.bytes(bytes.length)).toEqual(bytes);
    }),
  );
});

test('a timeline comes back as it was', () => {
  expect(isDeepStrictEqual(decodeTimeline(encodeTimeline(timeline)), timeline)).toBe(true);
});

test('a thinned timeline comes back as it was, however thin', () => {
  fc.assert(
    fc.property(fc.nat({ max: 20_000 }), (most) => {
      const thin = thinned(timeline, most);
      expect(isDeepStrictEqual(decodeTimeline(encodeTimeline(thin)), thin)).toBe(true);
    }),
    { numRuns: 3 },
  );
});

test('a page of another format says so', () => {
  const encoded = encodeTimeline(timeline).slice();
  encoded[0] = 99;
  expect(() => decodeTimeline(encoded)).toThrow(/cannot be read: it is of another version/);
});

describe('thinned out', () => {
  const isMessage = ({ rows, kinds }: Timeline, row: number): boolean =>
    kinds[rows.kind[row]!]!.family === 'message' || THIN.has(kinds[rows.kind[row]!]!.name);
  const THIN = new Set(['probe', 'inserted', 'push-pull', 'broadcast', 'connect', 'open', 'stream-close']);
  const notable = (of: Timeline): string[] =>
    [...of.rows.at.keys()]
      .filter((row) => !isMessage(of, row))
      .map((row) => `${of.rows.at[row]} ${rowInWords(of, row).host} ${rowInWords(of, row).words}`);

  test('a run keeps every event that is no routine, and all beliefs', () => {
    const thin = thinned(timeline, 500);
    expect(notable(thin)).toEqual(notable(timeline));
    expect(believed(thin)).toEqual(believed(timeline));
  });

  test('a run keeps so much routine as was asked for, and counts it', () => {
    for (const most of [0, 500, 5_000]) {
      const thin = thinned(timeline, most);
      const kept = [...thin.rows.at.keys()].filter((row) => isMessage(thin, row)).length;
      expect(Math.abs(kept - most)).toBeLessThanOrEqual(most / 100 + 1);
      expect(thin.totals.messagesShown).toBe(thin.messages.size.length);
      expect(thin.totals.messages).toBe(timeline.totals.messages);
      expect(thin.density).toEqual(timeline.density);
    }
  });

  test('messages that led to something stay before those that led to nothing', () => {
    const led = (of: Timeline): number =>
      [...of.rows.at.keys()].filter((row) => {
        const cause = of.rows.cause[row]!;
        return !isMessage(of, row) && cause >= 0 && of.kinds[of.rows.kind[cause]!]!.family === 'message';
      }).length;
    expect(led(thinned(timeline, 8_000))).toBe(led(timeline));
  });

  test('every cause is the nearest one that is left', () => {
    const thin = thinned(timeline, 1_000);
    const { cause, at } = thin.rows;
    expect([...cause.keys()].filter((row) => cause[row]! >= row || at[cause[row]!]! > at[row]!)).toEqual([]);
    const roots = [...cause.keys()].filter((row) => cause[row]! < 0).map((row) => rowInWords(thin, row).kind);
    expect(new Set(roots)).toEqual(new Set(['boot', 'fault']));
  });
});

test('a packed timeline fits into the room that it is given, and is whole where there is room', () => {
  const whole = packTimeline(timeline, 9_000_000);
  expect(whole.timeline).toBe(timeline);
  const most = Math.floor(whole.text.length * 0.8);
  const tight = packTimeline(timeline, most);
  expect(tight.text.length).toBeLessThanOrEqual(most);
  expect(tight.text.length).toBeGreaterThan(most * 0.6);
  expect(tight.timeline.totals.messagesShown).toBeLessThan(timeline.totals.messages);
  const unpacked = decodeTimeline(inflateRawSync(Buffer.from(tight.text, 'base64')));
  expect(isDeepStrictEqual(unpacked, tight.timeline)).toBe(true);
});
