import { isIP } from 'node:net';
import type { Place } from '../sockets/place.ts';
import { plainName } from '../../core/dns/names.ts';

/** What `resolv.conf(5)` says, with its defaults. */
export interface ResolvConf {
  readonly servers: readonly Place[];
  readonly search: readonly string[];
  /** Names with fewer dots are tried below the search domains first. */
  readonly ndots: number;
  readonly timeoutMs: number;
  readonly attempts: number;
  /** Begin with another server each time. */
  readonly rotate: boolean;
}

const DNS_PORT = 53;
const SERVERS_MAX = 3;

export function parseResolvConf(text: string): ResolvConf {
  const servers: Place[] = [];
  let search: readonly string[] = [];
  const options = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [keyword = '', ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver') servers.push(...values.slice(0, 1).flatMap(placeOfServer));
    // The last of these lines counts.
    if (keyword === 'search' || keyword === 'domain') search = values.map(plainName);
    if (keyword === 'options') for (const value of values) addOption(options, value);
  }
  return {
    servers: servers.length > 0 ? servers.slice(0, SERVERS_MAX) : [{ host: '127.0.0.1', port: DNS_PORT, family: 4 }],
    search: search.filter((domain) => domain !== ''),
    ndots: Math.min(options.get('ndots') ?? 1, 15),
    timeoutMs: Math.min(Math.max(options.get('timeout') ?? 5, 1), 30) * 1_000,
    attempts: Math.min(Math.max(options.get('attempts') ?? 2, 1), 5),
    rotate: options.has('rotate'),
  };
}

/** The full names that a name may stand for, in the order in which to try them. A dot at its end says that it is full. */
export function fullNames(name: string, { search, ndots }: Pick<ResolvConf, 'search' | 'ndots'>): string[] {
  const plain = plainName(name);
  const short = !name.endsWith('.') && plain.split('.').length - 1 < ndots;
  return [...(short ? search.map((domain) => `${plain}.${plainName(domain)}`) : []), plain];
}

/** `[10.0.0.1]:5353` is how OpenBSD writes another port. */
function placeOfServer(text: string): Place[] {
  const [, bracketed, port = DNS_PORT] = /^\[(.+)\]:(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? text;
  const family = isIP(host);
  return family === 4 || family === 6 ? [{ host, port: Number(port), family }] : [];
}

function addOption(options: Map<string, number>, text: string): void {
  const [, name = '', value] = /^([a-z0-9-]+)(?::(\d+))?$/.exec(text) ?? [];
  options.set(name, Number(value ?? 0));
}
