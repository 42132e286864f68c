import type { Crypto, Key } from '../ports/crypto.ts';
import type { Address, Endpoint, EndpointHandlers, Protocol, Transport } from '../ports/transport.ts';
import type { Description, Frame, IndirectPing, Message, Packet, Ping, Source } from '../wire/messages.ts';
import { sameAddress } from '../address.ts';
import { COMPOUND_HEADER, COMPOUND_PART } from '../wire/compound.ts';
import { CHECKSUM_HEADER } from '../wire/packet.ts';
import { messageSize } from '../wire/sizes.ts';
import { Kind } from '../wire/messages.ts';
import { envelopeSize, memberlistProtocol } from '../wire/protocol.ts';
import { retransmitLimit } from './formulas.ts';
import type { Ground } from './ground.ts';
import type { Keyring } from './keyring.ts';

/** From protocol 5 on a peer understands checksums (facts of the wire: Vsn[1] is its maximum). */
const CHECKSUM_SINCE = 5;

/** How this node's traffic is wrapped. */
export interface Envelope {
  /** Keeps clusters that share a network apart; '' for none. */
  readonly label: string;
  /** Empty for plain text. */
  readonly keyring: Keyring;
  /** Believe plain text although there is a key: only while a cluster is being moved to encryption. */
  readonly acceptPlain: boolean;
  /** Seal what is sent; off only while a cluster is being moved to encryption. */
  readonly sealOutgoing: boolean;
  /** Compress what gets smaller by it. */
  readonly compress: boolean;
  /** 1, or 0 for peers that speak protocol 1 only. */
  readonly sealVersion: 0 | 1;
}

/** Puts messages into envelopes, fills packets with news, and judges the envelopes of what arrives. */
export class Post {
  readonly #ground: Ground;
  readonly #label: string;
  readonly #keyring: Keyring;
  readonly #acceptPlain: boolean;
  readonly #sealOutgoing: boolean;
  readonly #sealVersion: 0 | 1;
  readonly #protocol: Protocol<Packet, Frame>;
  #endpoint: Endpoint<Packet, Frame> | undefined;

  constructor(ground: Ground, envelope: Envelope, crypto: Crypto) {
    this.#ground = ground;
    this.#label = envelope.label;
    this.#keyring = envelope.keyring;
    this.#acceptPlain = envelope.acceptPlain;
    this.#sealOutgoing = envelope.sealOutgoing;
    this.#sealVersion = envelope.sealVersion;
    this.#protocol = memberlistProtocol({ ...envelope, crypto, keys: () => envelope.keyring.list() });
  }

  open(transport: Transport, bind: Address, handlers: EndpointHandlers<Packet, Frame>): void {
    this.#endpoint = transport.open(bind, this.#protocol, handlers);
  }

  close(): void {
    const endpoint = this.#endpoint;
    this.#endpoint = undefined;
    endpoint?.close();
  }

  get endpoint(): Endpoint<Packet, Frame> | undefined {
    return this.#endpoint;
  }

  /** Sends parts as they are. `peer` is the recipient's description, undefined for a stranger. */
  send(to: Address, parts: readonly Message[], peer: Description | undefined): void {
    if (this.#endpoint === undefined) return;
    this.#ground.counters.packetsSent += 1;
    const key = this.#key;
    this.#endpoint.send(to, { label: this.#label, key, checksum: this.#checksums(peer), parts });
  }

  /** Sends parts with as much waiting news as fits. `parts` may be empty: then nothing is sent without news. */
  sendWithNews(to: Address, parts: Message[], peer: Description | undefined): void {
    const { queue, layers } = this.#ground;
    if (queue.size > 0 || layers.broadcasting) this.#addNews(parts, peer);
    if (parts.length > 0) this.send(to, parts, peer);
  }

  /** Bytes of message that one packet to this peer can carry. */
  room(peer: Description | undefined): number {
    return this.#ground.settings.packetBytes - this.#overhead(peer);
  }

  /** Bytes of message that one packet can carry to anybody: checksummed or sealed, whichever is in use. */
  get sharedRoom(): number {
    return this.room(undefined) - (this.#key === undefined ? CHECKSUM_HEADER : 0);
  }

  /** What the envelope of a packet to a stranger adds to its messages. */
  get envelopeBytes(): number {
    return this.#overhead(undefined);
  }

  /**
   * Answers a stranger, whose question may be a recorded one, sent again: only if that is no longer than the question. A
   * question that leaves out its number has the number 0, and is shorter than its size says. `earlier` counts the bytes
   * of answers that the same question has had.
   */
  answer(to: Address, question: Ping | IndirectPing, answer: Message, earlier = 0): void {
    const tooShort = question.sequence === 0 || earlier + messageSize(answer) > messageSize(question);
    if (tooShort) this.#ground.counters.drop('unproven');
    else this.send(to, [answer], undefined);
  }

  /**
   * The row of whoever asks, if it is a member that has answered us at the address that the question came from; -1 for
   * a stranger. The address that a question names is never believed: answers go where it came from.
   */
  asker(source: Source | undefined, from: Address): number {
    if (source === undefined) return -1;
    const { table } = this.#ground;
    const row = table.find(source.name);
    if (row < 0 || !table.isProven(row)) return -1;
    const { address } = table.description(row);
    return sameAddress(address, from) ? row : -1;
  }

  /** A frame for a stream: only the side that dialled writes the label. */
  frame(message: Frame['message'], dialled: boolean): Frame {
    return { label: dialled ? this.#label : '', key: this.#key, message };
  }

  frameSize(frame: Frame): number {
    return this.#protocol.stream.size(frame);
  }

  /** Whether what arrived was meant for this cluster. `label` is undefined on streams after the header. */
  admits(label: string | undefined, key: Key | undefined, from: Address): boolean {
    const { counters } = this.#ground;
    if (label !== undefined && label !== this.#label) {
      counters.drop('wrong-label', from);
      return false;
    }
    if (key === undefined) {
      if (this.#keyring.primary === undefined || this.#acceptPlain) return true;
      counters.drop('not-sealed', from);
      return false;
    }
    if (key === this.#keyring.primary || this.#keyring.has(key)) return true;
    counters.drop(this.#keyring.primary === undefined ? 'sealed' : 'no-key', from);
    return false;
  }

  #addNews(parts: Message[], peer: Description | undefined): void {
    const { queue, layers, table, settings } = this.#ground;
    const room = this.room(peer) - COMPOUND_HEADER;
    queue.fill(parts, room - bytesOf(parts), retransmitLimit(settings, table.size));
    if (layers.broadcasting) {
      const payloads = layers.broadcasts(COMPOUND_PART + 1, room - bytesOf(parts));
      for (const payload of payloads) parts.push({ kind: Kind.user, payload });
    }
  }

  get #key(): Key | undefined {
    return this.#sealOutgoing ? this.#keyring.primary : undefined;
  }

  #overhead(peer: Description | undefined): number {
    const sealed = this.#key !== undefined;
    return envelopeSize({
      label: this.#label,
      sealed,
      checksum: this.#checksums(peer),
      sealVersion: this.#sealVersion,
    });
  }

  #checksums(peer: Description | undefined): boolean {
    // A sealed packet needs no checksum: its tag is a better one.
    return this.#key === undefined && peer !== undefined && peer.vsn[1]! >= CHECKSUM_SINCE;
  }
}

function bytesOf(parts: readonly Message[]): number {
  let bytes = 0;
  for (const part of parts) bytes += messageSize(part) + COMPOUND_PART;
  return bytes;
}
