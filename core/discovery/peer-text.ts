import { inWords, type Refuse, type Refused } from '../config/kinds.ts';
import { InvalidSetting } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { parsePairs } from './peer-text-pairs.ts';
import { parseSourceUrl } from './peer-text-url.ts';
import { checkSource } from './source-table.ts';
import type { SourceConfig, SourceTable, SourceType } from './source-type.ts';
import { SOURCE_TYPES } from './source-types.ts';

const schemes: ReadonlyMap<string, SourceType> = byName(({ urls }) => urls);
const providers: ReadonlyMap<string, SourceType> = byName(({ providers }) => providers);

function byName(tableOf: (type: SourceType) => object | undefined): ReadonlyMap<string, SourceType> {
  return new Map(SOURCE_TYPES.flatMap((type) => Object.keys(tableOf(type) ?? {}).map((name) => [name, type] as const)));
}

const HOST_AND_PORT = /^[^:/\s]+:\d+$/;
const SCHEME = /^([a-z][a-z0-9+.-]*):(\/\/)?/i;
const PAIR = /^\s*("|[^\s=:"]+\s*=)/;

/** Whether a text in the place of a peer stands for a whole source. `dns:53` is a host, and `fd00::7` has no scheme. */
export function isSourceText(text: string): boolean {
  if (HOST_AND_PORT.test(text)) return false;
  const [, scheme, slashes] = SCHEME.exec(text) ?? [];
  return PAIR.test(text) || slashes !== undefined || (scheme !== undefined && schemes.has(scheme.toLowerCase()));
}

/**
 * The source that a text stands for: pairs as go-discover has them, such as `provider=aws tag_key=role`, or a URL such as
 * `srv:_x._tcp.example.org`.
 */
export function sourceOfText(text: string, refuse: Refuse): SourceConfig | undefined {
  const refuseText = (says: string): undefined => refuse({ value: text, allowed: ALLOWED, says });
  try {
    const { type, table } = PAIR.test(text) ? sourceOfPairs(text) : sourceOfUrl(text);
    return checkSource(type, spoken(type, table), '', (refused) => refuseText(inside(refused)));
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    return refuseText(`${error.setting} must be ${error.allowed}`);
  }
}

const ALLOWED = 'a URL or a text with a provider';

function sourceOfUrl(text: string): { type: SourceType; table: SourceTable } {
  const url = parseSourceUrl(text);
  const type = schemes.get(url.scheme);
  if (type === undefined) throw unknown('the scheme', url.scheme, [...schemes.keys()]);
  return { type, table: type.urls![url.scheme]!(url) };
}

function sourceOfPairs(text: string): { type: SourceType; table: SourceTable } {
  const pairs = parsePairs(text);
  const provider = pairs.get('provider');
  const type = provider === undefined ? undefined : providers.get(provider);
  if (provider === undefined || type === undefined) throw unknown('provider', provider ?? '', [...providers.keys()]);
  const others = Object.fromEntries([...pairs].filter(([key]) => key !== 'provider'));
  return { type, table: type.providers![provider]!(others) };
}

function unknown(what: string, word: string, known: readonly string[]): InvalidSetting {
  const meant = nearest(word, known);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return new InvalidSetting(what, word, inWords(known, 'or') + hint);
}

/** What is told in words is read as it would be from the environment. */
function spoken({ keys }: SourceType, table: SourceTable): SourceTable {
  return Object.fromEntries(
    Object.entries(table).map(([name, value]) => {
      const kind = keys.find((key) => key.name === name)?.kind;
      return [name, typeof value === 'string' && kind !== undefined ? kind.read(value) : value];
    }),
  );
}

function inside({ at = '', value, allowed, says }: Refused): string {
  if (says !== undefined) return says;
  return `${at.slice(1)} ${value === undefined ? 'is missing: it ' : ''}must be ${allowed}`;
}
