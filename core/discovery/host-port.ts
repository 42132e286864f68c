import { InvalidSetting, messageOf } from '../errors.ts';
import type { DnsAnswer, ResolveLimits, Resolver } from '../ports/resolver.ts';
import { parseAddress } from '../address.ts';

/** Where memberlist, and we, listen unless told otherwise. */
export const DEFAULT_PORT = 7946;

/** A place to look for a peer: an IP address or a host name, and a port. */
export interface HostPort {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Each name takes two sockets, one per family: a long list must not take all that a process may have. */
const ASKED_AT_ONCE = 16;

const NAME = /^(?=.{1,253}\.?$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*\.?$/i;

/** Reads `10.0.0.7`, `[fd00::7]:7946`, `fd00::7`, `node-1.example.org:7946`; throws `InvalidSetting` on anything else. */
export function parseHostPort(text: string, defaultPort: number): HostPort {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  const bareV6 = bracketed === undefined && plain === undefined ? text.trim() : undefined;
  const host = bracketed ?? plain ?? bareV6 ?? '';
  const number = port === undefined ? defaultPort : Number(port);
  const isName = plain !== undefined && NAME.test(plain) && !/^[\d.]+$/.test(plain);
  if (number >= 1 && number <= 65_535 && (isName || isIp(host))) return { host, port: number };
  throw new InvalidSetting('peer', text, 'host:port, such as 10.0.0.7:7946, [fd00::7]:7946 or node-1.example.org:7946');
}

export function isIp(host: string): boolean {
  try {
    parseAddress(withPort(host, 1));
    return true;
  } catch {
    return false;
  }
}

/** `host` is an IP address, without brackets. */
export function withPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What became of looking up several places at once. */
export interface Located {
  readonly addresses: string[];
  /** The same, place by place. */
  readonly byPlace: (readonly string[])[];
  readonly warnings: string[];
  /** Places whose names could not be asked for: why. */
  readonly failures: string[];
  lifetimeMs: number;
  complete: boolean;
}

/** Addresses of all places, in their order. Every address of a name counts: the first may be the one that is down. */
export async function locate(
  places: readonly HostPort[],
  resolver: Resolver,
  lifetimeMs: number,
  limits?: ResolveLimits,
): Promise<Located> {
  const located: Located = { addresses: [], byPlace: [], warnings: [], failures: [], lifetimeMs, complete: true };
  const answers = await askAll(places, resolver, limits);
  for (const [i, { host, port }] of places.entries()) {
    const answer = answers[i]!;
    if (typeof answer === 'string') {
      located.failures.push(answer);
      located.complete = false;
      located.byPlace.push([]);
      continue;
    }
    const { records, lifetimeMs: lifetime, complete } = answer;
    if (records.length === 0) located.warnings.push(`${host} has no address`);
    const addresses = records.map((ip) => withPort(ip, port));
    located.addresses.push(...addresses);
    located.byPlace.push(addresses);
    if (!isIp(host)) located.lifetimeMs = Math.min(located.lifetimeMs, lifetime);
    located.complete &&= complete;
  }
  return located;
}

/** What is known of each place, in their order; words where it could not be asked for. */
async function askAll(
  places: readonly HostPort[],
  resolver: Resolver,
  limits: ResolveLimits | undefined,
): Promise<(DnsAnswer<string> | string)[]> {
  const answers: (DnsAnswer<string> | string)[] = [];
  const queue = places.entries();
  const askInTurn = async (): Promise<void> => {
    for (const [i, { host }] of queue) {
      answers[i] = await resolver.addresses(host, limits).catch(messageOf);
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askInTurn));
  return answers;
}
