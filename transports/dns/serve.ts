import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { decodeDns } from '../../core/dns/decode.ts';
import type { Asker, DnsHandler } from '../../core/dns/handler.ts';
import type { DnsMessage } from '../../core/dns/message.ts';
import { dnsProtocol } from '../../core/dns/protocol.ts';
import { AddressInUse } from '../../core/errors.ts';
import type { Address } from '../../core/ports/transport.ts';
import { addressOf, placeOf } from '../sockets/place.ts';

export interface DnsServer {
  readonly address: Address;
  close(): Promise<void>;
}

const PORT_TRIES = 20;

/** A name server on UDP and TCP of one address; port 0 takes one that is free for both. */
export async function serveDns(
  handler: DnsHandler,
  bind: Address,
  takesStreams: () => boolean = () => true,
): Promise<DnsServer> {
  const { host, port: wanted, family } = placeOf(bind);
  for (let tries = 1; ; tries++) {
    const datagrams = createSocket(family === 4 ? 'udp4' : 'udp6');
    datagrams.on('message', (bytes, from) => void answerDatagram(bytes, from));
    const answerDatagram = async (bytes: Buffer, from: RemoteInfo): Promise<void> => {
      const reply = await answered(handler, bytes, { over: 'datagram', address: addressOf(from.address, from.port) });
      if (typeof reply !== 'string') datagrams.send(dnsProtocol.datagram.encode(reply), from.port, from.address);
    };
    const open = new Set<Socket>();
    const streams = createServer((socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      if (takesStreams()) converse(socket, handler);
      else socket.resetAndDestroy();
    });
    try {
      await once(datagrams.bind(wanted, host), 'listening');
      const { port } = datagrams.address();
      await once(streams.listen(port, host), 'listening');
      return { address: addressOf(host, port), close: () => closeAll(datagrams, streams, open) };
    } catch (error) {
      datagrams.close();
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      // Somebody else may have the same port of the other kind.
      if (isTaken && wanted === 0 && tries < PORT_TRIES) continue;
      throw isTaken ? new AddressInUse(bind) : error;
    }
  }
}

async function closeAll(
  datagrams: ReturnType<typeof createSocket>,
  streams: ReturnType<typeof createServer>,
  open: ReadonlySet<Socket>,
): Promise<void> {
  const closed = [once(datagrams, 'close'), once(streams, 'close')];
  datagrams.close();
  streams.close();
  for (const socket of open) socket.destroy();
  await Promise.all(closed);
}

function converse(socket: Socket, handler: DnsHandler): void {
  const reader = dnsProtocol.stream.reader();
  const asker: Asker = {
    over: 'stream',
    address: addressOf(socket.remoteAddress ?? '0.0.0.0', socket.remotePort ?? 0),
  };
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    let queries: DnsMessage[];
    try {
      queries = reader.push(bytes);
    } catch {
      socket.destroy();
      return;
    }
    for (const query of queries) {
      void handler(query, asker).then((reply) => {
        if (reply === 'hang-up') socket.destroy();
        else if (reply !== 'silence') socket.write(dnsProtocol.stream.encode(reply));
      });
    }
  });
}

async function answered(handler: DnsHandler, bytes: Uint8Array, asker: Asker): ReturnType<DnsHandler> {
  let query: DnsMessage;
  try {
    query = decodeDns(bytes);
  } catch {
    return 'silence';
  }
  return handler(query, asker);
}
