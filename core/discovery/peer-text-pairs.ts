import { InvalidSetting } from '../errors.ts';

/**
 * Reads `key=value key="a value"` as go-discover does: a key or value with a space, a quote, a backslash or an equals
 * sign stands in double quotes, and a backslash inside them takes the next character as it is. Throws `InvalidSetting`.
 */
export function parsePairs(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  const token = /\s*(?:"((?:\\[^]|[^"\\])*)"|([^\s="\\]+)|(=)|([^]))/y;
  const wrong = (key: string, allowed: string): never => {
    throw new InvalidSetting(key, text, allowed);
  };
  const next = (): string | undefined => {
    const [, quoted, plain, equals, other] = token.exec(text) ?? [];
    if (other !== undefined) wrong('text', 'without a quote or backslash outside of a pair of double quotes');
    if (equals !== undefined) return undefined;
    return quoted?.replaceAll(/\\([^])/g, '$1') ?? plain;
  };
  const end = text.trimEnd().length;
  while (token.lastIndex < end) {
    const key = next() ?? wrong('value', 'in double quotes where it has an equals sign');
    if (pairs.has(key)) wrong(key, 'given once');
    if (!/\s*=/y.test(text.slice(token.lastIndex))) wrong(key, 'followed by an equals sign and a value');
    next();
    const value = token.lastIndex < end ? next() : undefined;
    pairs.set(key, value ?? wrong(key, 'followed by a value; "" is an empty one'));
  }
  return pairs;
}

const QUOTED = '"(?:\\\\[^]|[^"\\\\])*"';
const URL = '[a-z][a-z0-9+.-]*://[^\\s/?]*[^\\s,]*';
const PAIR = `(?:${QUOTED}|[^\\s=,"]+)\\s*=\\s*(?:${QUOTED}|[^\\s,"]*)`;
const ITEM = new RegExp(`${URL}|${PAIR}|[^\\s,]+|,`, 'gi');
const PROVIDER = /^provider\s*=/;

/**
 * The peers in one text, separated by commas or space. Pairs that follow each other are one peer; a comma between the
 * hosts of a URL belongs to it.
 */
export function splitPeers(text: string): string[] {
  const peers: string[] = [];
  let pairs: string[] = [];
  const flush = (): void => {
    if (pairs.length > 0) peers.push(pairs.join(' '));
    pairs = [];
  };
  for (const [item] of text.matchAll(ITEM)) {
    const isPair = /^("|[^\s=:"]+\s*=)/.test(item);
    if (!isPair || (PROVIDER.test(item) && pairs.some((pair) => PROVIDER.test(pair)))) flush();
    if (isPair) pairs.push(item);
    else if (item !== ',') peers.push(item);
  }
  flush();
  return peers;
}
