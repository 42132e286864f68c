import { DEFAULT_PORT, parseHostPort, type HostPort } from '../host-port.ts';

/** What a TXT record says of one node. */
export interface TextEntry {
  readonly place: HostPort;
  readonly id?: string;
  /** The cluster that it belongs to, where it says so. */
  readonly label?: string;
}

/** Reads `node=a addr=10.0.0.7:7946 cluster=blue`, or a plain `10.0.0.7:7946`; undefined for texts about something else. */
export function readTextEntry(text: string): TextEntry | undefined {
  const words = text.trim().split(/\s+/);
  const keys = new Map(words.map((word) => splitAt(word, word.indexOf('='))));
  const [only = ''] = words;
  const address = keys.get('addr') ?? (words.length === 1 && !only.includes('=') ? only : undefined);
  const place = address === undefined ? undefined : placeOf(address);
  if (place === undefined) return undefined;
  const [id, label] = [keys.get('node'), keys.get('cluster')];
  return { place, ...(id === undefined ? {} : { id }), ...(label === undefined ? {} : { label }) };
}

function splitAt(word: string, at: number): [key: string, value: string] {
  return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
}

function placeOf(address: string): HostPort | undefined {
  try {
    return parseHostPort(address, DEFAULT_PORT);
  } catch {
    return undefined;
  }
}
