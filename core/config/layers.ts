import { nearest } from '../nearest.ts';
import { KNOWN, PREFIX, TABLES, VARIABLES, type Meaning } from './fields.ts';
import { isTable, keyName } from './kinds.ts';
import type { ConfigProblem, ConfigSource } from './problems.ts';

/** A table of what is said, in the shape of the file. */
export type ConfigTable = Readonly<Record<string, unknown>>;

/** One thing that somebody said, not yet checked. */
export interface Word {
  /** What it may mean: at least one thing. */
  readonly meanings: readonly Meaning[];
  /** The dotted path as written. */
  readonly path: string;
  readonly value: unknown;
  /** The value is a text from outside of a file, and is still to be read. */
  readonly isText: boolean;
  readonly source: ConfigSource;
}

/** All that one layer says; what it says of nothing known are its problems. */
export interface Layer {
  readonly words: Word[];
  readonly problems: ConfigProblem[];
}

/** Reads a tree of tables. `foreign` names top-level tables that belong to somebody else. */
export function treeLayer(
  tree: ConfigTable,
  foreign: readonly string[],
  sourceOf: (key: string) => ConfigSource,
): Layer {
  const layer: Layer = { words: [], problems: [] };
  const walk = (table: ConfigTable, prefix: string): void => {
    for (const [name, value] of Object.entries(table)) {
      const path = prefix === '' ? keyName(name) : `${prefix}.${keyName(name)}`;
      const meanings = KNOWN.get(path);
      if (value === undefined || (prefix === '' && foreign.includes(name))) continue;
      if (TABLES.has(path) && isTable(value)) walk(value, path);
      else if (meanings !== undefined)
        layer.words.push({ meanings, path, value, isText: false, source: sourceOf(path) });
      else layer.problems.push(unknownKey(path, sourceOf(path)));
    }
  };
  walk(tree, '');
  return layer;
}

function unknownKey(path: string, source: ConfigSource): ConfigProblem {
  if (TABLES.has(path)) {
    // The value is not shown: somebody may have put a secret where its table belongs.
    const says = `${path} must be a table, such as [${path}].`;
    return { path, says, allowed: 'a table', source };
  }
  const meant = meantKey(path);
  const says = `${path} is not a key that Rollcall knows.`;
  return meant === undefined ? { path, says, source } : { path, says, source, suggestion: meant };
}

/** The same word in another table, a like word in the same table, or else a like path. */
function meantKey(path: string): string | undefined {
  const [table, last] = splitPath(path);
  const names = [...KNOWN.keys(), ...TABLES];
  const sameWord = names.filter((name) => splitPath(name)[1] === last);
  const siblings = names.filter((name) => splitPath(name)[0] === table);
  const sibling = nearest(
    last,
    siblings.map((name) => splitPath(name)[1]),
  );
  if (sameWord.length > 0) return nearest(path, sameWord) ?? sameWord[0];
  return sibling === undefined ? nearest(path, names) : [table, sibling].filter((part) => part !== '').join('.');
}

function splitPath(path: string): [table: string, last: string] {
  const dot = path.lastIndexOf('.');
  return [path.slice(0, Math.max(dot, 0)), path.slice(dot + 1)];
}

/**
 * What Kubernetes puts into every container for a service whose name begins with "rollcall". Refusing it would keep
 * every node behind such a service from starting.
 */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/;
const SERVICE_URL = /^(tcp|udp|sctp):\/\//;

export function environmentLayer(environment: Readonly<Record<string, string | undefined>>): Layer {
  const layer: Layer = { words: [], problems: [] };
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || text === undefined) continue;
    const source = { kind: 'environment', variable } as const;
    const path = VARIABLES.get(variable);
    const meanings = path === undefined ? undefined : KNOWN.get(path);
    if (path !== undefined && meanings !== undefined) {
      layer.words.push({ meanings, path, value: text, isText: true, source });
    } else if (!SERVICE_LINK.test(variable) && !(variable.endsWith('_PORT') && SERVICE_URL.test(text))) {
      const meant = variableMeant(variable);
      const says = `no key has this variable. Variables that begin with ${PREFIX} are Rollcall's own.`;
      const problem = { path: variable, says, source };
      layer.problems.push(meant === undefined ? problem : { ...problem, suggestion: meant });
    }
  }
  return layer;
}

/** One that lacks the names of tables, or is mistyped. What all of them begin with makes none alike. */
function variableMeant(variable: string): string | undefined {
  const words = variable.slice(PREFIX.length);
  const names = [...VARIABLES.keys()];
  const longer = words === '' ? undefined : names.find((name) => name.endsWith(`_${words}`));
  if (longer !== undefined) return longer;
  const close = nearest(
    words,
    names.map((name) => name.slice(PREFIX.length)),
  );
  return close === undefined ? undefined : `${PREFIX}${close}`;
}

export interface ConfigFlag {
  /** As it was typed, such as `--join`. */
  readonly flag: string;
  readonly path: string;
  /** In the form of the file, or a text as in the environment. */
  readonly value: unknown;
}

export function flagLayer(flags: readonly ConfigFlag[]): Layer {
  const layer: Layer = { words: [], problems: [] };
  for (const { flag, path, value } of flags) {
    const source = { kind: 'flag', flag } as const;
    const meanings = KNOWN.get(path);
    if (meanings === undefined) layer.problems.push(unknownKey(path, source));
    else layer.words.push({ meanings, path, value, isText: typeof value === 'string', source });
  }
  return layer;
}
