import type { SourceKey } from '../discovery/source-type.ts';
import { SOURCE_TYPES } from '../discovery/source-types.ts';
import { field, type Field } from './field.ts';
import * as kinds from './kinds.ts';
import { registryList } from './registries.ts';
import { kindOf, oneType, sourceList } from './source-list.ts';

export const DISCOVERY = 'cluster.discovery';

/** A key of one type of source. `cluster.dns.port` says which; `cluster.discovery.port` may be that of several types. */
export interface SourceField extends Field {
  readonly type: string;
  readonly key: SourceKey;
}

export const SOURCE_FIELDS: readonly SourceField[] = SOURCE_TYPES.flatMap(({ type, keys }) =>
  keys.map((key): SourceField => {
    const { name, initial, says, aliases = [], secret } = key;
    const more = { aliases, reloadable: true, ...(secret === true ? { secret } : {}) } as const;
    return { ...field(sourcePath(type, name), kindOf(key), initial, says, more), type, key };
  }),
);

export function sourcePath(type: string, name: string): string {
  return `cluster.${type}.${name}`;
}

/** Where the key stands beside `type`. */
export function flatPath(name: string): string {
  return `${DISCOVERY}.${name}`;
}

export const DISCOVERY_FIELDS: readonly Field[] = [
  field(`${DISCOVERY}.type`, oneType, undefined, 'the one source to ask; without it, all that are told anything', {
    aliases: [{ path: DISCOVERY, kind: oneType }, `${DISCOVERY}.method`],
    reloadable: true,
  }),
  field(`${DISCOVERY}.sources`, sourceList, undefined, 'several sources in their order, each with its type and keys', {
    reloadable: true,
  }),
  field(
    `${DISCOVERY}.registries`,
    registryList,
    [],
    'more places where peers are entered, asked behind the sources above',
    { aliases: ['node_registries'], reloadable: true },
  ),
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
