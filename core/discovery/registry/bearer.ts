import { AdminRefusal } from '../../admin/refusal.ts';
import type { Crypto } from '../../ports/crypto.ts';
import type { HttpRequest } from '../../ports/http.ts';
import { bytesFromText } from '../../wire/text.ts';

/** Throws when a request does not show the token; with '' everybody may ask. */
export function bearerGuard(token: string, crypto: Crypto): (request: HttpRequest) => void {
  const expected = crypto.hash(bytesFromText(token));
  return ({ method, headers }) => {
    // Browsers say where a page came from that asks for a change; no node is a web page.
    if (method !== 'GET' && headers['origin'] !== undefined) {
      throw new AdminRefusal(403, 'FORBIDDEN', 'Web pages may not change anything here.');
    }
    if (token === '') return;
    const given = /^Bearer +(\S+) *$/i.exec(headers['authorization'] ?? '')?.[1] ?? '';
    // Digests are of equal length, and all of their bytes are looked at: the time taken tells nothing of the token.
    const actual = crypto.hash(bytesFromText(given));
    let difference = 0;
    for (let i = 0; i < expected.length; i++) difference |= expected[i]! ^ actual[i]!;
    if (difference === 0) return;
    const challenge = { 'www-authenticate': 'Bearer realm="rollcall registry"' };
    throw new AdminRefusal(401, 'UNAUTHORIZED', 'This needs the header `Authorization: Bearer TOKEN`.', challenge);
  };
}
