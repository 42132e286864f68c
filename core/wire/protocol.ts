import type { Protocol } from '../ports/transport.ts';
import { FrameCodec } from './frame.ts';
import { labelHeaderSize } from './label.ts';
import type { Frame, Packet } from './messages.ts';
import { CHECKSUM_HEADER, PacketCodec } from './packet.ts';
import { sealOverhead } from './seal.ts';
import type { SealVersion } from './seal.ts';
import type { Security } from './security.ts';

/** memberlist's protocol, for datagrams and streams. One per member: its codecs keep work space. */
export function memberlistProtocol(security: Security): Protocol<Packet, Frame> {
  return { datagram: new PacketCodec(security), stream: new FrameCodec(security) };
}

export interface Envelope {
  readonly label: string;
  readonly sealed: boolean;
  readonly checksum: boolean;
  /** 1 unless said otherwise. */
  readonly sealVersion?: SealVersion;
}

/** What wrapping adds to a datagram at most, so that the rest of its budget can go to messages. */
export function envelopeSize({ label, sealed, checksum, sealVersion = 1 }: Envelope): number {
  return labelHeaderSize(label) + (sealed ? sealOverhead(sealVersion) : 0) + (checksum ? CHECKSUM_HEADER : 0);
}
