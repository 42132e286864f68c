import { InvalidSetting } from '../errors.ts';
import { parseAddress } from '../address.ts';
import type { Clock } from '../ports/clock.ts';
import type { Crypto } from '../ports/crypto.ts';
import type { Random } from '../ports/random.ts';
import type { Address, Transport } from '../ports/transport.ts';
import type { PeerState } from '../wire/messages.ts';
import { textLength } from '../wire/text.ts';
import type { Keyring } from './keyring.ts';
import type { Layer } from './layers.ts';
import type { Names } from './names.ts';
import type { Observe } from './observation.ts';
import type { MembershipSettings } from './settings.ts';

/** The doors through which a node reaches the world. */
export interface MembershipPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly crypto: Crypto;
}

export interface MembershipOptions {
  /** Unique in the cluster; at most 128 bytes of UTF-8. */
  readonly name: string;
  /** What others are told: an IP address and port. */
  readonly address: Address;
  /** What is bound, if that differs from `address`. */
  readonly bind?: Address;
  readonly ports: MembershipPorts;
  /** `lan` unless said otherwise; see `settingsOf`. */
  readonly settings?: MembershipSettings;
  /** Opaque bytes that every member will see; at most `settings.metaMaxBytes`. */
  readonly meta?: Uint8Array;
  /** [protocol min, max, current, layer min, max, current]; [1, 5, 2, 2, 5, 4] unless said otherwise, which Serf accepts. */
  readonly vsn?: readonly number[];
  /** Keeps clusters that share a network apart. */
  readonly label?: string;
  /** With a keyring everything is sealed; without one everything is plain. */
  readonly keyring?: Keyring;
  /**
   * Moving a running cluster to encryption takes three rounds of restarts: every node gets the keyring with `acceptPlain`
   * true and `sealOutgoing` false; then `sealOutgoing` true; then `acceptPlain` false. Both are for that alone.
   */
  readonly acceptPlain?: boolean;
  readonly sealOutgoing?: boolean;
  readonly compress?: boolean;
  /** 1 unless peers speak protocol 1 only. */
  readonly sealVersion?: 0 | 1;
  /** CIDR blocks that members may come from; every address unless given. */
  readonly allow?: readonly string[];
  /** The last incarnation of this node's past life, if it was stored: the new one starts above it. */
  readonly incarnation?: number;
  /** Members known from before, believed alive until probed. */
  readonly known?: readonly PeerState[];
  readonly layers?: readonly Layer[];
  /** Conversations that others opened, served at once; 128 unless given. */
  readonly streamsMax?: number;
  /** Shared by all views of a simulation. */
  readonly names?: Names;
  readonly observe?: Observe;
}

const NAME_MAX_BYTES = 128;
/** One array for all nodes that do not ask for another: never written to. */
const VSN = Uint8Array.of(1, 5, 2, 2, 5, 4);

export function checkName(name: string): void {
  if (name === '' || textLength(name) > NAME_MAX_BYTES) {
    throw new InvalidSetting('name', name, `1 to ${NAME_MAX_BYTES} bytes of UTF-8`);
  }
}

export function checkAddress(address: Address): void {
  if (parseAddress(address).port === 0)
    throw new InvalidSetting('address', address, 'an address with a port of 1 or more');
}

/** A stored incarnation: a whole number of 32 bits. */
export function checkIncarnation(incarnation: number): void {
  if (!Number.isInteger(incarnation) || incarnation < 0 || incarnation > 0xffff_ffff) {
    throw new InvalidSetting('incarnation', incarnation, 'a whole number from 0 to 4294967295');
  }
}

export function checkMeta(meta: Uint8Array, maxBytes: number): void {
  if (meta.length > maxBytes) {
    throw new InvalidSetting('meta', `${meta.length} bytes`, `at most ${maxBytes} bytes (settings.metaMaxBytes)`);
  }
}

export function checkedVsn(vsn: readonly number[] | undefined): Uint8Array {
  if (vsn === undefined) return VSN;
  const whole = vsn.length === 6 && vsn.every((one) => Number.isInteger(one) && one >= 0 && one <= 255);
  if (!whole || vsn[1] === 0 || vsn[0]! > vsn[1]!) {
    throw new InvalidSetting(
      'vsn',
      vsn,
      'six numbers from 0 to 255: protocol min, max, current, layer min, max, current',
    );
  }
  return Uint8Array.from(vsn);
}
