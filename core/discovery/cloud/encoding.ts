import { toBase64 } from '../../base64.ts';
import { bytesFromText } from '../../wire/text.ts';

const UNRESERVED = /[A-Za-z0-9\-._~]/;

/** Everything but the unreserved characters of RFC 3986: what signatures are reckoned over. */
export function percentEncoded(text: string): string {
  let encoded = '';
  for (const byte of bytesFromText(text)) {
    const character = String.fromCharCode(byte);
    encoded += UNRESERVED.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** `a=1&b=2`, as forms and queries have it. */
export function pairsEncoded(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .join('&');
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Without padding, RFC 7515 appendix C. */
export function base64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
