import { InvalidSetting } from '../../errors.ts';
import type { Address } from '../../ports/transport.ts';
import { isWellFormed, textLength } from '../../wire/text.ts';
import { addressChecksum } from '../checksum.ts';
import { DEFAULT_PORT, isIp, parseHostPort, withPort, type HostPort } from '../host-port.ts';
import type { Self } from '../source.ts';
import { rfc3339 } from '../../wall-time.ts';
import { millisecondsOf } from './timestamp.ts';

/** A peer as a registry lists it. */
export interface Listed {
  readonly id: string | undefined;
  /** The one it prefers first. */
  readonly addresses: readonly Address[];
  /** Places whose names have yet to be looked up. */
  readonly names: readonly HostPort[];
  /** Of its cluster, where the entry says so. */
  readonly label: string | undefined;
  readonly checksum: string | undefined;
  /** When it last gave a sign of life, in milliseconds since 1970. */
  readonly seenAt: number | undefined;
}

/** What a registry says, and what of it nobody can use: whoever that was may still be there. */
export interface Listing {
  readonly listed: readonly Listed[];
  /** Entries that say nothing usable, in words. */
  readonly damaged: readonly string[];
  /** Oddities of entries that are used. */
  readonly warnings: readonly string[];
}

type Table = Readonly<Record<string, unknown>>;

/** Ids of members are no longer than this, in bytes. */
export const ID_MAX_BYTES = 128;
const LISTS = ['peers', 'entries'] as const;
const IDS = ['id', 'node_id', 'cluster_node_id', 'instance_id'] as const;
const TIMES = ['heartbeat_at', 'last_seen', 'discovered_at'] as const;

/**
 * Reads one entry, an array of them, or a table that holds such an array as `peers` or `entries`. Entries are ours
 * (`id`, `address`), node registry entries (`cluster_node_id`, `direct_addresses`, `address`), or those of static peers
 * files (`node_id`, `direct_addresses`); unknown fields mean nothing. Undefined when the value is nothing of the kind.
 */
export function readListing(value: unknown): Listing | undefined {
  const items = itemsOf(value);
  if (items === undefined) return undefined;
  const listed: Listed[] = [];
  const damaged: string[] = [];
  const warnings: string[] = [];
  for (const [index, item] of items.entries()) {
    const troubles: string[] = [];
    const one = readEntry(item, troubles);
    if (one !== undefined) listed.push(one);
    const words = troubles.map((trouble) => `entry ${index + 1} ${trouble}`);
    (one === undefined ? damaged : warnings).push(...words);
  }
  return { listed, damaged, warnings };
}

/** How a node enters itself: `readListing` reads it, and so does anybody else. */
export function entryOf(self: Pick<Self, 'id' | 'address' | 'label' | 'tags'>, seenAt: number): Table {
  const { id, address, label, tags } = self;
  return { id, address, label, tags, checksum: addressChecksum(id, address), heartbeat_at: rfc3339(seenAt) };
}

export function isObject(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && isWellFormed(value) && textLength(value) <= ID_MAX_BYTES;
}

/** The entries as they stand; undefined when the value is nothing of the kind. */
export function itemsOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as unknown[];
  if (!isObject(value)) return undefined;
  const list = LISTS.map((name) => value[name]).find((items) => Array.isArray(items));
  if (list !== undefined) return list as unknown[];
  return value['address'] !== undefined || value['direct_addresses'] !== undefined ? [value] : undefined;
}

/** Undefined, with the reason as the last of `troubles`, for an entry that cannot be used. */
function readEntry(item: unknown, troubles: string[]): Listed | undefined {
  if (!isObject(item)) return void troubles.push('is no table');
  const id = idOf(item);
  if (id !== undefined && !isId(id)) return void troubles.push(`has an id that is no text of ${ID_MAX_BYTES} bytes`);
  const { direct_addresses: direct, address, label, checksum } = item;
  const addresses: Address[] = [];
  const names: HostPort[] = [];
  const enter = (text: unknown): HostPort | undefined => {
    const place = placeOf(text, troubles);
    if (place === undefined) return undefined;
    if (isIp(place.host)) addresses.push(withPort(place.host, place.port));
    else names.push(place);
    return place;
  };
  if (Array.isArray(direct)) for (const text of direct as unknown[]) enter(text);
  const own = address === undefined ? undefined : enter(address);
  if (addresses.length + names.length === 0) return void troubles.push('has no address that others can reach');
  if (typeof checksum === 'string' && id !== undefined && own !== undefined) {
    const tied = withPort(own.host, own.port);
    if (addressChecksum(id, tied) !== checksum) {
      return void troubles.push(`has a checksum that does not fit ${JSON.stringify(id)} at ${tied}`);
    }
  }
  return {
    id,
    addresses: addresses.length > 1 ? [...new Set(addresses)] : addresses,
    names,
    label: typeof label === 'string' ? label : undefined,
    checksum: typeof checksum === 'string' ? checksum : undefined,
    seenAt: seenAtOf(item),
  };
}

function idOf(item: Table): string | undefined {
  for (const name of IDS) {
    const id = item[name];
    if (typeof id === 'string') return id;
    if (Number.isSafeInteger(id)) return String(id);
  }
  return undefined;
}

function seenAtOf(item: Table): number | undefined {
  const text = TIMES.map((name) => item[name]).find((time) => typeof time === 'string');
  return text === undefined ? undefined : millisecondsOf(text as string);
}

function placeOf(text: unknown, troubles: string[]): HostPort | undefined {
  if (typeof text !== 'string') return void troubles.push('has an address that is no text');
  try {
    const place = parseHostPort(text.replace(/^tcp:\/\//, ''), DEFAULT_PORT);
    if (!/^[0:.]+$/.test(place.host)) return place;
    // Rewriting it to loopback, as some do, would find ourselves.
    return void troubles.push(`has ${text}, where its node binds: enter the address that others can reach`);
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    return void troubles.push(`has the address ${JSON.stringify(text.slice(0, 100))}, which is no host:port`);
  }
}
