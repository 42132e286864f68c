import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalAddress, formatAddress, parseAddress, sameAddress } from '../../core/address.ts';
import { InvalidSetting } from '../../core/errors.ts';
import { addresses } from './support.ts';

describe('an address', () => {
  test('means the same after parsing and formatting', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        const { bytes, port } = parseAddress(address);
        expect(formatAddress(bytes, port)).toBe(address);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['10.0.0.7:7946', [10, 0, 0, 7], 7946],
    ['0.0.0.0:0', [0, 0, 0, 0], 0],
    ['255.255.255.255:65535', [255, 255, 255, 255], 65535],
    ['[::]:1', Array.from(new Uint8Array(16)), 1],
    ['[fd00::7]:7946', [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7], 7946],
    ['[1:2:3:4:5:6:7::]:1', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0], 1],
    ['[::FFFF:10.0.0.7]:1', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 7], 1],
  ])('%s is read byte by byte', (text, bytes, port) => {
    expect(parseAddress(text)).toEqual({ bytes: Uint8Array.from(bytes), port });
  });

  test.each([
    '',
    '10.0.0.7',
    ':7946',
    '10.0.0.7:',
    '10.0.0.7:65536',
    '10.0.0.7:01',
    '10.0.0.7:-1',
    '10.0.0.7:1 ',
    '10.0.0:1',
    '10.0.0.7.8:1',
    '10.0.0.256:1',
    '10.0.0.07:1',
    '10..0.7:1',
    'localhost:7946',
    'fd00::7:7946',
    '[fd00::7]',
    '[fd00:::7]:1',
    '[1::2::3]:1',
    '[1:2:3:4:5:6:7]:1',
    '[1:2:3:4:5:6:7:8:9]:1',
    '[1:2:3:4:5:6:7:8::]:1',
    '[fd00::7%eth0]:1',
    '[fd00::12345]:1',
    '[10.0.0.7::1]:1',
    '[10.0.0.7]:1',
    '[]:1',
  ])('%j is refused with an example of what is right', (text) => {
    expect(() => parseAddress(text)).toThrow(InvalidSetting);
    expect(() => parseAddress(text)).toThrow('10.0.0.7:7946');
  });

  test('of neither 4 nor 16 bytes has no text', () => {
    expect(() => formatAddress(new Uint8Array(5), 1)).toThrow(InvalidSetting);
  });

  test.each([
    ['[0:0:0:0:0:0:0:0]:1', '[::]:1'],
    ['[FD00:0:0:1:0:0:0:7]:1', '[fd00:0:0:1::7]:1'],
    ['[1:0:0:2:3:0:0:4]:1', '[1::2:3:0:0:4]:1'],
    ['[1:0:2:3:4:5:6:7]:1', '[1:0:2:3:4:5:6:7]:1'],
    ['[::ffff:10.0.0.7]:1', '10.0.0.7:1'],
    ['[::ffff:a00:7]:1', '10.0.0.7:1'],
    ['10.0.0.7:1', '10.0.0.7:1'],
  ])('%s is canonically %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
    expect(sameAddress(text, canonical)).toBe(true);
  });

  test('of another host or port is another address', () => {
    expect(sameAddress('10.0.0.7:1', '10.0.0.7:2')).toBe(false);
    expect(sameAddress('[::ffff:10.0.0.7]:1', '10.0.0.8:1')).toBe(false);
  });
});
