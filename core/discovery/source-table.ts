import { inWords, keyName, type Kind, type Refuse } from '../config/kinds.ts';
import type { SourceConfig, SourceKey, SourceTable, SourceType } from './source-type.ts';

/** A table of the configuration, checked by the keys of its type. `at` is its place. */
export function checkSource(
  of: SourceType,
  table: SourceTable,
  at: string,
  refuse: Refuse,
  kindOf: (key: SourceKey) => Kind = ({ kind }) => kind,
): SourceConfig | undefined {
  const { type, keys, problem } = of;
  const said = new Map<string, unknown>();
  let refused = false;
  const refuseAt =
    (place: string): Refuse =>
    (wrong) => {
      refused = true;
      return refuse({ ...wrong, at: place + (wrong.at ?? '') });
    };
  for (const [name, value] of Object.entries(table)) {
    const known = keys.find((key) => key.name === name);
    const refuseInside = refuseAt(`${at}.${keyName(name)}`);
    if (known !== undefined) said.set(name, kindOf(known).check(value, refuseInside));
    else if (name !== 'type') {
      const names = inWords(['type', ...keys.map((key) => key.name)], 'or');
      refuseInside({ value, allowed: `absent: a source of type ${type} has no such key, only ${names}` });
    }
  }
  for (const key of keys) {
    if (key.required === true && isEmpty(said.get(key.name) ?? '') && !refused) {
      refuseAt(`${at}.${key.name}`)({ value: undefined, allowed: `given for a source of type ${type}` });
    }
  }
  if (refused) return undefined;
  const config = sourceOf(of, (name) => said.get(name));
  const wrong = problem?.(config);
  return wrong === undefined ? config : refuse({ value: table, allowed: wrong, at, says: wrong });
}

/** `said` knows checked values by the names of the keys. */
export function sourceOf({ type, keys }: SourceType, said: (name: string) => unknown): SourceConfig {
  const fields = keys.map(({ name, field, kind, initial }) => {
    const unsaid = initial === undefined ? undefined : kind.check(initial, () => undefined);
    return [field, said(name) ?? unsaid];
  });
  return { type, ...(Object.fromEntries(fields) as object) };
}

/** The way back; `mask` takes the place of secrets. */
export function sourceAsToml({ keys }: SourceType, source: SourceConfig, mask?: string): SourceTable {
  const told = keys.flatMap(({ name, field, kind, secret }) => {
    const value = (source as unknown as SourceTable)[field];
    if (value === undefined) return [];
    const hidden = mask !== undefined && secret === true && !isEmpty(value);
    return [[name, hidden ? mask : (kind.show?.(value) ?? value)] as const];
  });
  return { type: source.type, ...Object.fromEntries(told) };
}

export function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0);
}
