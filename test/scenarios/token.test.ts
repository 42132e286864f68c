import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidToken } from '../../scenarios/errors.ts';
import { compareWithToken, formatToken, parseToken } from '../../scenarios/token.ts';
import type { Token } from '../../scenarios/token.ts';

const token: Token = {
  scenario: 'crash-of-one',
  seed: 17,
  mode: 'reference',
  stage: '1c9f03ab',
  version: '0.1.0',
  code: '77ab01c2',
  hash: '5f3a00112233aabb',
};

const hexWord = fc.integer({ min: 0, max: 0xffffffff }).map((value) => value.toString(16).padStart(8, '0'));
const anyToken: fc.Arbitrary<Token> = fc.record({
  scenario: fc.stringMatching(/^[a-z0-9]+(-[a-z0-9]+){0,3}$/),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  mode: fc.constantFrom('reference', 'wire'),
  stage: hexWord,
  version: fc.constantFrom('0.1.0', '1.2.3-beta.4', '10.0.0+build.7'),
  code: hexWord,
  hash: fc.tuple(hexWord, hexWord).map((words) => words.join('')),
});

describe('a replay token', () => {
  test('says the same after it was printed and read', () => {
    fc.assert(
      fc.property(anyToken, (one) => {
        expect(parseToken(formatToken(one))).toEqual(one);
      }),
    );
  });

  test('is one word that no shell takes apart', () => {
    fc.assert(
      fc.property(anyToken, (one) => {
        expect(formatToken(one)).toMatch(/^[\w:.+-]+$/);
      }),
    );
  });

  test('is refused when any single character was changed', () => {
    const text = formatToken(token);
    for (let index = 0; index < text.length; index += 1) {
      const changed = `${text.slice(0, index)}${text[index] === '7' ? '8' : '7'}${text.slice(index + 1)}`;
      expect(() => parseToken(changed), changed).toThrow(InvalidToken);
    }
  });

  test('is refused when it was cut, with words that say so', () => {
    const text = formatToken(token);
    for (let length = 0; length < text.length; length += 1) {
      expect(() => parseToken(text.slice(0, length))).toThrow(InvalidToken);
    }
    expect(() => parseToken(text.slice(0, 40))).toThrow('cut when it was copied');
    expect(() => parseToken('crash-of-one')).toThrow('"rc1:"');
  });
});

describe('a run compared with its token', () => {
  test('is reproduced when the hash is the same, even by other code', () => {
    expect(compareWithToken(token, { ...token, code: 'ffffffff' })).toEqual({ kind: 'reproduced' });
  });

  test.each([
    ['version', { version: '0.2.0' }],
    ['source', { code: 'ffffffff' }],
    ['stage', { stage: 'ffffffff' }],
  ])('says that the code has changed when the %s is another', (what, change) => {
    const reproduction = compareWithToken(token, { ...token, ...change, hash: '0000000000000000' });
    expect(reproduction).toMatchObject({ kind: 'code-changed' });
    expect(reproduction).toHaveProperty('words', expect.stringMatching(new RegExp(`The code has changed: .*${what}`)));
  });

  test('has diverged when the same code gave another hash', () => {
    expect(compareWithToken(token, { ...token, hash: '0000000000000000' })).toMatchObject({ kind: 'diverged' });
  });
});
