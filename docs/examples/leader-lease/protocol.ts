import { MalformedPacket } from 'rollcall/core';
import type { Codec, Protocol } from 'rollcall/core';

/** A candidate asks for a vote; a voter grants it. The round tells late answers from those that still count. */
export interface LeaseMessage {
  readonly kind: 'ask' | 'grant';
  readonly round: number;
}

const codec: Codec<LeaseMessage> = {
  encode: ({ kind, round }) => new TextEncoder().encode(`${kind} ${round}`),
  decode(bytes) {
    const [, kind, round] = /^(ask|grant) (\d{1,9})$/.exec(new TextDecoder().decode(bytes)) ?? [];
    if (kind === 'ask' || kind === 'grant') return { kind, round: Number(round) };
    throw new MalformedPacket('bad-body', 'This is neither a question nor an answer about a lease.');
  },
  size: ({ kind, round }) => kind.length + 1 + String(round).length,
  parts: (message, visit) => visit(message.kind === 'ask' ? 1 : 2, codec.size(message), message.round, '', 0),
};

/** Datagrams only: the stream's codec is there because every endpoint has one. */
export const leaseProtocol: Protocol<LeaseMessage, LeaseMessage> = {
  datagram: codec,
  stream: { ...codec, reader: () => ({ push: (bytes) => [codec.decode(bytes)] }) },
};
