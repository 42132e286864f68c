import { MalformedPacket, RollcallError } from '../../core/errors.ts';
import type { Clock, Micros, Timer } from '../../core/ports/clock.ts';
import type {
  Address,
  CloseReason,
  Stream,
  StreamCodec,
  StreamHandlers,
  StreamReader,
} from '../../core/ports/transport.ts';
import type { Connection, ConnectionEvents } from './connection.ts';
import type { TransportCounters } from './counters.ts';
import { guarded, surface } from './guarded.ts';
import type { UnfinishedMessages } from './unfinished.ts';

/** What may wait for a peer that does not read: two of the longest messages. */
const PENDING_MAX = 40 * 1024 * 1024;

export interface StreamParts<S> {
  readonly connection: Connection;
  readonly peer: Address;
  readonly codec: StreamCodec<S>;
  readonly clock: Clock;
  readonly counters: TransportCounters;
  readonly unfinished: UnfinishedMessages;
  /** Bounds a dialed stream as a whole; an accepted one up to its first message, and what it leaves behind. */
  readonly deadline: Micros;
  readonly accepted: boolean;
  onGone(stream: SocketStream<S>): void;
}

/** A stream of messages on one connection. */
export class SocketStream<S> implements Stream<S>, ConnectionEvents {
  readonly peer: Address;
  readonly #parts: StreamParts<S>;
  /** Let go of with the connection: timers that were cancelled may know this stream for a while yet. */
  #reader: StreamReader<S> | undefined;
  #handlers: StreamHandlers<S> | undefined;
  #timer: Timer;
  /** The reason that was or is about to be told; nothing is told after it. */
  #closed: CloseReason | undefined;
  #opened = false;
  #ended = false;

  constructor(parts: StreamParts<S>) {
    this.peer = parts.peer;
    this.#parts = parts;
    this.#reader = parts.codec.reader();
    this.#timer = parts.clock.after(parts.deadline, () => this.#expire());
    parts.counters.streamsOpen += 1;
  }

  /** Tells `handlers` from now on. */
  start(handlers: StreamHandlers<S>): void {
    this.#handlers = handlers;
  }

  get pending(): number {
    return this.#parts.connection.pending;
  }

  send(message: S): void {
    if (this.#ended || this.#closed !== undefined) return;
    const { connection, codec, counters } = this.#parts;
    const bytes = codec.encode(message);
    counters.streamBytesSent += bytes.length;
    connection.write(bytes);
    if (connection.pending > PENDING_MAX) this.hangUp('reset', new StreamOverflow(this.peer, connection.pending));
  }

  end(): void {
    if (this.#ended || this.#closed !== undefined) return;
    this.#ended = true;
    this.#parts.connection.end();
  }

  close(): void {
    this.hangUp('closed');
  }

  /** Ends both directions from our side; the program hears of it in a turn of its own. */
  hangUp(reason: CloseReason, detail?: unknown): void {
    if (this.#closed !== undefined) return;
    const { connection } = this.#parts;
    this.#closed = reason;
    setImmediate(() => this.#handlers?.onClose(reason, detail));
    // What the kernel has not taken is dropped, and then the peer must know.
    if (connection.pending > 0) connection.reset();
    else connection.close();
  }

  onOpen(): void {
    if (this.#closed !== undefined) return;
    this.#opened = true;
    guarded(() => this.#handlers?.onOpen?.(this));
  }

  onData(bytes: Uint8Array): void {
    const { clock, counters, unfinished, accepted } = this.#parts;
    counters.streamBytesReceived += bytes.length;
    if (this.#closed !== undefined || this.#reader === undefined) return;
    let messages: S[];
    try {
      messages = this.#reader.push(bytes);
    } catch (error) {
      this.#tear('malformed', error);
      if (!(error instanceof MalformedPacket)) surface(error);
      return;
    }
    if (messages.length === 0) return unfinished.hold(this, bytes.length);
    unfinished.release(this);
    if (accepted) clock.cancel(this.#timer);
    for (const message of messages) {
      // A handler may have closed the stream.
      if (this.#isClosed) return;
      guarded(() => this.#handlers?.onMessage(message, this));
    }
  }

  onEnd(): void {
    const { connection, clock, deadline, accepted } = this.#parts;
    this.#ended = true;
    connection.end();
    // What we have said may still be under way, but not for ever. A dialed stream has its deadline already.
    if (accepted) {
      clock.cancel(this.#timer);
      this.#timer = clock.after(deadline, () => this.#expire());
    }
    this.#tell('end');
  }

  onGone(error: Error | undefined): void {
    const { clock, counters, unfinished } = this.#parts;
    clock.cancel(this.#timer);
    unfinished.release(this);
    this.#reader = undefined;
    counters.streamsOpen -= 1;
    this.#tell(this.#opened ? 'reset' : 'refused', error);
    this.#parts.onGone(this);
  }

  /** Its message is the longest of too many that do not end. */
  crowdOut(): void {
    this.#tear(
      'malformed',
      new MalformedPacket('too-large', 'Unfinished messages take up too much; this is the longest.'),
    );
  }

  #expire(): void {
    this.#parts.counters.streamTimeouts += 1;
    this.#tear('timeout');
  }

  #tear(reason: CloseReason, detail?: unknown): void {
    const isTold = this.#isClosed;
    // First, because a reset may tell at once that the connection is gone.
    this.#closed ??= reason;
    this.#parts.connection.reset();
    if (!isTold) guarded(() => this.#handlers?.onClose(reason, detail));
  }

  #tell(reason: CloseReason, detail?: unknown): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    guarded(() => this.#handlers?.onClose(reason, detail));
  }

  /** Behind a getter: the compiler does not see that a handler changes the field. */
  get #isClosed(): boolean {
    return this.#closed !== undefined;
  }
}

class StreamOverflow extends RollcallError {
  constructor(peer: Address, pending: number) {
    super('STREAM_OVERFLOW', `${peer} does not read: ${pending} bytes wait for it, more than ${PENDING_MAX}.`);
  }
}
