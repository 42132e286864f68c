import { fromBase64, toBase64 } from '../../base64.ts';
import { isTable } from '../../config/kinds.ts';
import { bytesFromText, textFromBytes } from '../../wire/text.ts';
import { listAt, textAt, valueAt } from '../cloud/loose.ts';

/*
 * The JSON of etcd's gateway: 64-bit numbers are texts, keys and values are base64, and what is zero, false or empty is
 * left out.
 */

/** A key as the store has it. */
export interface Pair {
  readonly key: string;
  readonly value: string;
  /** The lease that it lives by; '0' for none. */
  readonly lease: string;
  readonly modRevision: bigint;
}

/** One change of a key; without a value it was deleted, or its lease has expired. */
export interface Change {
  readonly key: string;
  readonly value: string | undefined;
}

/** What an answer says of the store that gave it. */
export interface Header {
  readonly clusterId: string;
  readonly revision: bigint;
}

/** Codes of gRPC, as far as they make a difference. */
export const CODES = {
  unknown: 2,
  invalid: 3,
  deadline: 4,
  notFound: 5,
  denied: 7,
  exhausted: 8,
  precondition: 9,
  outOfRange: 11,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export interface Refusal {
  readonly code: number;
  readonly message: string;
}

export function encoded(text: string): string {
  return toBase64(bytesFromText(text));
}

/** Absent means empty. What is no base64 is nothing that etcd sends: the caller sees a key that it does not know. */
function decoded(value: unknown): string {
  try {
    return typeof value === 'string' ? textFromBytes(fromBase64(value)) : '';
  } catch {
    return '';
  }
}

/** The end of the range of all keys that begin with `prefix`, which ends in a character below U+007F. */
export function endOf(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

export function wholeNumber(value: unknown): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : 0n;
}

export function headerOf(answer: unknown): Header {
  return {
    clusterId: textAt(answer, 'header', 'cluster_id'),
    revision: wholeNumber(valueAt(answer, 'header', 'revision')),
  };
}

export function pairOf(kv: unknown): Pair {
  return {
    key: decoded(valueAt(kv, 'key')),
    value: decoded(valueAt(kv, 'value')),
    lease: wholeNumber(valueAt(kv, 'lease')).toString(),
    modRevision: wholeNumber(valueAt(kv, 'mod_revision')),
  };
}

export function changesOf(result: unknown): Change[] {
  return listAt(result, 'events').map((event) => {
    const { key, value } = pairOf(valueAt(event, 'kv'));
    return { key, value: textAt(event, 'type') === 'DELETE' ? undefined : value };
  });
}

/** Three forms: of single answers, of streams, and of the gateways of etcd 3.6. */
export function refusalOf(answer: unknown): Refusal | undefined {
  const error = valueAt(answer, 'error');
  if (isTable(error)) return { code: codeOf(valueAt(error, 'grpc_code')), message: textAt(error, 'message') };
  const code = valueAt(answer, 'code');
  if (typeof error !== 'string' && typeof code !== 'number') return undefined;
  return { code: codeOf(code), message: textAt(answer, 'message') || textAt(answer, 'error') };
}

function codeOf(value: unknown): number {
  return typeof value === 'number' ? value : CODES.unknown;
}
