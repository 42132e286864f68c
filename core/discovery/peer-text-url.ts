import { InvalidSetting } from '../errors.ts';
import type { SourceUrl } from './source-type.ts';

const URL = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*)\/?)?([^?#]*)(?:\?([^#]*))?$/i;

/** Takes a URL apart; throws `InvalidSetting` on what is none. */
export function parseSourceUrl(text: string): SourceUrl {
  const [whole, scheme = '', authority = '', path = '', query = ''] = URL.exec(text) ?? [];
  if (whole === undefined) throw new InvalidSetting('url', text, 'scheme:path or scheme://host:port/path?key=value');
  const at = authority.lastIndexOf('@');
  const [user = '', ...password] = authority.slice(0, Math.max(at, 0)).split(':');
  return {
    text,
    scheme: scheme.toLowerCase(),
    user: decoded(user),
    password: decoded(password.join(':')),
    hosts: authority
      .slice(at + 1)
      .split(',')
      .filter((host) => host !== ''),
    path: decoded(path),
    query: queryOf(query),
  };
}

function queryOf(text: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const key = decoded(equals < 0 ? pair : pair.slice(0, equals));
    if (Object.hasOwn(query, key)) throw new InvalidSetting(key, text, 'given once');
    Object.defineProperty(query, key, {
      value: equals < 0 ? '' : decoded(pair.slice(equals + 1)),
      enumerable: true,
    });
  }
  return query;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidSetting('url', text, 'readable behind each percent sign: two digits of a UTF-8 byte');
  }
}
