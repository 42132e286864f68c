import { describe, expect, test } from 'vitest';
import { preamble, readOpening } from '../../../transports/sockets/preamble.ts';

describe('the opening of a connection', () => {
  test.each(['stream', 'datagrams'] as const)('tells that it is for %s, once all of it is there', (purpose) => {
    const bytes = preamble(purpose, 7946);
    for (let length = 0; length < bytes.length; length++) expect(readOpening(bytes.slice(0, length))).toBeUndefined();
    expect(readOpening(Uint8Array.of(...bytes, 1, 2))).toEqual({ purpose, port: 7946, size: bytes.length });
  });

  test('is that of a bare stream when it begins like any message of memberlist', () => {
    for (let kind = 0; kind < 256; kind++) {
      if (kind === preamble('stream', 1)[0]) continue;
      expect(readOpening(Uint8Array.of(kind))).toEqual({ purpose: 'stream', port: 0, size: 0 });
    }
  });

  test('is unknown when the mark, version or purpose is another, or the port is none', () => {
    const good = preamble('datagrams', 7946);
    for (const [at, value] of [
      [1, 0],
      [2, 0],
      [3, 2],
      [4, 2],
    ] as const) {
      const bad = good.slice();
      bad[at] = value;
      expect(readOpening(bad)).toEqual({ purpose: 'unknown' });
    }
    expect(readOpening(preamble('datagrams', 0))).toEqual({ purpose: 'unknown' });
    expect(readOpening(Uint8Array.of(good[0]!, 0))).toEqual({ purpose: 'unknown' });
  });
});
