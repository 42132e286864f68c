import { expect, test } from 'vitest';
import { addressChecksum } from '../../core/discovery/checksum.ts';

test('the checksum of an entry is stable, and another one for any other id or address', () => {
  // FNV-1a, 64 bits, of the bytes `a`, 0 and `10.0.0.1:7946`.
  expect(addressChecksum('a', '10.0.0.1:7946')).toBe(fnv('a\0' + '10.0.0.1:7946'));
  const others = [
    addressChecksum('b', '10.0.0.1:7946'),
    addressChecksum('a', '10.0.0.2:7946'),
    addressChecksum('a', '10.0.0.1:7947'),
    addressChecksum('', 'a10.0.0.1:7946'.slice(1)),
  ];
  expect(new Set([...others, addressChecksum('a', '10.0.0.1:7946')]).size).toBe(5);
});

test('two forms of one address have one checksum', () => {
  expect(addressChecksum('a', '[::ffff:10.0.0.1]:7946')).toBe(addressChecksum('a', '10.0.0.1:7946'));
});

function fnv(text: string): string {
  let hash = 14_695_981_039_346_656_037n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 1_099_511_628_211n);
  return hash.toString(16).padStart(16, '0');
}
