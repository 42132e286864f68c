import type { HttpHeaders } from '../../core/ports/http.ts';

/** Names and values as they came in turns, as the port has them: Node's own joining drops some repetitions. */
export function headersFrom(raw: readonly string[]): HttpHeaders {
  const joined = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]!.toLowerCase();
    const before = joined.get(name);
    joined.set(name, before === undefined ? raw[index + 1]! : `${before}, ${raw[index + 1]!}`);
  }
  return Object.fromEntries(joined);
}
