import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isIp, locate, parseHostPort, withPort } from '../../core/discovery/host-port.ts';
import type { DnsAnswer, Resolver } from '../../core/ports/resolver.ts';

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

describe('many places at once', () => {
  test('are asked for sixteen at a time, and come in their order whoever answers first', async () => {
    const waiting = new Map<string, (answer: DnsAnswer<string>) => void>();
    let most = 0;
    const absent = (): Promise<DnsAnswer<never>> => Promise.reject(new Error('not asked for'));
    const resolver: Resolver = {
      addresses: (name) =>
        new Promise((resolve) => {
          waiting.set(name, resolve);
          most = Math.max(most, waiting.size);
        }),
      services: absent,
      texts: absent,
    };
    const places = Array.from({ length: 120 }, (_, i) => ({ host: `n${i}`, port: 7_946 }));
    const located = locate(places, resolver, 60_000);
    let answered = 0;
    while (answered < 120) {
      const [name, resolve] = [...waiting].at(-1)!;
      waiting.delete(name);
      answered += 1;
      resolve({ records: [`10.0.0.${name.slice(1)}`], lifetimeMs: 60_000, complete: true });
      await new Promise((turn) => void setImmediate(turn));
    }
    expect(most).toBe(16);
    expect((await located).addresses).toEqual(places.map((_, i) => `10.0.0.${i}:7946`));
  });
});
