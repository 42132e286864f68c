import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIP } from 'node:net';
import { decodeDns } from '../../core/dns/decode.ts';
import { answersTo, failure, givenUp, late, malformed, type Trial } from '../../core/dns/exchange.ts';
import { queryFor, type DnsMessage } from '../../core/dns/message.ts';
import { dnsProtocol } from '../../core/dns/protocol.ts';
import { ResolveFailed } from '../../core/ports/resolver.ts';
import type { Place } from '../sockets/place.ts';

type Settle = (reply: DnsMessage | ResolveFailed) => void;

/** Asks over the sockets of this machine. */
export function socketExchange(trial: Trial): Promise<DnsMessage> {
  return exchange(trial, trial.over === 'datagram' ? byDatagram : byStream);
}

/**
 * Over UDP, from a socket of its own: with the number of the question, the port that the system chose is what a forger
 * would have to guess. The socket is connected, so the system itself drops what comes from elsewhere.
 */
function byDatagram(trial: Trial, query: DnsMessage, settle: Settle): () => void {
  const { host, port, family } = placeOfServer(trial.server);
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
  socket.on('error', (error) => settle(unreachable(trial, error)));
  socket.on('message', (bytes) => {
    const isOurs = bytes.length >= 2 && bytes.readUInt16BE(0) === query.id;
    if (!isOurs) return;
    const reply = readable(bytes);
    if (reply === undefined) settle(malformed(trial));
    // A forger's guess must not end the wait for the true answer.
    else if (answersTo(reply, query.id, trial.question)) settle(reply);
  });
  socket.connect(port, host, () => socket.send(dnsProtocol.datagram.encode(query)));
  return () => socket.close();
}

/** Over TCP, where answers of any length have room. */
function byStream(trial: Trial, query: DnsMessage, settle: Settle): () => void {
  const { host, port } = placeOfServer(trial.server);
  const socket = connect(port, host);
  const reader = dnsProtocol.stream.reader();
  socket.on('error', (error) => settle(unreachable(trial, error)));
  socket.on('end', () => settle(failure(trial, 'unreachable', 'hung up before it had answered')));
  socket.on('data', (bytes: Buffer) => {
    try {
      const [reply] = reader.push(bytes);
      if (reply !== undefined) settle(answersTo(reply, query.id, trial.question) ? reply : malformed(trial));
    } catch {
      settle(malformed(trial));
    }
  });
  socket.write(dnsProtocol.stream.encode(query));
  return () => socket.destroy();
}

function exchange(
  trial: Trial,
  begin: (trial: Trial, query: DnsMessage, settle: Settle) => () => void,
): Promise<DnsMessage> {
  return new Promise((resolve, reject) => {
    let open = true;
    const settle: Settle = (reply) => {
      if (!open) return;
      open = false;
      clearTimeout(timer);
      trial.signal?.removeEventListener('abort', giveUp);
      // Not inside `begin`, which has yet to say how.
      setImmediate(() => close());
      if (reply instanceof ResolveFailed) reject(reply);
      else resolve(reply);
    };
    const giveUp = (): void => settle(givenUp(trial));
    const timer = setTimeout(() => settle(late(trial)), trial.waitMs);
    trial.signal?.addEventListener('abort', giveUp, { once: true });
    const close = begin(trial, queryFor(trial.question, randomInt(0x1_0000), trial.extended), settle);
  });
}

/** `10.0.0.1:53`, `[fd00::1]:53`, and of link-local servers also the zone: `[fe80::1%eth0]:53`. */
function placeOfServer(server: string): Place {
  const colon = server.lastIndexOf(':');
  const host = server.slice(0, colon).replaceAll(/^\[|\]$/g, '');
  return { host, port: Number(server.slice(colon + 1)), family: isIP(host) === 6 ? 6 : 4 };
}

function readable(bytes: Uint8Array): DnsMessage | undefined {
  try {
    return decodeDns(bytes);
  } catch {
    return undefined;
  }
}

function unreachable(trial: Trial, error: NodeJS.ErrnoException): ResolveFailed {
  return failure(trial, 'unreachable', `cannot be reached (${error.code ?? error.message})`, error);
}
