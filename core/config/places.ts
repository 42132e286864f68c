import { DISCOVERY } from './discovery-fields.ts';
import type { Field } from './field.ts';
import { FIELDS } from './fields.ts';
import { camelCase, PRESET } from './membership-fields.ts';
import type { NodeConfig } from './node-config.ts';

/** Keys that end up together with those of the sources, as the chain. */
const CHAIN_PATHS: ReadonlySet<string> = new Set(
  ['type', 'sources', 'registries'].map((name) => `${DISCOVERY}.${name}`),
);

interface Placed {
  readonly field: Field;
  /** Property names on the way to its value in a `NodeConfig`. */
  readonly place: readonly string[];
}

/** Every field with a value of its own: `cluster.health.interval_sec` is `config.cluster.health.intervalMs`. */
export const PLACED: readonly Placed[] = FIELDS.filter(({ path }) => !CHAIN_PATHS.has(path)).map((field) => ({
  field,
  place:
    field.path === PRESET
      ? ['cluster', 'preset']
      : field.path.split('.').map((part) => camelCase(part.replace(/_sec$/, '_ms'))),
}));

type Branch = Record<string, unknown>;

export function valueAt(config: NodeConfig, place: readonly string[]): unknown {
  return place.reduce<unknown>((branch, name) => (branch as Branch)[name], config);
}

export function putAt(config: Branch, place: readonly string[], value: unknown): void {
  let branch = config;
  for (const name of place.slice(0, -1)) branch = (branch[name] ??= {}) as Branch;
  branch[place.at(-1)!] = value;
}
