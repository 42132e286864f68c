import type { Connection, ConnectionEvents } from './connection.ts';

/**
 * What the acceptor of a stream says first, where connections tell what they are for. With TLS 1.3 the dialer is done
 * with its handshake before the other side has looked at its certificate: only this tells being admitted from being cut.
 */
export const WELCOME = 0x2a;

/** Stands before a dialed stream until its peer has welcomed it: an end before that is a refusal. */
export class AwaitingWelcome implements ConnectionEvents {
  readonly #connection: Connection;
  readonly #stream: ConnectionEvents;

  constructor(connection: Connection, stream: ConnectionEvents) {
    this.#connection = connection;
    this.#stream = stream;
  }

  onData(bytes: Uint8Array): void {
    if (bytes[0] !== WELCOME) return this.#connection.reset();
    this.#connection.attach(this.#stream);
    this.#stream.onOpen?.();
    this.#connection.feed(bytes.subarray(1));
  }

  onEnd(): void {
    this.#connection.close();
  }

  onGone(error: Error | undefined): void {
    this.#stream.onGone(error);
  }
}
