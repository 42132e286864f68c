import type { LogFields } from '../core/ports/log.ts';
import { RollcallError } from '../core/errors.ts';

/** Deeper things are cut off: a line is not the place for them, and a circle has no end. */
const DEPTH = 6;

/** What a secret is called, by the last word of its name: `joinToken` is one, `keyFile` and `token_count` are not. */
const SECRETS: ReadonlySet<string> = new Set(
  'key keys apikey token tokens secret secrets password passwords passphrase credentials authorization cookie'.split(
    ' ',
  ),
);

/** Names that every line has; a field may not take their place. */
const TAKEN: ReadonlySet<string> = new Set(['level', 'time', 'msg']);

/** The fields as plain data that can be written down, with secrets hidden, whatever was handed over. */
export function tellable(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(
    tellableEntries(fields, DEPTH).map(([name, value]) => [TAKEN.has(name) ? `${name}_` : name, value]),
  );
}

function tellableEntries(value: object, depth: number): [string, unknown][] {
  return Object.keys(value).map((name) => [name, isSecret(name) ? '[hidden]' : tellableAt(value, name, depth)]);
}

function isSecret(name: string): boolean {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return SECRETS.has(words.at(-1) ?? '');
}

function tellableAt(holder: object, name: string, depth: number): unknown {
  try {
    return tellableValue((holder as Record<string, unknown>)[name], depth);
  } catch (error) {
    return `[unreadable: ${String(error)}]`;
  }
}

function tellableValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '[deeper]';
  // Whatever the name says, bytes are mostly keys or packets.
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return tellableError(value, depth - 1);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[no date]' : value.toISOString();
  if (value instanceof Map) return tellableValue(Object.fromEntries(value), depth);
  if (value instanceof Set || Array.isArray(value)) return [...value].map((item) => tellableValue(item, depth - 1));
  return Object.fromEntries(tellableEntries(value, depth - 1));
}

/** Our own errors say where and what to do; others need their stack. */
function tellableError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    message: error.message,
    ...(error instanceof RollcallError ? undefined : { stack: error.stack }),
    ...Object.fromEntries(tellableEntries(error, depth).filter(([name]) => name !== 'name')),
    ...(error.cause === undefined ? undefined : { cause: tellableAt(error, 'cause', depth) }),
  };
}
