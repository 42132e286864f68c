import type { SourceKey, SourceTable } from '../source-type.ts';

/** Texts of a URL or of `key=value` pairs, as the keys would be told. Names that are no keys stay, to be refused as such. */
export function told(keys: readonly SourceKey[], texts: Readonly<Record<string, string>>): SourceTable {
  const read = ([name, text]: readonly [string, string]): readonly [string, unknown] => {
    const key = keys.find((one) => one.name === name);
    return [name, key === undefined ? text : key.kind.read(text)];
  };
  return Object.fromEntries(Object.entries(texts).map(read));
}
