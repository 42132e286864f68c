import { DISCOVERY } from './discovery-fields.ts';
import type { NodeConfig } from './node-config.ts';
import { PLACED, valueAt } from './places.ts';
import { same } from './settle.ts';

export interface ChangedKeys {
  /** A running node takes these over. */
  readonly reloadable: readonly string[];
  readonly needsRestart: readonly string[];
}

/** Which keys differ between two configurations, by canonical path. A changed chain of sources is one key. */
export function changedKeys(before: NodeConfig, after: NodeConfig): ChangedKeys {
  const changed = PLACED.filter(({ place }) => !same(valueAt(before, place), valueAt(after, place)));
  const paths = (reloadable: boolean): string[] =>
    changed.filter(({ field }) => field.reloadable === reloadable).map(({ field }) => field.path);
  const chain = same(before.cluster.discovery.sources, after.cluster.discovery.sources) ? [] : [`${DISCOVERY}.sources`];
  return { reloadable: [...paths(true), ...chain], needsRestart: paths(false) };
}
