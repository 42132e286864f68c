import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../core/base64.ts';
import { fileSource } from '../../core/discovery/file/file-source.ts';
import { canonicalJson } from '../../core/discovery/signed/canonical-json.ts';
import { keyIdOf, signRegistry, type Edition } from '../../core/discovery/signed/signed-registry.ts';
import { SourceFailed, type Source } from '../../core/discovery/source.ts';
import { bytesFromText } from '../../core/wire/text.ts';
import { Disk, simulatedFiles } from '../../simulator/sim-files.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { bootedHosts } from '../contract/simulated.ts';
import { patient } from './asking.ts';
import { testPorts, WallClock } from './file-ports.ts';

const crypto = nodeCrypto();
const seedOf = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const publicOf = (fill: number): string => toBase64(crypto.publicKey(seedOf(fill)));
const NOW = new WallClock().wall;
const HOUR = 3_600_000;

const edition = (more: Partial<Edition> = {}): Edition => ({
  cluster: 'blue',
  seq: 7,
  issuedAt: NOW,
  expiresAt: NOW + HOUR,
  entries: [{ id: 'a', address: '10.0.0.1:7946' }],
  ...more,
});

describe('the canonical form', () => {
  test('has golden bytes', () => {
    const value = { z: [1, -0, 9007199254740991], a: { '€': 'ö\n"\\\u0007', '\u{1f600}': null, A: true, '': false } };
    expect(canonicalJson(value)).toBe(
      '{"a":{"":false,"A":true,"€":"ö\\n\\"\\\\\\u0007","\u{1f600}":null},"z":[1,0,9007199254740991]}',
    );
  });

  test('does not depend on the order of keys, and says all that the value says', () => {
    const text = fc.string({ unit: 'grapheme' });
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.maxSafeInteger(),
        fc.boolean(),
        fc.constant(null),
        text,
        tie('list'),
        tie('table'),
      ),
      list: fc.array(tie('value'), { maxLength: 4 }),
      table: fc.dictionary(text, tie('value'), { maxKeys: 5 }),
    }));
    const reversed = (one: unknown): unknown => {
      if (Array.isArray(one)) return one.map(reversed);
      if (typeof one !== 'object' || one === null) return one;
      const entries = Object.entries(one).map(([key, inner]) => [key, reversed(inner)] as const);
      return Object.fromEntries(entries.toReversed());
    };
    fc.assert(
      fc.property(value, (one) => {
        expect(canonicalJson(reversed(one))).toBe(canonicalJson(one));
        expect(canonicalJson(JSON.parse(canonicalJson(one)))).toBe(canonicalJson(one));
      }),
    );
  });

  test.each([1.5, Number.NaN, 2 ** 53, '\ud800', undefined, () => 1])(
    'refuses %s, which readers may write otherwise',
    (value) => {
      expect(() => canonicalJson({ a: value })).toThrow(/a value to be signed/);
    },
  );

  test('refuses a value that is too deep for any reason to be', () => {
    expect(() => canonicalJson(JSON.parse('['.repeat(50) + ']'.repeat(50)))).toThrow(/levels deep/);
  });
});

describe('a signed registry', () => {
  test('has golden bytes', () => {
    const signature = '/g5+aJTEVkdfC80qM7DZZaUs+zNW3EPsTk+FV9JDkQSS439e+Q4Q1t15OKn1uKAVbDgvWd69tf5CxuLhDnZ5Cw==';
    const text =
      '{"cluster":"blue","entries":[{"address":"10.0.0.1:7946","id":"a"}],"expires":"2026-01-01T01:00:00.000Z",' +
      '"issued":"2026-01-01T00:00:00.000Z","keyId":"34750f98bd59fcfc","seq":7}';
    expect(crypto.verify(crypto.publicKey(seedOf(1)), bytesFromText(text), fromBase64(signature))).toBe(true);
    expect(signRegistry(edition(), seedOf(1), crypto)).toEqual({
      cluster: 'blue',
      seq: 7,
      issued: '2026-01-01T00:00:00.000Z',
      expires: '2026-01-01T01:00:00.000Z',
      keyId: '34750f98bd59fcfc',
      entries: [{ id: 'a', address: '10.0.0.1:7946' }],
      signature,
    });
  });

  test.each([
    ['entries that no node could read', edition({ entries: [{ id: 'a' }] }), /entry 1 has no address/],
    ['an expiry before its beginning', edition({ expiresAt: NOW }), /expires/],
    ['a sequence number below 0', edition({ seq: -1 }), /seq/],
  ])('is not made with %s', (_, wrong, words) => {
    expect(() => signRegistry(wrong, seedOf(1), crypto)).toThrow(words);
  });
});

interface Reader {
  readonly clock: WallClock;
  /** A node that starts anew: all that it remembers is in its files. */
  source(keys?: readonly string[], dataDir?: string): Source;
  put(value: unknown): void;
  read(source: Source): Promise<string>;
}

