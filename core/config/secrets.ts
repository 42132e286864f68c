import { nearest } from '../nearest.ts';
import { SOURCE_TYPES } from '../discovery/source-types.ts';
import { isTable } from './kinds.ts';
import { MASK } from './problems.ts';

/** Keys of sources that hold a secret. */
export const SECRET_NAMES: readonly string[] = [
  ...new Set(SOURCE_TYPES.flatMap(({ keys }) => keys.filter(({ secret }) => secret === true).map(({ name }) => name))),
];

const PUBLIC_NAMES: ReadonlySet<string> = new Set(
  SOURCE_TYPES.flatMap(({ keys }) => keys.map(({ name }) => name)).filter((name) => !SECRET_NAMES.includes(name)),
);

const VALUE = /"""[^]*|'''[^]*|"(?:\\.|[^"\\])*"?|'[^']*'?|[^\s,&]+/;
/** What was meant for a secret may be named otherwise than any key. */
const NAME = ['[\\w-]*(?:secret|password|token|signature)[\\w-]*', 'sig', ...SECRET_NAMES].join('|');
const ASSIGNMENT = new RegExp(`\\b(${NAME})(["']?\\s*[=:]\\s*)(?:${VALUE.source})`, 'gi');
const USER_INFO = /(:\/\/)[^/@\s]*@/g;

/** A part of what was said about sources, for people. A slip in the name of a secret hides its value, too. */
export function withoutSecrets(value: unknown, outer: readonly unknown[] = []): unknown {
  if (typeof value === 'string')
    return value
      .replace(USER_INFO, `$1${MASK}@`)
      .replace(ASSIGNMENT, (all, name: string, equals: string) =>
        PUBLIC_NAMES.has(name) ? all : name + equals + MASK,
      );
  // A value from code may refer to itself; what shows it knows what to do.
  if (outer.includes(value)) return value;
  const inside = [...outer, value];
  if (Array.isArray(value)) return value.map((part) => withoutSecrets(part, inside));
  if (!isTable(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, isSecret(name) ? MASK : withoutSecrets(part, inside)]),
  );
}

/** Whether a place inside of sources, such as `[1].token`, is that of a secret. */
export function isSecretPlace(at: string): boolean {
  return (at.match(/[^.[\]"]+/g) ?? []).some(isSecret);
}

function isSecret(name: string): boolean {
  return !PUBLIC_NAMES.has(name) && nearest(name, SECRET_NAMES) !== undefined;
}
