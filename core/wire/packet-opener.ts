import { MalformedPacket } from '../errors.ts';
import { isBodied, messageFrom } from './body.ts';
import { splitCompound } from './compound.ts';
import type { Compressor } from './compress.ts';
import { FieldReader } from './fields.ts';
import { DATAGRAM_BYTES, DATAGRAM_DEPTH, DATAGRAM_FAULTS, DATAGRAM_PARTS } from './limits.ts';
import { Kind } from './messages.ts';
import type { Message } from './messages.ts';

/**
 * Takes apart what a datagram carries: compounds and compressed wrappers, in each other in any order, around
 * messages. A message that does not make sense is left out when others of the same datagram do: newer members may
 * send kinds that we do not know. Whatever costs more than an honest datagram could is refused as a whole.
 */
export class PacketOpener {
  readonly #fields = new FieldReader();
  readonly #compressor: Compressor;
  #messages: Message[] = [];
  #parts = 0;
  #faults = 0;
  /** Bytes that may still come out of compressed wrappers. */
  #room = 0;
  #firstFault: MalformedPacket | undefined;

  constructor(compressor: Compressor) {
    this.#compressor = compressor;
  }

  open(bytes: Uint8Array): Message[] {
    this.#messages = [];
    this.#parts = 0;
    this.#faults = 0;
    this.#room = DATAGRAM_BYTES;
    this.#firstFault = undefined;
    this.#part(bytes, 0);
    if (this.#messages.length > 0) return this.#messages;
    throw this.#firstFault ?? new MalformedPacket('empty', 'A datagram without messages.');
  }

  #part(bytes: Uint8Array, depth: number): void {
    const kind = bytes[0];
    const wrapper = kind === Kind.compound || kind === Kind.compress;
    if (wrapper && depth === DATAGRAM_DEPTH) {
      throw new MalformedPacket('too-deep', `Messages wrapped more than ${DATAGRAM_DEPTH} times.`);
    }
    try {
      if (kind === Kind.compound) splitCompound(bytes, (part) => this.#part(part, depth + 1));
      else if (kind === Kind.compress) this.#part(this.#inflated(bytes), depth + 1);
      else this.#message(bytes);
    } catch (error) {
      if (!(error instanceof MalformedPacket) || !LEFT_OUT.has(error.reason)) throw error;
      this.#faults += 1;
      if (this.#faults > DATAGRAM_FAULTS) {
        throw new MalformedPacket('too-many', `More than ${DATAGRAM_FAULTS} messages that make no sense.`);
      }
      this.#firstFault ??= error;
    }
  }

  #inflated(bytes: Uint8Array): Uint8Array {
    const inflated = this.#compressor.unwrap(this.#fields.read(bytes, 1), this.#room);
    this.#room -= inflated.length;
    return inflated;
  }

  #message(bytes: Uint8Array): void {
    this.#count();
    const kind = bytes[0];
    if (kind === undefined) throw new MalformedPacket('empty', 'A message without bytes.');
    if (kind === Kind.user) this.#messages.push({ kind: Kind.user, payload: new Uint8Array(bytes.subarray(1)) });
    else if (isBodied(kind)) this.#messages.push(messageFrom(kind, this.#fields.read(bytes, 1)));
    else throw new MalformedPacket('unknown-kind', `No message in a datagram begins with the byte ${kind}.`);
  }

  #count(): void {
    this.#parts += 1;
    if (this.#parts > DATAGRAM_PARTS) throw new MalformedPacket('too-many', `More than ${DATAGRAM_PARTS} messages.`);
  }
}

/** Faults of one message that leave the others of its datagram alone. */
const LEFT_OUT: ReadonlySet<string> = new Set(['empty', 'truncated', 'unknown-kind', 'bad-body']);
