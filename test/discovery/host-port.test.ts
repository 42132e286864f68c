import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIp, parseHostPort, withPort } from '../../core/discovery/host-port.ts';

describe('a place to look for a peer', () => {
  test.each([
    ['10.0.0.7', '10.0.0.7', 7946],
    ['10.0.0.7:8000', '10.0.0.7', 8000],
    ['[fd00::7]:8000', 'fd00::7', 8000],
    ['[fd00::7]', 'fd00::7', 7946],
    ['fd00::7', 'fd00::7', 7946],
    ['node-1.example.org', 'node-1.example.org', 7946],
    ['node-1.example.org.:8000', 'node-1.example.org.', 8000],
    ['localhost:1', 'localhost', 1],
  ])('%s is %s at port %i', (text, host, port) => {
    expect(parseHostPort(text, 7946)).toEqual({ host, port });
  });

  test.each([
    '',
    ':7946',
    'a b',
    '10.0.0.7:0',
    '10.0.0.7:70000',
    '10.0.0',
    '10.0.0.256',
    '[10.0.0.7]x',
    'a..b',
    '-a',
    'http://a',
  ])('%j is refused, with examples', (text) => {
    expect(() => parseHostPort(text, 7946)).toThrow(/such as 10\.0\.0\.7:7946/);
  });

  test('reads back what withPort writes, for every address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.integer({ min: 1, max: 65_535 }), (host, port) => {
        fc.pre(isIp(host));
        expect(parseHostPort(withPort(host, port), 1)).toEqual({ host, port });
      }),
    );
  });

  test('never throws anything but a clear refusal', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseHostPort(text, 7946);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_SETTING' });
        }
      }),
    );
  });
});
