import type { Socket } from 'node:net';
import type { TransportCounters } from './counters.ts';

export interface ConnectionEvents {
  /** A dialed connection can be used. */
  onOpen?(): void;
  onData(bytes: Uint8Array): void;
  /** The peer has nothing more to say. */
  onEnd(): void;
  /** Both directions are gone. Runs once, and last; `error` is the first thing that went wrong. */
  onGone(error: Error | undefined): void;
}

/** One TCP connection, with TLS on it or without: `raw` is what the kernel knows, `socket` what is read and written. */
export class Connection {
  readonly raw: Socket;
  readonly #socket: Socket;
  #events: ConnectionEvents | undefined;
  #error: Error | undefined;

  /** `opening` is what a dialed socket emits when it can be used; an accepted one is open from the start. */
  constructor(raw: Socket, socket: Socket, opening?: 'connect' | 'secureConnect') {
    this.raw = raw;
    this.#socket = socket;
    const onError = (error: Error): void => void (this.#error ??= error);
    raw.on('error', onError);
    if (socket !== raw) socket.on('error', onError);
    if (opening !== undefined) socket.once(opening, () => this.#events?.onOpen?.());
    socket.on('end', () => this.#events?.onEnd());
    socket.on('close', () => this.#events?.onGone(this.#error));
  }

  /** Tells `events` of everything from now on; nothing is read before the first call. */
  attach(events: ConnectionEvents): void {
    const reads = this.#events !== undefined;
    this.#events = events;
    if (reads) return;
    this.#socket.on('data', (bytes: Buffer) =>
      this.#events?.onData(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)),
    );
  }

  /** Hands on what was read before the present reader was attached, unless the connection has been cut. */
  feed(bytes: Uint8Array): void {
    if (bytes.length > 0 && !this.raw.destroyed) this.#events?.onData(bytes);
  }

  /** Bytes that the kernel has not taken yet. */
  get pending(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  end(): void {
    this.#socket.end();
  }

  /** Finishes what is written, then closes. */
  finish(): void {
    this.#socket.destroySoon();
  }

  /** Closes both directions. What the kernel has taken still arrives. */
  close(): void {
    this.#socket.destroy();
    this.raw.destroy();
  }

  /** Closes so that the peer learns that something was cut off, not finished. */
  reset(): void {
    resetSocket(this.raw, this.#socket);
    this.#socket.destroy();
  }
}

/**
 * `resetAndDestroy` would wait for what is written, and speak of an orderly end first. The field is what it sets; a Node
 * that did not know it would close in order. While our own end is on its way the kernel takes no reset.
 */
export function resetSocket(raw: Socket, socket: Socket = raw): void {
  const ending = socket.writableEnded || raw.writableEnded;
  if (!ending && !raw.connecting) (raw as { resetAndClosing?: boolean }).resetAndClosing = true;
  raw.destroy();
}

/** Every TCP connection of one transport. */
export class Connections {
  readonly #open = new Set<Socket>();
  readonly #counters: TransportCounters;

  constructor(counters: TransportCounters) {
    this.#counters = counters;
  }

  add(raw: Socket): void {
    this.#open.add(raw);
    this.#counters.connectionsOpen += 1;
    raw.once('close', () => {
      this.#open.delete(raw);
      this.#counters.connectionsOpen -= 1;
    });
  }

  /** Cuts all that is left; resolves when the last one is gone. */
  async closeAll(): Promise<void> {
    await Promise.all(
      [...this.#open].map((raw) => {
        const gone = new Promise<void>((resolve) => raw.once('close', () => resolve()));
        raw.destroy();
        return gone;
      }),
    );
  }
}
