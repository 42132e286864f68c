import { parse } from 'smol-toml';
import type { SourceConfig, SourceKey } from '../discovery/source-type.ts';
import { SOURCE_TYPES, sourceType } from '../discovery/source-types.ts';
import { field, type Field } from './field.ts';
import * as kinds from './kinds.ts';
import type { Kind } from './kinds.ts';

export const DISCOVERY = 'cluster.discovery';

const oneType = kinds.oneOf(SOURCE_TYPES.map(({ type }) => type));

/** A key, and the type of source that has it. */
export interface TypedKey extends SourceKey {
  readonly type: string;
}

export const SOURCE_KEYS: readonly TypedKey[] = SOURCE_TYPES.flatMap(({ type, keys }) =>
  keys.map((key) => ({ ...key, type })),
);

/** A whole chain: each entry has its `type` and the keys of that type. */
const sourceList: Kind = {
  allowed: 'a list of tables, each with a type',
  check(value, refuse) {
    if (!Array.isArray(value) || value.length === 0) return refuse({ value, allowed: this.allowed });
    return value.map((entry, i) => checkEntry(entry, `[${i}]`, refuse));
  },
  read(text) {
    try {
      return parse(`sources = ${text}`)['sources'];
    } catch {
      return text;
    }
  },
  show: (kept) => (kept as readonly SourceConfig[]).map(sourceAsToml),
};

function checkEntry(entry: unknown, at: string, refuse: kinds.Refuse): unknown {
  if (!kinds.isTable(entry)) return refuse({ value: entry, allowed: 'a table with a type', at });
  const type = oneType.check(entry['type'], (refused) => refuse({ ...refused, at: `${at}.type` })) as
    | string
    | undefined;
  if (type === undefined) return undefined;
  const { keys, problem } = sourceType(type)!;
  const said = new Map<string, unknown>();
  for (const [name, value] of Object.entries(entry)) {
    const known = keys.find((key) => key.name === name);
    const inside = `${at}.${kinds.keyName(name)}`;
    if (known !== undefined) {
      const refuseInside: kinds.Refuse = (refused) => refuse({ ...refused, at: inside + (refused.at ?? '') });
      said.set(name, known.kind.check(value, refuseInside));
    } else if (name !== 'type') {
      const names = kinds.inWords(['type', ...keys.map((key) => key.name)], 'or');
      refuse({ value, allowed: `absent: a source of type ${type} has no such key, only ${names}`, at: inside });
    }
  }
  for (const key of keys) {
    if (key.required === true && (said.get(key.name) ?? '') === '') {
      refuse({ value: undefined, allowed: `given for a source of type ${type}`, at: `${at}.${key.name}` });
    }
  }
  const config = sourceOf(type, (name) => said.get(name));
  const allowed = problem?.(config);
  return allowed === undefined ? config : refuse({ value: entry, allowed, at });
}

/** `said` knows checked values by the names of the keys. */
export function sourceOf(type: string, said: (name: string) => unknown): SourceConfig {
  const fields = sourceType(type)!.keys.map(({ name, field, kind, initial }) => {
    const unsaid = initial === undefined ? undefined : kind.check(initial, () => undefined);
    return [field, said(name) ?? unsaid];
  });
  return { type, ...(Object.fromEntries(fields) as object) };
}

export function sourceAsToml(source: SourceConfig): Readonly<Record<string, unknown>> {
  const { keys } = sourceType(source.type)!;
  const told = keys.flatMap(({ name, field, kind }) => {
    const value = (source as unknown as Readonly<Record<string, unknown>>)[field];
    return value === undefined ? [] : [[name, kind.show?.(value) ?? value] as const];
  });
  return { type: source.type, ...Object.fromEntries(told) };
}

export const DISCOVERY_FIELDS: readonly Field[] = [
  field(`${DISCOVERY}.type`, oneType, undefined, 'the one source to ask; without it, all that are told anything', {
    aliases: [{ path: DISCOVERY, kind: oneType }, `${DISCOVERY}.method`],
    reloadable: true,
  }),
  ...SOURCE_KEYS.map(({ name, type, kind, initial, says, aliases = [] }) => {
    return field(`${DISCOVERY}.${name}`, kind, initial, `${type}: ${says}`, { aliases, reloadable: true });
  }),
  field(`${DISCOVERY}.sources`, sourceList, undefined, 'several sources in their order, in place of the keys above', {
    reloadable: true,
  }),
  field(
    `${DISCOVERY}.mode`,
    kinds.oneOf(['first', 'race', 'union']),
    'first',
    'of several sources: the first in their order that finds somebody, the soonest, or all together',
    { reloadable: true },
  ),
  field(`${DISCOVERY}.deadline_sec`, kinds.seconds(0.5, 300), 15, 'how long one look through all sources may take', {
    reloadable: true,
  }),
  field(
    `${DISCOVERY}.stale_sec`,
    kinds.seconds(0, 604_800),
    3_600,
    'how long what a source has found is kept while it cannot be asked',
    { reloadable: true },
  ),
  field(
    `${DISCOVERY}.on_no_peers`,
    kinds.oneOf(['single-node', 'retry', 'fail']),
    'single-node',
    'what to do when every source has answered and none knows anybody',
  ),
  field(`${DISCOVERY}.join_target`, kinds.whole(1, 64), 3, 'contacts to join before start-up is done'),
  field(
    `${DISCOVERY}.expect`,
    kinds.whole(1, 10_000),
    1,
    'members, this node included, that must be there before it counts itself ready',
  ),
  field(`${DISCOVERY}.auto_connect`, kinds.yesOrNo, true, 'contact what is found and is no member', {
    reloadable: true,
  }),
];
