import type { Address } from '../ports/transport.ts';
import type { FieldName } from './fields.ts';
import { Kind } from './messages.ts';
import type { Description, Message, PeerState, PushPull, Source, StreamMessage } from './messages.ts';
import { textLength } from './text.ts';

/*
 * How long messages are on the wire, by arithmetic alone. The simulator asks this of every part of every packet, so
 * nothing here allocates.
 */

/** Bytes of a map of these fields without their values: all field names are short, and so are all maps. */
function namesSize(...names: FieldName[]): number {
  return names.reduce((size, name) => size + 1 + name.length, 1);
}

const KIND_BYTE = 1;
const FLAG = 1;
const PING = KIND_BYTE + namesSize('Node', 'SeqNo');
const INDIRECT_PING = KIND_BYTE + namesSize('Nack', 'Node', 'Port', 'SeqNo', 'Target') + FLAG;
const SOURCE = namesSize('SourceAddr', 'SourceNode', 'SourcePort') - namesSize();
const ACK = KIND_BYTE + namesSize('Payload', 'SeqNo');
const NACK = KIND_BYTE + namesSize('SeqNo');
const ACCUSATION = KIND_BYTE + namesSize('From', 'Incarnation', 'Node');
const ALIVE = KIND_BYTE + namesSize('Addr', 'Incarnation', 'Meta', 'Node', 'Port', 'Vsn');
const ERROR = KIND_BYTE + namesSize('Error');
const USER_HEADER = KIND_BYTE + namesSize('UserMsgLen');
const PUSH_PULL_HEADER = KIND_BYTE + namesSize('Join', 'Nodes', 'UserStateLen') + FLAG;
const PEER_STATE = namesSize('Addr', 'Incarnation', 'Meta', 'Name', 'Port', 'State', 'Vsn') + 1;

/** Bytes of one message in a datagram, its kind included. */
export function messageSize(message: Message): number {
  switch (message.kind) {
    case Kind.ping:
      return PING + textSize(message.node) + uintSize(message.sequence) + sourceSize(message.source);
    case Kind.indirectPing:
      return (
        INDIRECT_PING +
        textSize(message.node) +
        uintSize(message.sequence) +
        addressSize(message.target) +
        sourceSize(message.source)
      );
    case Kind.ack:
      return (
        ACK + uintSize(message.sequence) + (message.payload === undefined ? 1 : binarySize(message.payload.length))
      );
    case Kind.nack:
      return NACK + uintSize(message.sequence);
    case Kind.suspect:
    case Kind.dead:
      return ACCUSATION + textSize(message.from) + uintSize(message.incarnation) + textSize(message.node);
    case Kind.alive:
      return ALIVE + uintSize(message.incarnation) + descriptionSize(message.about);
    case Kind.user:
      return KIND_BYTE + message.payload.length;
    case Kind.error:
      return ERROR + textSize(message.error);
  }
}

/** Bytes of one message on a stream, before compression and sealing. */
export function streamMessageSize(message: StreamMessage): number {
  if (message.kind === Kind.pushPull) return pushPullSize(message);
  if (message.kind === Kind.user) return USER_HEADER + uintSize(message.payload.length) + message.payload.length;
  return messageSize(message);
}

function pushPullSize({ states, userState }: PushPull): number {
  let size = PUSH_PULL_HEADER + uintSize(states.length) + uintSize(userState.length) + userState.length;
  for (let i = 0; i < states.length; i++) size += peerStateSize(states[i]!);
  return size;
}

function peerStateSize(state: PeerState): number {
  return PEER_STATE + uintSize(state.incarnation) + descriptionSize(state.about);
}

function descriptionSize(about: Description): number {
  return (
    textSize(about.name) + addressSize(about.address) + binarySize(about.meta.length) + binarySize(about.vsn.length)
  );
}

function sourceSize(source: Source | undefined): number {
  return source === undefined ? 0 : SOURCE + textSize(source.name) + addressSize(source.address);
}

const BRACKET = 91;
const ZERO = 48;

/** The bytes of the IP address and the port, both as values. */
function addressSize(address: Address): number {
  let port = 0;
  for (let i = address.length - 1, weight = 1; i >= 0; i--, weight *= 10) {
    const digit = address.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) break;
    port += digit * weight;
  }
  return (address.charCodeAt(0) === BRACKET ? 2 + 16 : 2 + 4) + uintSize(port);
}

function uintSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x100 ? 2 : value < 0x10000 ? 3 : value <= 0xffffffff ? 5 : 9;
}

function textSize(text: string): number {
  const n = textLength(text);
  return n < 0x20 ? 1 + n : n < 0x100 ? 2 + n : n < 0x10000 ? 3 + n : 5 + n;
}

function binarySize(n: number): number {
  return n < 0x100 ? 2 + n : n < 0x10000 ? 3 + n : 5 + n;
}
