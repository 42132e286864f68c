import { InvalidSetting, messageOf, RollcallError } from '../errors.ts';
import type { PeerState } from '../wire/messages.ts';
import { State } from '../wire/messages.ts';
import { crc32 } from '../wire/crc.ts';
import { parseAddress } from '../address.ts';
import { fromBase64, toBase64 } from '../base64.ts';

/** What one life leaves to the next. */
export interface Snapshot {
  readonly name: string;
  readonly label: string;
  /** The last own incarnation: the next life starts above it. */
  readonly incarnation: number;
  /** Everybody else, departed ones too. */
  readonly peers: readonly PeerState[];
}

export class DamagedSnapshot extends RollcallError {
  constructor(problem: string) {
    super('DAMAGED_SNAPSHOT', `The snapshot is damaged: ${problem}.`);
  }
}

const FORMAT = 'rollcall-snapshot 1';

/** One line that says what follows and its checksum, and one line of JSON: a person can read it, and damage shows. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const body = new TextEncoder().encode(
    `${JSON.stringify({
      name: snapshot.name,
      label: snapshot.label,
      incarnation: snapshot.incarnation,
      peers: snapshot.peers.map(({ about, incarnation, state }) => ({
        name: about.name,
        address: about.address,
        meta: toBase64(about.meta),
        vsn: [...about.vsn],
        incarnation,
        state,
      })),
    })}\n`,
  );
  const head = new TextEncoder().encode(`${FORMAT} crc32 ${hex(crc32(body))}\n`);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

/** Throws `DamagedSnapshot` for anything that `encodeSnapshot` did not write. */
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  const end = bytes.indexOf(10);
  const head = new TextDecoder().decode(bytes.subarray(0, Math.max(end, 0)));
  const body = bytes.subarray(end + 1);
  const [, sum] = new RegExp(`^${FORMAT} crc32 ([0-9a-f]{8})$`).exec(head) ?? [];
  if (sum === undefined) throw new DamagedSnapshot(`its first line is not "${FORMAT} crc32 …"`);
  if (sum !== hex(crc32(body))) throw new DamagedSnapshot('its checksum does not fit: it was changed or cut short');
  try {
    return snapshotOf(JSON.parse(new TextDecoder().decode(body)));
  } catch (error) {
    throw new DamagedSnapshot(messageOf(error));
  }
}

function snapshotOf(value: unknown): Snapshot {
  const { name, label, incarnation, peers } = fieldsOf(value);
  return {
    name: textOf('name', name),
    label: textOf('label', label),
    incarnation: wholeOf('incarnation', incarnation, 0xffff_ffff),
    peers: listOf('peers', peers).map(peerOf),
  };
}

function peerOf(value: unknown): PeerState {
  const { name, address, meta, vsn, incarnation, state } = fieldsOf(value);
  const versions = listOf('vsn', vsn).map((one) => wholeOf('vsn', one, 255));
  if (versions.length !== 6) throw new InvalidSetting('vsn', vsn, 'six numbers');
  parseAddress(textOf('address', address));
  return Object.freeze({
    about: Object.freeze({
      name: textOf('name', name),
      address: textOf('address', address),
      meta: fromBase64(textOf('meta', meta)),
      vsn: Uint8Array.from(versions),
    }),
    incarnation: wholeOf('incarnation', incarnation, 0xffff_ffff),
    state: wholeOf('state', state, State.left) as State,
  });
}

function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new InvalidSetting('entry', value, 'an object');
}

function listOf(name: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new InvalidSetting(name, value, 'a list');
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new InvalidSetting(name, value, 'a text');
}

function wholeOf(name: string, value: unknown, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new InvalidSetting(name, value, `a whole number from 0 to ${max}`);
}

function hex(sum: number): string {
  return (sum >>> 0).toString(16).padStart(8, '0');
}