function reader(): Reader {
  const { hosts } = bootedHosts(['a']);
  const disk = new Disk();
  const clock = new WallClock();
  const ports = testPorts({ files: simulatedFiles(hosts['a']!, { '/etc': disk }), clock });
  return {
    clock,
    source: (publicKeys = [publicOf(1)], dataDir = '/data') =>
      fileSource(
        {
          paths: ['/etc/peers.json'],
          optional: false,
          refreshIntervalMs: 1_000,
          maxAgeMs: 0,
          registerPath: '',
          publicKeys,
        },
        ports,
        { label: 'blue', dataDir },
      ),
    put: (value) => void disk.write('/etc/peers.json', bytesFromText(JSON.stringify(value))),
    async read(source) {
      try {
        return (await source.discover(patient)).candidates.map(({ address }) => address).join(' ');
      } catch (error) {
        expect(error).toBeInstanceOf(SourceFailed);
        return (error as Error).message;
      }
    },
  };
}

describe('a node that believes signed registries only', () => {
  const signed = (more: Partial<Edition> = {}, key = 1): object => signRegistry(edition(more), seedOf(key), crypto);

  test('believes what a trusted key has signed, whichever it is', async () => {
    const { source, put, read } = reader();
    const one = source([publicOf(1), publicOf(2)]);
    put(signed());
    expect(await read(one)).toBe('10.0.0.1:7946');
    put(signed({ seq: 8 }, 2));
    expect(await read(one)).toBe('10.0.0.1:7946');
    put(signed({ seq: 9 }, 3));
    expect(await read(one)).toMatch(/is not trusted here/);
  });

  test.each([
    ['not signed', edition().entries, /it is not signed/],
    ['of another cluster', signed({ cluster: 'green' }), /about the cluster "green", not "blue"/],
    ['expired', signed({ issuedAt: NOW - 2 * HOUR, expiresAt: NOW }), /it expired at 2026-01-01T00:00:00.000Z/],
    ['from the future', signed({ issuedAt: NOW + 61_000 }), /in the future/],
    [
      'signed by somebody who says to be another',
      { ...signed({}, 2), keyId: keyIdOf(crypto.publicKey(seedOf(1)), crypto) },
      /damaged or forged/,
    ],
    ['extended by hand', { ...signed(), optional: true }, /no signed registry has: optional/],
    ['signed with something that is no base64', { ...signed(), signature: '???' }, /damaged or forged/],
    ['changed to what cannot be signed', { ...signed(), entries: [1.5] }, /damaged or forged/],
  ])('does not believe what is %s', async (_, value, words) => {
    const { source, put, read } = reader();
    put(value);
    expect(await read(source())).toMatch(words);
  });

  test('takes a clock that is a little behind for no reason to doubt', async () => {
    const { source, put, read } = reader();
    put(signed({ issuedAt: NOW + 59_000 }));
    expect(await read(source())).toBe('10.0.0.1:7946');
  });

  test('stops to believe when the time comes, although the file is as it was', async () => {
    const { source, put, read, clock } = reader();
    const one = source();
    put(signed());
    expect(await read(one)).toBe('10.0.0.1:7946');
    clock.wall += HOUR;
    expect(await read(one)).toMatch(/expired/);
  });

  test('does not go back to an older edition, not even after a restart', async () => {
    const { source, put, read } = reader();
    put(signed({ seq: 9, entries: [{ address: '10.0.0.9:7946' }] }));
    expect(await read(source())).toBe('10.0.0.9:7946');
    put(signed({ seq: 8 }));
    expect(await read(source())).toMatch(/edition 8, older than edition 9/);
    put(signed({ seq: 9 }));
    expect(await read(source())).toBe('10.0.0.1:7946');
    // Without a data directory a node remembers as long as it runs.
    const forgetful = source([publicOf(1)], '');
    put(signed({ seq: 3 }));
    expect(await read(forgetful)).toBe('10.0.0.1:7946');
    put(signed({ seq: 2 }));
    expect(await read(forgetful)).toMatch(/older than edition 3/);
  });

  test('sees every change of a single letter', async () => {
    const { source, put, read } = reader();
    const text = JSON.stringify(signed());
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 32, max: 126 }), async (at, unit) => {
        const letter = String.fromCharCode(unit);
        fc.pre(letter !== text[at]);
        const changed = text.slice(0, at) + letter + text.slice(at + 1);
        let value: unknown;
        try {
          value = JSON.parse(changed);
        } catch {
          return;
        }
        // White space between the parts says nothing.
        fc.pre(JSON.stringify(value) !== text);
        put(value);
        expect(await read(source())).toMatch(/^file: /);
      }),
      { numRuns: 300 },
    );
  });
});
