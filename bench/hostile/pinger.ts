import { createSocket, type Socket } from 'node:dgram';
import type { Address } from '../../core/ports/transport.ts';
import type { Key } from '../../core/ports/crypto.ts';
import { Kind } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { placeOf } from '../../transports/sockets/place.ts';
import { monotonicMicros } from '../node/monotonic.ts';

/** How long an answer may take. */
export const ANSWERED_WITHIN_MS = 500;
const EVERY_MS = 20;

export interface Pings {
  readonly asked: number;
  /** Microseconds of those answered, however late. */
  readonly latencies: readonly number[];
  readonly inTime: number;
}

/** Pings a node fifty times a second, as a member would, and notes when the answers come. */
export class Pinger {
  readonly #target: Address;
  readonly #name: string;
  readonly #key: Key | undefined;
  readonly #socket: Socket = createSocket('udp4');
  readonly #codec;
  readonly #asked = new Map<number, number>();
  #sequence = 0;
  #latencies: number[] = [];
  #lastAnswer = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(target: Address, name: string, key: Key | undefined) {
    this.#target = target;
    this.#name = name;
    this.#key = key;
    const keys = key === undefined ? [] : [key];
    const security = {
      label: '',
      crypto: nodeCrypto(),
      keys: () => keys,
      compress: false,
      acceptPlain: false,
    } as const;
    this.#codec = memberlistProtocol({ ...security, sealVersion: 1 }).datagram;
    this.#socket.on('message', (bytes) => {
      for (const part of this.#codec.decode(bytes).parts) if (part.kind === Kind.ack) this.#onAck(part.sequence);
    });
  }

  /** Monotonic microseconds of the last answer. */
  get lastAnswer(): number {
    return this.#lastAnswer;
  }

  start(): void {
    this.#timer = setInterval(() => this.#ping(), EVERY_MS);
  }

  /** What became of the pings since the last call; those that may still be answered in time wait for the next one. */
  collect(): Pings {
    const latencies = this.#latencies;
    this.#latencies = [];
    const lost = [...this.#asked].filter(([, at]) => monotonicMicros() - at > ANSWERED_WITHIN_MS * 1_000);
    for (const [sequence] of lost) this.#asked.delete(sequence);
    const inTime = latencies.filter((one) => one <= ANSWERED_WITHIN_MS * 1_000).length;
    return { asked: latencies.length + lost.length, latencies, inTime };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #ping(): void {
    this.#sequence += 1;
    const ping = { kind: Kind.ping, sequence: this.#sequence, node: this.#name, source: undefined } as const;
    const bytes = this.#codec.encode({ label: '', key: this.#key, checksum: false, parts: [ping] });
    const { host, port } = placeOf(this.#target);
    this.#asked.set(this.#sequence, monotonicMicros());
    this.#socket.send(bytes, port, host);
  }

  #onAck(sequence: number): void {
    const at = this.#asked.get(sequence);
    if (at === undefined) return;
    this.#asked.delete(sequence);
    this.#lastAnswer = monotonicMicros();
    this.#latencies.push(this.#lastAnswer - at);
  }
}
