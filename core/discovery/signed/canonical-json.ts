import { InvalidSetting } from '../../errors.ts';
import { isWellFormed } from '../../wire/text.ts';

/** No document that people or programs make is deeper; a deeper one would only fill our stack. */
const DEPTH_MAX = 32;

/**
 * The one text of a JSON value (RFC 8785): keys sorted by their UTF-16 code units, no white space, texts and numbers as
 * ECMAScript writes them. Refuses what has no such text, and numbers other than safe integers: readers in other
 * languages may write those otherwise.
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > DEPTH_MAX) throw refused('a value this deep', `at most ${DEPTH_MAX} levels deep`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw refused(value, 'a safe integer');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw refused(typeof value, 'a JSON value');
  const table = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(table).toSorted((a, b) => (a < b ? -1 : 1));
  return `{${keys.map((key) => `${canonicalText(key)}:${canonicalJson(table[key], depth + 1)}`).join(',')}}`;
}

function canonicalText(text: string): string {
  if (!isWellFormed(text)) throw refused(text, 'a text without lone surrogates');
  return JSON.stringify(text);
}

function refused(value: unknown, allowed: string): InvalidSetting {
  return new InvalidSetting('a value to be signed', value, allowed);
}
