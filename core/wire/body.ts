import { Encoder } from '@msgpack/msgpack';
import { formatAddress, parseAddress } from '../address.ts';
import { MalformedPacket } from '../errors.ts';
import type { Address } from '../ports/transport.ts';
import type { FieldName, Fields } from './fields.ts';
import { Kind, State } from './messages.ts';
import type { Description, Message, PeerState, Source } from './messages.ts';
import { bytesFromText, isWellFormed } from './text.ts';

export type Values = { readonly [Name in FieldName]?: string | number | boolean | Uint8Array | null };

const UINT32 = 0xffffffff;
const UINT16 = 0xffff;
const VSN_BYTES = 6;

/** What has a msgpack body of its own; a user message is its bytes. */
export type Bodied = Exclude<Message, { kind: typeof Kind.user }>;

/** A message as a map, its keys in byte order, as Go writes them. */
export function valuesOf(message: Bodied): Values {
  switch (message.kind) {
    case Kind.ping:
      return { Node: message.node, SeqNo: message.sequence, ...sourceValues(message.source) };
    case Kind.indirectPing: {
      const target = parseAddress(message.target);
      return {
        Nack: message.nack,
        Node: message.node,
        Port: target.port,
        SeqNo: message.sequence,
        ...sourceValues(message.source),
        Target: target.bytes,
      };
    }
    case Kind.ack:
      return { Payload: message.payload ?? null, SeqNo: message.sequence };
    case Kind.nack:
      return { SeqNo: message.sequence };
    case Kind.suspect:
    case Kind.dead:
      return { From: message.from, Incarnation: message.incarnation, Node: message.node };
    case Kind.alive: {
      const { name, address, meta, vsn } = message.about;
      const { bytes, port } = parseAddress(address);
      return { Addr: bytes, Incarnation: message.incarnation, Meta: meta, Node: name, Port: port, Vsn: vsn };
    }
    case Kind.error:
      return { Error: message.error };
  }
}

export function stateValues({ about, incarnation, state }: PeerState): Values {
  const { bytes, port } = parseAddress(about.address);
  return {
    Addr: bytes,
    Incarnation: incarnation,
    Meta: about.meta,
    Name: about.name,
    Port: port,
    State: state,
    Vsn: about.vsn,
  };
}

function sourceValues(source: Source | undefined): Values {
  if (source === undefined) return {};
  const { bytes, port } = parseAddress(source.address);
  return { SourceAddr: bytes, SourceNode: source.name, SourcePort: port };
}

export function isBodied(kind: number): kind is Bodied['kind'] {
  return kind <= Kind.dead || kind === Kind.nack || kind === Kind.error;
}

export function messageFrom(kind: Bodied['kind'], fields: Fields): Bodied {
  switch (kind) {
    case Kind.ping:
      return { kind, sequence: fields.integer('SeqNo', UINT32), node: fields.text('Node'), source: sourceFrom(fields) };
    case Kind.indirectPing:
      return {
        kind,
        sequence: fields.integer('SeqNo', UINT32),
        node: fields.text('Node'),
        target: requiredAddress(fields, 'Target', 'Port'),
        nack: fields.flag('Nack'),
        source: sourceFrom(fields),
      };
    case Kind.ack:
      return { kind, sequence: fields.integer('SeqNo', UINT32), payload: fields.bytes('Payload') };
    case Kind.nack:
      return { kind, sequence: fields.integer('SeqNo', UINT32) };
    case Kind.suspect:
    case Kind.dead:
      return {
        kind,
        node: fields.text('Node'),
        incarnation: fields.integer('Incarnation', UINT32),
        from: fields.text('From'),
      };
    case Kind.alive: {
      const address = requiredAddress(fields, 'Addr', 'Port');
      return { kind, incarnation: fields.integer('Incarnation', UINT32), about: describe(fields, 'Node', address) };
    }
    case Kind.error:
      return { kind, error: fields.text('Error') };
  }
}

/**
 * One state of a push/pull; undefined when it names no place or no state that we know. Such a one says nothing that
 * anybody could act on, and refusing all that came with it would let one odd entry cut off a whole peer.
 */
export function stateFrom(fields: Fields): PeerState | undefined {
  const incarnation = fields.integer('Incarnation', UINT32);
  const state = fields.integer('State', UINT32);
  const address = addressFrom(fields, 'Addr', 'Port');
  const about = address === undefined ? undefined : describe(fields, 'Name', address);
  return about === undefined || !isState(state) ? undefined : { about, incarnation, state };
}

function isState(value: number): value is State {
  return value >= State.alive && value <= State.left;
}

function describe(fields: Fields, name: FieldName, address: Address): Description {
  const vsn = fields.bytes('Vsn');
  return Object.freeze({
    name: fields.text(name),
    address,
    meta: fields.bytes('Meta') ?? new Uint8Array(0),
    // A short list of versions counts as no versions, and what is beyond six has no meaning.
    vsn: vsn !== undefined && vsn.length >= VSN_BYTES ? vsn.slice(0, VSN_BYTES) : new Uint8Array(VSN_BYTES),
  });
}

/** Who asks; like Go, only when both parts of the address are there. */
function sourceFrom(fields: Fields): Source | undefined {
  const name = fields.text('SourceNode');
  const bytes = fields.borrowedBytes('SourceAddr');
  const port = fields.integer('SourcePort', UINT16);
  if (bytes === undefined || bytes.length === 0 || port === 0) return undefined;
  return { name, address: requiredAddress(fields, 'SourceAddr', 'SourcePort') };
}

function requiredAddress(fields: Fields, bytes: FieldName, port: FieldName): Address {
  const address = addressFrom(fields, bytes, port);
  if (address === undefined) throw new MalformedPacket('bad-body', `The field ${bytes} is not an IP address.`);
  return address;
}

function addressFrom(fields: Fields, bytesName: FieldName, portName: FieldName): Address | undefined {
  const bytes = fields.borrowedBytes(bytesName);
  const port = fields.integer(portName, UINT16);
  return bytes?.length === 4 || bytes?.length === 16 ? formatAddress(bytes, port) : undefined;
}

/** Maps to msgpack. One per codec: the encoder's buffer is used again and again. */
export class BodyEncoder {
  readonly #encoder = new Encoder({
    initialBufferSize: 512,
    extensionCodec: { tryToEncode: () => null, decode: () => null },
  });

  /** Hands the map's bytes to `put`, in pieces that are valid only during the call. */
  encode(values: Values, put: (bytes: Uint8Array) => void): void {
    const entries = Object.entries(values);
    if (entries.every(([, value]) => typeof value !== 'string' || isWellFormed(value))) {
      put(this.#encoder.encodeSharedRef(values));
      return;
    }
    // The encoder writes proper Unicode only, so a map with any other text is put together from its parts.
    put(Uint8Array.of(0x80 | entries.length));
    for (const [name, value] of entries) {
      put(this.#encoder.encodeSharedRef(name));
      if (typeof value === 'string') putText(value, put);
      else put(this.#encoder.encodeSharedRef(value));
    }
  }
}

function putText(text: string, put: (bytes: Uint8Array) => void): void {
  const bytes = bytesFromText(text);
  const n = bytes.length;
  if (n < 0x20) put(Uint8Array.of(0xa0 | n));
  else if (n < 0x100) put(Uint8Array.of(0xd9, n));
  else if (n < 0x10000) put(Uint8Array.of(0xda, n >> 8, n));
  else put(Uint8Array.of(0xdb, n >>> 24, n >> 16, n >> 8, n));
  put(bytes);
}
