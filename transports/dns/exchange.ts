import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { ResolveFailed } from '../../core/ports/resolver.ts';
import type { ResolveProblem } from '../../core/ports/resolver.ts';
import type { Place } from '../sockets/place.ts';
import { decodeReply, encodeQuestion } from './message.ts';
import type { Question, Reply } from './message.ts';

/** One question to one server. */
export interface Try {
  readonly question: Question;
  readonly server: Place;
  readonly extended: boolean;
  readonly waitMs: number;
  /** When waiting must be over anyway, by `performance.now()`. */
  readonly endsAt: number;
}

type Settle = (reply: Reply | ResolveFailed) => void;

/**
 * Over UDP, from a socket of its own: with the number of the question, the port that the system chose is what a forger
 * would have to guess. The socket is connected, so the system itself drops what comes from elsewhere.
 */
export function askByDatagram(trial: Try): Promise<Reply> {
  return exchange(trial, (id, settle) => {
    const { question, server, extended } = trial;
    const socket = createSocket(server.family === 4 ? 'udp4' : 'udp6');
    socket.on('error', (error) => settle(unreachable(trial, error)));
    socket.on('message', (bytes) => {
      const reply = decodeReply(bytes, id, question);
      // A forger's guess must not end the wait for the true answer.
      if (reply !== 'stranger') settle(reply === 'nonsense' ? malformed(trial) : reply);
    });
    socket.connect(server.port, server.host, () => socket.send(encodeQuestion(question, id, extended)));
    return () => socket.close();
  });
}

/** Over TCP, where answers of any length have room. */
export function askByStream(trial: Try): Promise<Reply> {
  return exchange(trial, (id, settle) => {
    const { question, server, extended } = trial;
    const socket = connect(server.port, server.host);
    let held = Buffer.alloc(0);
    socket.on('error', (error) => settle(unreachable(trial, error)));
    socket.on('end', () => settle(failure(trial, 'unreachable', 'hung up before it had answered')));
    socket.on('data', (bytes: Buffer) => {
      held = Buffer.concat([held, bytes]);
      const end = held.length < 2 ? Infinity : 2 + held.readUInt16BE(0);
      if (held.length < end) return;
      const reply = decodeReply(held.subarray(2, end), id, question);
      settle(typeof reply === 'string' ? malformed(trial) : reply);
    });
    const bytes = encodeQuestion(question, id, extended);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    socket.write(Buffer.concat([length, bytes]));
    return () => socket.destroy();
  });
}

function exchange(trial: Try, begin: (id: number, settle: Settle) => () => void): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let open = true;
    const settle: Settle = (reply) => {
      if (!open) return;
      open = false;
      clearTimeout(late);
      // Not inside `begin`, which has yet to say how.
      setImmediate(() => close());
      if (reply instanceof ResolveFailed) reject(reply);
      else resolve(reply);
    };
    const waitMs = Math.max(0, Math.min(trial.waitMs, trial.endsAt - performance.now()));
    const words = `did not answer within ${Math.round(waitMs)} ms`;
    const late = setTimeout(() => settle(failure(trial, 'timeout', words)), waitMs);
    const close = begin(randomInt(0x1_0000), settle);
  });
}

export function failure(
  { question, server }: Try,
  problem: ResolveProblem,
  words: string,
  cause?: unknown,
): ResolveFailed {
  const host = server.family === 6 ? `[${server.host}]` : server.host;
  return new ResolveFailed(question.name, problem, `${host}:${server.port} ${words}`, { cause });
}

function malformed(trial: Try): ResolveFailed {
  return failure(trial, 'malformed', 'answered with something unreadable');
}

function unreachable(trial: Try, error: NodeJS.ErrnoException): ResolveFailed {
  return failure(trial, 'unreachable', `cannot be reached (${error.code ?? error.message})`, error);
}
