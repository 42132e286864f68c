import { stringify } from 'smol-toml';
import { sourceAsToml } from '../discovery/source-table.ts';
import { sourceType } from '../discovery/source-types.ts';
import { DISCOVERY } from './discovery-fields.ts';
import { keyName } from './kinds.ts';
import { PLACED, valueAt } from './places.ts';
import { withoutSecrets } from './secrets.ts';
import { MASK, placeOf, type ConfigSource } from './problems.ts';
import type { ConfigResult } from './read.ts';
import { peersFileIn } from './registries.ts';
import { same } from './settle.ts';
import { tomlPositions } from './toml-positions.ts';

/** One key of the effective configuration, as people may see it. */
export interface ShownKey {
  readonly path: string;
  /** In the form of the file; secrets masked. */
  readonly value: unknown;
  readonly source: ConfigSource;
}

/** All that counts, table by table. What is unset is left out. */
export function shownKeys(result: ConfigResult): ShownKey[] {
  const { config, sources } = result;
  const show = (path: string, value: unknown): ShownKey => {
    return { path, value, source: sources.get(path) ?? { kind: 'default' } };
  };
  const keys = PLACED.flatMap(({ field: { path, kind, secret }, place }): ShownKey[] => {
    const value = valueAt(config, place);
    if (value === undefined) return [];
    if (kind.merge !== undefined) {
      return Object.entries(value as object).map(([name, part]) => show(`${path}.${keyName(name)}`, part));
    }
    return [show(path, secret ? masked(value) : (kind.show?.(value) ?? value))];
  });
  const behind = keys.findLastIndex(({ path }) => path.startsWith(`${DISCOVERY}.`)) + 1;
  return [...keys.slice(0, behind), ...chainKeys(result, show), ...keys.slice(behind)];
}

/** One source in the short form, unless somebody spelled it out; a chain entry by entry. What follows is left out. */
function chainKeys({ config, sources }: ConfigResult, show: (path: string, value: unknown) => ShownKey): ShownKey[] {
  const { dataDir, discovery } = config.cluster;
  const follows = peersFileIn(dataDir);
  const chain = discovery.sources
    .filter((source, i) => i < discovery.sources.length - 1 || !same(source, follows))
    .map((source) => urlsMasked(sourceAsToml(sourceType(source.type)!, source, MASK)));
  const list = `${DISCOVERY}.sources`;
  const [only] = chain;
  if (only === undefined || chain.length > 1 || sources.get(list)?.kind !== 'default') {
    return chain.map((entry, i) => show(`${list}[${i}]`, entry));
  }
  return Object.entries(only).map(([name, value]) => show(`${DISCOVERY}.${name}`, value));
}

/** Links may carry what opens them behind their question mark. */
function urlsMasked(entry: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isLink = (value: unknown): boolean => typeof value === 'string' && /^https?:\/\/.*[?]/.test(value);
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [name, isLink(value) ? withoutSecrets(value) : value]),
  );
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(() => MASK);
  return value === '' ? '' : MASK;
}

/** The effective configuration as TOML; with `text`, that of the file, each line says where its value comes from. */
export function printConfig(result: ConfigResult, text?: string): string {
  const where = text === undefined ? undefined : sourceInWords(text);
  const lines: string[] = [];
  let table = '';
  for (const key of shownKeys(result)) {
    const note = where === undefined ? '' : ` # ${where(key.source)}`;
    const [, header = '', name = ''] = /^(.*?)\.((?:[^."]|"(?:[^"\\]|\\.)*")+)$/.exec(key.path) ?? [];
    if (name.endsWith(']')) {
      const entry = stringify(key.value).trimEnd();
      lines.push('', `[[${key.path.replace(/\[\d+\]$/, '')}]]${note}`, entry);
      continue;
    }
    if (header !== table) lines.push('', `[${header}]`);
    table = header;
    lines.push(`${name} = ${tomlValue(key.value)}${note}`);
  }
  return `${lines.join('\n').trimStart()}\n`;
}

function tomlValue(value: unknown): string {
  return stringify({ value }).trimEnd().slice('value = '.length);
}

/** Names the place of each value, lines of the file included. */
export function sourceInWords(text: string): (source: ConfigSource) => string {
  const positions = tomlPositions(text);
  return (source) => {
    const position = source.kind === 'file' ? positions(source.key) : undefined;
    return placeOf(source, position?.line, position?.column);
  };
}
