import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import type { Address } from '../../core/ports/transport.ts';
import { parseAddress } from '../../core/address.ts';
import type { Description, Frame, Message, Packet, StreamMessage } from '../../core/wire/messages.ts';
import { Kind, State } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import type { Security } from '../../core/wire/security.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { freeAddress } from './free-address.ts';

export interface FakePeerOptions {
  readonly name: string;
  readonly key?: Uint8Array;
  readonly sealVersion?: 0 | 1;
  readonly vsn?: readonly number[];
}

/**
 * The least that a pool takes for a member: raw sockets, our codecs, an answer to every question. It keeps every byte
 * that it was sent.
 */
export class FakePeer {
  readonly about: Description;
  readonly security: Security;
  readonly datagrams: Uint8Array[] = [];
  /** What others wrote on each stream, whichever side opened it. */
  readonly streams: Uint8Array[] = [];
  /** Answers no pings any more. */
  silent = false;
  readonly #key: Uint8Array | undefined;
  readonly #udp: Socket;
  readonly #tcp: Server;

  static async start(options: FakePeerOptions): Promise<FakePeer> {
    const peer = new FakePeer(options, await freeAddress());
    const { host, port } = place(peer.about.address);
    peer.#udp.bind(port, host);
    peer.#tcp.listen(port, host);
    await Promise.all([once(peer.#udp, 'listening'), once(peer.#tcp, 'listening')]);
    return peer;
  }

  private constructor({ name, key, sealVersion = 1, vsn = [1, 5, 2, 2, 5, 4] }: FakePeerOptions, address: Address) {
    this.about = { name, address, meta: new Uint8Array(0), vsn: Uint8Array.from(vsn) };
    this.#key = key;
    const keys = key === undefined ? [] : [key];
    this.security = {
      label: '',
      crypto: nodeCrypto(),
      keys: () => keys,
      compress: false,
      sealVersion,
      acceptPlain: false,
    };
    this.#udp = createSocket('udp4').on('message', (bytes, from) =>
      this.#onDatagram(new Uint8Array(bytes), `${from.address}:${from.port}`),
    );
    this.#tcp = createServer((socket) => {
      const chunks: Buffer[] = [];
      const { stream } = memberlistProtocol(this.security);
      const reader = stream.reader();
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.streams.push(new Uint8Array(Buffer.concat(chunks))));
      socket.on('data', (chunk) => {
        chunks.push(chunk);
        for (const { message } of reader.push(chunk)) {
          if (!this.silent) socket.end(stream.encode(this.#frame(this.#answer(message))));
          else socket.destroy();
        }
      });
    });
  }

  /** Every message of every datagram so far. */
  messages(): Message[] {
    const { datagram } = memberlistProtocol(this.security);
    return this.datagrams.flatMap((bytes) => [...datagram.decode(bytes).parts]);
  }

  send(to: Address, ...parts: Message[]): void {
    const packet: Packet = { label: '', key: this.#key, checksum: false, parts };
    const { host, port } = place(to);
    this.#udp.send(memberlistProtocol(this.security).datagram.encode(packet), port, host);
  }

  /** Says one thing on a new stream and returns all bytes that come back. */
  async say(to: Address, message: StreamMessage | Uint8Array): Promise<Uint8Array> {
    const bytes =
      message instanceof Uint8Array ? message : memberlistProtocol(this.security).stream.encode(this.#frame(message));
    const socket = connect({ ...place(to), timeout: 5_000 });
    socket.on('timeout', () => socket.destroy());
    socket.end(bytes);
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of socket) chunks.push(chunk as Buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    }
    const heard = new Uint8Array(Buffer.concat(chunks));
    this.streams.push(heard);
    return heard;
  }

  /** Introduces itself; returns all bytes of the answer. */
  join(to: Address): Promise<Uint8Array> {
    return this.say(to, this.#statement(true));
  }

  stop(): void {
    this.#udp.close();
    this.#tcp.close();
  }

  #onDatagram(bytes: Uint8Array, from: Address): void {
    this.datagrams.push(bytes);
    if (this.silent) return;
    for (const part of memberlistProtocol(this.security).datagram.decode(bytes).parts) {
      if (part.kind !== Kind.ping) continue;
      this.send(part.source?.address ?? from, { kind: Kind.ack, sequence: part.sequence, payload: undefined });
    }
  }

  #answer(message: StreamMessage): StreamMessage {
    if (message.kind === Kind.ping) return { kind: Kind.ack, sequence: message.sequence, payload: undefined };
    return this.#statement(message.kind === Kind.pushPull && message.join);
  }

  #statement(join: boolean): StreamMessage {
    const states = [{ about: this.about, incarnation: 1, state: State.alive }];
    return { kind: Kind.pushPull, join, states, userState: new Uint8Array(0) };
  }

  #frame(message: StreamMessage): Frame {
    return { label: '', key: this.#key, message };
  }
}

function place(address: Address): { host: string; port: number } {
  const { bytes, port } = parseAddress(address);
  return { host: bytes.join('.'), port };
}
