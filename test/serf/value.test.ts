import * as fc from 'fast-check';
import { encode } from '@msgpack/msgpack';
import { describe, expect, test } from 'vitest';
import { readValue, writeValue, type Value } from '../../core/serf/value.ts';
import { ByteWriter } from '../../core/wire/byte-writer.ts';
import { bytesFromText } from '../../core/wire/text.ts';
import { bytes } from '../wire/support.ts';

const written = (value: Value): Uint8Array => {
  const writer = new ByteWriter();
  writeValue(writer, value);
  return writer.take();
};

const values = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.maxSafeNat(),
    fc.constantFrom(127, 128, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, 2 ** 52),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.array(fc.tuple(fc.string({ maxLength: 40 }), tie('value')), { maxLength: 20 }).map((pairs) => new Map(pairs)),
  ),
})).value;

describe('msgpack as Serf writes it', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(readValue(written(value), 0)).toEqual(value);
      }),
    );
  });

  test('has no form that old readers do not know', () => {
    expect(written('n'.repeat(40)).subarray(0, 3)).toEqual(bytes('da 00 28'));
    expect(written(new Uint8Array(70_000)).subarray(0, 5)).toEqual(bytes('db 00 01 11 70'));
    expect(written(Array.from({ length: 70_000 }, () => null)).subarray(0, 5)).toEqual(bytes('dd 00 01 11 70'));
  });

  test('is read in any other form too, and what has no meaning here is stepped over', () => {
    const odd = { float: 1.5, date: new Date(0), negative: -1, low: -100_000, after: 'x'.repeat(40) };
    const read = readValue(encode(odd), 0);
    expect(read).toEqual(
      new Map<string, Value>([
        ['float', null],
        ['date', null],
        ['negative', -1],
        ['low', -1],
        ['after', bytesFromText('x'.repeat(40))],
      ]),
    );
  });

  test('keeps no hold on the packet that it came in', () => {
    const packet = written(Uint8Array.of(1, 2, 3));
    const read = readValue(packet, 0);
    packet.fill(9);
    expect(read).toEqual(Uint8Array.of(1, 2, 3));
  });
});
