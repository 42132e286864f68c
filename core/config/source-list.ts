import { parse } from 'smol-toml';
import { splitPeers } from '../discovery/peer-text-pairs.ts';
import { isSourceText, sourceOfText } from '../discovery/peer-text.ts';
import { checkSource } from '../discovery/source-table.ts';
import type { SourceConfig, SourceKey } from '../discovery/source-type.ts';
import { SOURCE_TYPES, sourceType } from '../discovery/source-types.ts';
import * as kinds from './kinds.ts';
import type { Kind } from './kinds.ts';

export const oneType = kinds.oneOf(SOURCE_TYPES.map(({ type }) => type));

/** Places of peers, kept as texts; and sources that texts stand for, kept as what they are told. */
const peers: Kind = {
  ...kinds.list({
    ...kinds.peer,
    check(value, refuse) {
      const isText = typeof value === 'string' && isSourceText(value);
      return isText ? sourceOfText(value, refuse) : kinds.peer.check(value, refuse);
    },
  }),
  read: splitPeers,
};

/** What a value of this key must be in a configuration. */
export function kindOf({ peers: ofPeers, kind }: SourceKey): Kind {
  return ofPeers === true ? peers : kind;
}

/** One source for the plain peers of a list, and behind it one for each text. */
export function unfolded(config: SourceConfig): readonly SourceConfig[] {
  const key = sourceType(config.type)!.keys.find((one) => one.peers === true);
  if (key === undefined) return [config];
  const all = (config as unknown as Readonly<Record<string, unknown>>)[key.field] as readonly (string | SourceConfig)[];
  const plain = all.filter((peer) => typeof peer === 'string');
  const texts = all.filter((peer) => typeof peer !== 'string');
  return plain.length === 0 && texts.length > 0 ? texts : [{ ...config, [key.field]: plain }, ...texts];
}

/** A whole chain: each entry has its `type` and the keys of that type. */
export const sourceList: Kind = {
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
};

function checkEntry(entry: unknown, at: string, refuse: kinds.Refuse): unknown {
  if (!kinds.isTable(entry)) return refuse({ value: entry, allowed: 'a table with a type', at });
  const type = oneType.check(entry['type'], (refused) => refuse({ ...refused, at: `${at}.type` }));
  return type === undefined ? undefined : checkSource(sourceType(type as string)!, entry, at, refuse, kindOf);
}
