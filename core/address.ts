import { InvalidSetting } from './errors.ts';
import type { Address } from './ports/transport.ts';

export interface ParsedAddress {
  /** 4 bytes for IPv4, 16 for IPv6. */
  readonly bytes: Uint8Array;
  readonly port: number;
}

/** Reads `10.0.0.7:7946` or `[fd00::7]:7946`; throws `InvalidSetting` on anything else, host names and zones included. */
export function parseAddress(text: string): ParsedAddress {
  const colon = text.lastIndexOf(':');
  const port = parsePort(text, colon + 1);
  const host = text.slice(0, Math.max(colon, 0));
  const bytes = host.startsWith('[') && host.endsWith(']') ? parseIPv6(host.slice(1, -1)) : parseIPv4(host);
  if (bytes === undefined || port < 0) {
    throw new InvalidSetting('address', text, 'an IP address with a port, such as 10.0.0.7:7946 or [fd00::7]:7946');
  }
  return { bytes, port };
}

/** Whether a text is an IP address with a port. */
export function isAddress(text: string): boolean {
  try {
    parseAddress(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether a text is an address that one node can reach another at: an IP address of somebody, with a port. */
export function isPlace(text: string): boolean {
  if (!isAddress(text)) return false;
  const { bytes, port } = parseAddress(text);
  return port > 0 && bytes.some((byte) => byte !== 0);
}

/** The text of 4 or 16 address bytes; 16 bytes that hold an IPv4 address stay apart as `[::ffff:10.0.0.7]:7946`. */
export function formatAddress(bytes: Uint8Array, port: number): Address {
  if (bytes.length === 4) return `${formatIPv4(bytes, 0)}:${port}`;
  if (bytes.length === 16)
    return `[${isMapped(bytes) ? `::ffff:${formatIPv4(bytes, 12)}` : formatIPv6(bytes)}]:${port}`;
  throw new InvalidSetting('address bytes', bytes.length, '4 or 16 in number');
}

/** One text per place: IPv4 inside IPv6 becomes IPv4, and IPv6 takes its shortest lower-case form. */
export function canonicalAddress(address: Address): Address {
  if (!address.startsWith('[')) return address;
  const { bytes, port } = parseAddress(address);
  return formatAddress(isMapped(bytes) ? bytes.subarray(12) : bytes, port);
}

/** Whether an IP address, without brackets, stands for all of a machine: `0.0.0.0` or `::`. */
export function isWildcard(host: string): boolean {
  return parseAddress(host.includes(':') ? `[${host}]:1` : `${host}:1`).bytes.every((byte) => byte === 0);
}

export function sameAddress(a: Address, b: Address): boolean {
  return a === b || canonicalAddress(a) === canonicalAddress(b);
}

const ZERO = 48;
const DOT = 46;

function parsePort(text: string, start: number): number {
  let port = 0;
  if (start >= text.length) return -1;
  for (let i = start; i < text.length; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    const leadingZero = i > start && port === 0;
    if (digit < 0 || digit > 9 || leadingZero) return -1;
    port = port * 10 + digit;
    if (port > 0xffff) return -1;
  }
  return port;
}

function parseIPv4(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let part = 0;
  let value = -1;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === DOT) {
      if (value < 0 || part === 3) return undefined;
      bytes[part++] = value;
      value = -1;
      continue;
    }
    const digit = unit - ZERO;
    // A leading zero is refused: some readers take it for octal.
    if (digit < 0 || digit > 9 || value === 0) return undefined;
    value = value < 0 ? digit : value * 10 + digit;
    if (value > 255) return undefined;
  }
  if (part !== 3 || value < 0) return undefined;
  bytes[3] = value;
  return bytes;
}

function parseIPv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const shortened = halves.length === 2;
  const head = parseGroups(halves[0] ?? '', !shortened);
  const tail = parseGroups(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  // `::` stands for at least one group of two bytes.
  if (shortened ? missing < 2 : missing !== 0) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

function parseGroups(text: string, mayEndInIPv4: boolean): number[] | undefined {
  const bytes: number[] = [];
  if (text === '') return bytes;
  const groups = text.split(':');
  for (const [i, group] of groups.entries()) {
    if (mayEndInIPv4 && i === groups.length - 1 && group.includes('.')) {
      const quad = parseIPv4(group);
      if (quad === undefined) return undefined;
      bytes.push(...quad);
      continue;
    }
    if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
    const value = Number.parseInt(group, 16);
    bytes.push(value >> 8, value & 0xff);
  }
  return bytes.length <= 16 ? bytes : undefined;
}

function isMapped(bytes: Uint8Array): boolean {
  if (bytes.length !== 16 || bytes[10] !== 0xff || bytes[11] !== 0xff) return false;
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false;
  return true;
}

function formatIPv4(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** RFC 5952: lower case, no leading zeros, and `::` for the first longest run of two or more zero groups. */
function formatIPv6(bytes: Uint8Array): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i]! << 8) | bytes[i + 1]!);
  let longest = 1;
  let from = -1;
  for (let i = 0, run = 0; i < 8; i++) {
    run = groups[i] === 0 ? run + 1 : 0;
    if (run > longest) {
      longest = run;
      from = i - run + 1;
    }
  }
  const text = (part: number[]): string => part.map((group) => group.toString(16)).join(':');
  return from < 0 ? text(groups) : `${text(groups.slice(0, from))}::${text(groups.slice(from + longest))}`;
}
