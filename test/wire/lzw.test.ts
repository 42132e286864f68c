import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LzwDecoder, LzwEncoder } from '../../core/wire/lzw.ts';
import { bytes, refusal, sequence } from './support.ts';

const roundTrip = (input: Uint8Array): Uint8Array =>
  new LzwDecoder().decode(new LzwEncoder().encode(input), input.length);

describe('LZW', () => {
  test('of nothing is a clear code and an end code', () => {
    expect(new LzwEncoder().encode(new Uint8Array(0))).toEqual(bytes('00 03 02'));
    expect(new LzwDecoder().decode(bytes('00 03 02'), 100)).toEqual(new Uint8Array(0));
  });

  test('comes back as it was, for any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.array(fc.constantFrom(0, 1), { maxLength: 3000 })),
        (input) => {
          const given = Uint8Array.from(input);
          expect(roundTrip(given)).toEqual(given);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([1, 2, 3, 256])('comes back as it was, for 200 KB of %i symbols', (symbols) => {
    for (const length of [4093, 4094, 4095, 4096, 5000, 200_000]) {
      const input = sequence(length, symbols);
      expect(Buffer.compare(roundTrip(input), input)).toBe(0);
    }
  });

  test('shrinks what repeats itself', () => {
    expect(new LzwEncoder().encode(new Uint8Array(100_000)).length).toBeLessThan(1000);
  });

  test('starts afresh with every input', () => {
    const encoder = new LzwEncoder();
    const input = sequence(10_000, 3);
    const first = encoder.encode(input);
    expect(encoder.encode(input)).toEqual(first);
  });

  test('forgets what it learnt from inputs long gone', () => {
    const encoder = new LzwEncoder();
    const input = sequence(600, 3);
    const first = encoder.encode(input);
    // Its generations are numbered with 12 bits: this input has the number of the first one again.
    for (let count = 0; count < 4_094; count += 1) encoder.encode(new Uint8Array(0));
    expect(encoder.encode(input)).toEqual(first);
  });

  test('may lack the first clear code', () => {
    expect(new LzwDecoder().decode(bytes('41 02 02'), 100)).toEqual(bytes('"A"'));
  });

  test('without an end, or with a code that was never learnt, is refused', () => {
    const decode =
      (input: Uint8Array): (() => unknown) =>
      () =>
        new LzwDecoder().decode(input, 100);
    expect(refusal(decode(new Uint8Array(0)))).toBe('bad-compression');
    expect(refusal(decode(bytes('00 03')))).toBe('bad-compression');
    // A clear code, then 258 with nothing before it.
    expect(refusal(decode(bytes('00 05 02')))).toBe('bad-compression');
    // A clear code, the letter A, then 300.
    expect(refusal(decode(bytes('00 83 b0 04 08')))).toBe('bad-compression');
  });

  test('stops at the limit, and not one byte before', () => {
    const input = new Uint8Array(1000);
    const squeezed = new LzwEncoder().encode(input);
    expect(new LzwDecoder().decode(squeezed, 1000)).toEqual(input);
    expect(refusal(() => new LzwDecoder().decode(squeezed, 999))).toBe('too-large');
  });

  test('goes on with a full table until it is cleared, as other encoders do', () => {
    // 5000 literals and no clear code: the codes widen to 12 bits, the table fills, and then the last code is used.
    const literals = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
    const codes: number[] = [256, ...literals, 4095, 257];
    const output = new LzwDecoder().decode(packWidening(codes), 10_000);
    expect(output.subarray(0, 5000)).toEqual(literals);
    // 4095 was learnt from the 3838th literal and the one after it.
    expect(output.subarray(5000)).toEqual(literals.subarray(3837, 3839));
  });
});

/** Packs codes as an encoder does that never clears its table. */
function packWidening(codes: readonly number[]): Uint8Array {
  const packed: number[] = [];
  let bits = 0;
  let count = 0;
  let next = 257;
  for (const code of codes) {
    const width = Math.max(9, Math.min(12, 32 - Math.clz32(next)));
    bits |= code << count;
    for (count += width; count >= 8; count -= 8) {
      packed.push(bits & 255);
      bits >>>= 8;
    }
    if (code !== 256 && next < 4095) next += 1;
  }
  packed.push(bits & 255);
  return Uint8Array.from(packed);
}
