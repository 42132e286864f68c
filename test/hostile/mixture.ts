import type { Random } from '../../core/ports/random.ts';
import { Compressor } from '../../core/wire/compress.ts';
import { Kind, type Message, type Packet } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import { nodeCrypto } from '../../transports/crypto.ts';

/** Whom the datagrams are aimed at: what an eavesdropper of plain text could know. */
export interface Victim {
  readonly name: string;
  readonly address: string;
  readonly label: string;
}

const DATAGRAM_MAX = 65_507;
const TYPICAL_MAX = 1_400;
const PARTS_MAX = 255;

/** A seeded source of datagrams that no honest member would send, each kind equally often. */
export class Mixture {
  readonly kinds: readonly string[];
  readonly #random: Random;
  readonly #victim: Victim;
  readonly #makers: readonly (() => Uint8Array)[];
  readonly #compressor = new Compressor();

  constructor(random: Random, victim: Victim) {
    this.#random = random;
    this.#victim = victim;
    const makers: Readonly<Record<string, () => Uint8Array>> = {
      'random bytes': () => this.#noise(1 + random.int(TYPICAL_MAX)),
      empty: () => new Uint8Array(0),
      truncated: () => this.#truncated(),
      'bits flipped': () => this.#flipped(),
      'compression bomb': () => this.#bomb(),
      'nested deeply': () => this.#nested(),
      'wrong label': () => this.#encoded({ label: 'another cluster' }),
      'wrong key': () => this.#encoded({ key: new Uint8Array(32).fill(1 + random.int(255)) }),
      'huge compound': () => this.#compound(),
      'strangers accused': () => this.#encoded({ parts: [this.#accusation()] }),
    };
    this.kinds = Object.keys(makers);
    this.#makers = Object.values(makers);
  }

  /** One of the `kind`th kind. */
  make(kind: number): Uint8Array {
    return this.#makers[kind % this.#makers.length]!();
  }

  /** Some of every kind, to be sent again and again. */
  pool(size: number): Uint8Array[] {
    return Array.from({ length: size }, (_, i) => this.make(i));
  }

  /** What members say to one another, checksummed as members do. */
  #encoded(changes: Partial<Packet>): Uint8Array {
    const { label = this.#victim.label, key, parts = [this.#honest()] } = changes;
    const keys = key === undefined ? [] : [key];
    const security = { label, crypto: nodeCrypto(), keys: () => keys, compress: false, acceptPlain: false } as const;
    const { datagram } = memberlistProtocol({ ...security, sealVersion: 1 });
    return datagram.encode({ label, key, checksum: key === undefined, parts });
  }

  #honest(): Message {
    const sequence = this.#random.int(0x4000_0000);
    const { name, address } = this.#victim;
    const source = { name: 'somebody', address };
    return this.#random.pick<Message>([
      { kind: Kind.ping, sequence, node: name, source },
      { kind: Kind.indirectPing, sequence, node: name, target: address, nack: true, source },
      { kind: Kind.ack, sequence, payload: this.#noise(this.#random.int(64)) },
      { kind: Kind.nack, sequence },
      this.#accusation(),
    ]);
  }

  #accusation(): Message {
    const [node, from] = [this.#stranger(), this.#stranger()];
    return { kind: this.#random.pick([Kind.suspect, Kind.dead]), node, incarnation: 1 + this.#random.int(1_000), from };
  }

  #stranger(): string {
    return `stranger-${this.#random.int(1_000_000)}`;
  }

  #truncated(): Uint8Array {
    const whole = this.#encoded({});
    return whole.subarray(0, 1 + this.#random.int(whole.length - 1));
  }

  #flipped(): Uint8Array {
    const bytes = this.#encoded({});
    for (let flips = 1 + this.#random.int(8); flips > 0; flips--) {
      bytes[this.#random.int(bytes.length)]! ^= 1 << this.#random.int(8);
    }
    return bytes;
  }

  /** A few hundred bytes that expand to more than any datagram may. */
  #bomb(): Uint8Array {
    return this.#compressor.wrap(new Uint8Array(70_000 + this.#random.int(400_000)));
  }

  #nested(): Uint8Array {
    let bytes = this.#noise(8);
    for (let depth = 5 + this.#random.int(60); depth > 0; depth--) {
      bytes = this.#random.chance([1, 4]) ? this.#compressor.wrap(bytes) : compoundOf([bytes]);
    }
    return bytes;
  }

  /** As many parts as one can have, of bytes that mean nothing or of messages that are cut short. */
  #compound(): Uint8Array {
    const size = this.#random.int(this.#random.chance([1, 20]) ? Math.floor(DATAGRAM_MAX / PARTS_MAX) - 2 : 8);
    const kinds = [Kind.ping, Kind.suspect, Kind.alive, Kind.compound, Kind.error, 99];
    return compoundOf(
      Array.from({ length: PARTS_MAX }, () => Uint8Array.of(this.#random.pick(kinds), ...this.#noise(size))),
    );
  }

  #noise(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#random.int(256));
  }
}

/** Parts of any bytes in one compound. */
export function compoundOf(parts: readonly Uint8Array[]): Uint8Array {
  const lengths = parts.flatMap(({ length }) => [length >> 8, length & 0xff]);
  return new Uint8Array(Buffer.concat([Uint8Array.of(Kind.compound, parts.length, ...lengths), ...parts]));
}
