import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTags, encodeTags } from '../../core/membership/tags.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const plain = (meta: Uint8Array) => {
  const tags = decodeTags(meta);
  return tags === undefined ? undefined : { ...tags };
};

describe('what is written is what Serf writes', () => {
  test.each([
    ['no tags are no bytes', {}, ''],
    ['one tag', { role: 'web' }, 'ff 81 a4 726f6c65 a3 776562'],
    ['keys in byte order, whatever order they were given in', { b: '2', B: '1' }, 'ff 82 a1 42 a1 31 a1 62 a1 32'],
    ['31 bytes are the longest short text', { k: 'x'.repeat(31) }, `ff 81 a1 6b bf ${'78'.repeat(31)}`],
    ['32 bytes take raw16, never str8', { k: 'x'.repeat(32) }, `ff 81 a1 6b da 0020 ${'78'.repeat(32)}`],
    ['text is UTF-8', { ü: '日' }, 'ff 81 a2 c3bc a3 e697a5'],
  ])('%s', (_, tags, expected) => {
    expect(hex(encodeTags(tags as Record<string, string>))).toBe(expected.replaceAll(' ', ''));
  });

  test('sixteen tags take a map with a two-byte count', () => {
    const tags = Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, '']));
    expect(hex(encodeTags(tags)).slice(0, 8)).toBe('ffde0010');
    expect(plain(encodeTags(tags))).toEqual(tags);
  });

  test('a text that no head can announce is refused', () => {
    expect(() => encodeTags({ k: 'x'.repeat(65_536) })).toThrow('65536 bytes');
  });
});

describe('what is read', () => {
  test.each([
    ['nothing', '', {}],
    ['a bare role, as the first Serf sent it', '776562', { role: 'web' }],
    ['no tags as Serf writes them', 'ff 80', {}],
    ['str8 and bin8 of the newer dialect', 'ff 81 d9 01 6b c4 01 76', { k: 'v' }],
    ['a map with a four-byte count', 'ff df 00000001 a1 6b a1 76', { k: 'v' }],
    ['nil is empty', 'ff 81 a1 6b c0', { k: '' }],
    ['of a key that comes twice, the last', 'ff 82 a1 6b a1 31 a1 6b a1 32', { k: '2' }],
    ['bytes after the map are ignored', 'ff 81 a1 6b a1 76 00', { k: 'v' }],
  ])('%s', (_, meta, expected) => {
    expect(plain(bytes(meta))).toEqual(expected);
  });

  test.each([
    ['a text cut short', 'ff 81 a4 726f'],
    ['a value missing', 'ff 81 a1 6b'],
    ['a count that nothing fills', 'ff df ffffffff a1 6b a1 76'],
    ['a number as a value', 'ff 81 a1 6b 07'],
    ['a list', 'ff 91 a1 6b'],
    ['only the mark', 'ff'],
    ['other bytes without the mark', '80 fe 01'],
  ])('%s is no tags', (_, meta) => {
    expect(decodeTags(bytes(meta))).toBeUndefined();
  });

  test('keys of strangers cannot reach what objects inherit', () => {
    const tags = decodeTags(encodeTags(JSON.parse('{"__proto__":"x"}') as Record<string, string>))!;
    expect(Object.keys(tags)).toEqual(['__proto__']);
    expect(tags['constructor']).toBeUndefined();
  });

  test('whatever is written is read again', () => {
    const text = fc.string({ unit: 'binary', maxLength: 80 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 40 }), (pairs) => {
        const tags = Object.fromEntries(pairs);
        expect(plain(encodeTags(tags))).toEqual({ ...tags });
      }),
    );
  });

  test('no bytes make it throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (rest) => void decodeTags(Uint8Array.of(0xff, ...rest))));
  });
});
