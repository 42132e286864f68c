import { MalformedPacket } from '../core/errors.ts';
import type { Micros } from '../core/ports/clock.ts';
import type { CloseReason } from '../core/ports/transport.ts';
import { occupyCpu } from './cpu.ts';
import { sealMessage } from './debug.ts';
import { CodecMismatch, MessageChanged } from './errors.ts';
import { EventKind } from './event-pool.ts';
import type { Fault } from './faults/fault.ts';
import { type Handling, LOOPBACK } from './handling.ts';
import type { Kernel } from './kernel.ts';
import type { Links } from './links.ts';
import type { SimEndpoint } from './sim-endpoint.ts';
import type { SimHost } from './sim-host.ts';
import { FIN, RESET, type Segment, type SimStream, type StreamCarrier } from './sim-stream.ts';
import { streamEvent, takeStream } from './stream-events.ts';
import type { StreamPaths } from './stream-paths.ts';
import type { Strikes } from './strikes.ts';
import { TraceCode } from './trace-code.ts';

/** What may be under way in one direction; a longer message goes alone. */
const WINDOW = 65_536;
/** As TCP has it: a lost segment is sent again after 200 ms, then after twice as long each time. */
const SEGMENT_RETRY: Micros = 200_000;
const MOST_ATTEMPTS = 8;

/**
 * Carries streams. Loss does not take anything out of a stream: it delays, because what was lost is sent again. All
 * kinds of segments of one direction arrive in the order in which they left.
 */
export class Streams implements StreamCarrier {
  readonly #kernel: Kernel;
  readonly #links: Links;
  readonly #paths: StreamPaths;
  readonly #strikes: Strikes;
  readonly #handling: Handling;
  readonly #ofHost = new Map<SimHost, Set<SimStream<unknown>>>();

  constructor(kernel: Kernel, links: Links, paths: StreamPaths, strikes: Strikes, handling: Handling) {
    this.#kernel = kernel;
    this.#links = links;
    this.#paths = paths;
    this.#strikes = strikes;
    this.#handling = handling;
  }

  send<S>(side: SimStream<S>, message: S): void {
    const { trace, counters } = this.#kernel;
    const codec = side.endpoint.protocol.stream;
    const size = codec.size(message);
    const digest = trace.digest(codec, message);
    const peer = this.#paths.peerOf(side)?.index ?? -1;
    const sent = trace.events;
    trace.event(TraceCode.streamSend, side.endpoint.host.index, peer, size, '', digest);
    counters.bytes += size;
    let payload: unknown = message;
    if (this.#handling.wire) {
      const bytes = codec.encode(message);
      if (bytes.length !== size) throw new CodecMismatch(size, bytes.length);
      payload = bytes;
    }
    const sealed = this.#handling.debug && !this.#handling.wire ? sealMessage(message) : 0;
    this.push(side, { kind: 'message', size, digest, payload, sealed, sent });
  }

  push(side: SimStream<unknown>, segment: Segment): void {
    if (side.isDead) return;
    side.queue.push(segment);
    side.pending += segment.size;
    this.pump(side);
  }

  /** Ends both directions from our side; the program hears of it in an event of its own. */
  hangUp<S>(side: SimStream<S>, reason: CloseReason): void {
    if (side.closed !== undefined) return;
    side.closed = reason;
    streamEvent(this.#kernel, EventKind.hangUp, side, this.#kernel.now, reason);
    // What the network has taken still arrives; what it has not is dropped, and then the peer must know.
    const drops = side.queue.some((segment) => segment.kind === 'message');
    this.#dropQueue(side);
    if (drops) this.push(side, RESET);
    else if (!side.isEnded) this.push(side, FIN);
    side.isEnded = true;
    if (!side.isOpen) this.#die(side);
  }

  closeAll<D, S>(endpoint: SimEndpoint<D, S>): void {
    for (const side of this.#of(endpoint.host)) {
      if ((side.endpoint as unknown) === endpoint) this.hangUp(side, 'endpoint-closed');
    }
  }

  /** A crash: everything of this host's streams is gone, and nobody is told. */
  vanish(host: SimHost): void {
    for (const side of this.#of(host)) {
      side.closed = 'reset';
      this.#die(side);
    }
  }

  /** A `reset` fault begins: every stream of the host ends at once, on both sides. */
  resetAll(host: SimHost, fault: Fault): void {
    for (const side of this.#of(host)) {
      this.#strikes.strike(fault, 'reset');
      this.#tear(side);
    }
  }

  /** Something that held segments back is over. */
  pumpAll(host: SimHost): void {
    for (const side of this.#of(host)) this.pump(side);
  }

  /** Sends what may be sent now. */
  pump(side: SimStream<unknown>): void {
    const host = side.endpoint.host;
    if (!side.isOpen || side.isDead || side.retry >= 0 || host.paused) return;
    const receiver = this.#paths.peerOf(side) as SimHost;
    for (let segment = side.queue[0]; segment !== undefined; segment = side.queue[0]) {
      if (side.inFlight > 0 && side.inFlight + segment.size > WINDOW) return;
      const stall = this.#links.streamFault('stall', host.index, receiver.index);
      if (stall !== undefined) return this.#strikes.strike(stall, 'stall');
      const reset = this.#links.streamFault('reset', host.index, receiver.index);
      if (reset !== undefined) {
        this.#strikes.strike(reset, 'reset');
        return this.#tear(side);
      }
      let delay = this.#paths.onward(side, receiver, segment.size);
      if (delay < 0) {
        if (++side.attempts > MOST_ATTEMPTS) return this.#giveUp(side);
        const wait = SEGMENT_RETRY * 2 ** (side.attempts - 1);
        side.retry = streamEvent(this.#kernel, EventKind.pump, side, this.#kernel.now + wait);
        return;
      }
      if (host.perMessage > 0 && segment.kind === 'message') delay += occupyCpu(host, this.#kernel.now, this.#strikes);
      side.attempts = 0;
      side.queue.shift();
      side.sent++;
      side.pending -= segment.size;
      side.inFlight += segment.size;
      side.lastArrival = Math.max(side.lastArrival, this.#kernel.now + delay);
      // A half-open peer takes everything and knows nothing.
      if (side.other === undefined) side.inFlight = 0;
      else {
        const id = streamEvent(this.#kernel, EventKind.segment, side.other, side.lastArrival, segment);
        if (segment.kind === 'message') this.#kernel.events.cause[id] = segment.sent;
      }
    }
    if (side.closed !== undefined && side.queue.length === 0) this.#forget(side);
  }

  retry(id: number): void {
    const side = takeStream(this.#kernel, id);
    side.retry = -1;
    this.pump(side);
  }

  receive(id: number): void {
    const segment = this.#kernel.events.payload[id] as Segment;
    const side = takeStream(this.#kernel, id);
    const sender = side.other;
    if (sender !== undefined) {
      sender.inFlight -= segment.size;
      if (sender.queue.length > 0) this.pump(sender);
    }
    if (side.closed !== undefined) {
      // A host that restarted knows nothing of this stream and says so; one that is down says nothing.
      if (side.isDead && segment.kind === 'message' && side.endpoint.host.up && sender !== undefined)
        this.answerReset(sender);
      return;
    }
    if (segment.kind === 'reset') return this.finish(side, 'reset');
    if (segment.kind === 'fin') return this.#peerEnded(side);
    this.#deliver(side, segment);
  }

  expire(id: number): void {
    const side = takeStream(this.#kernel, id);
    side.timeout = -1;
    if (side.closed !== undefined) return;
    this.#dropQueue(side);
    this.push(side, RESET);
    side.isEnded = true;
    this.#tell(side, 'timeout');
    if (!side.isOpen) this.#die(side);
  }

  /** Tells the program of an end that it brought about itself. */
  tellHangUp(id: number): void {
    const reason = this.#kernel.events.payload[id] as CloseReason;
    const side = takeStream(this.#kernel, id);
    if (side.handlers === undefined || !this.#isOfThisBoot(side)) return;
    side.closed = undefined;
    this.#tell(side, reason);
  }

  #deliver(side: SimStream<unknown>, segment: Segment & { kind: 'message' }): void {
    const { trace, counters } = this.#kernel;
    const { host, protocol } = side.endpoint;
    const sender = this.#paths.peerOf(side)?.index ?? -1;
    let messages: unknown[] = [segment.payload];
    let malformed: MalformedPacket | undefined;
    if (this.#handling.wire) {
      side.reader ??= protocol.stream.reader();
      try {
        messages = side.reader.push(segment.payload as Uint8Array);
      } catch (error) {
        if (!(error instanceof MalformedPacket)) throw error;
        malformed = error;
        messages = [];
      }
    } else {
      malformed = protocol.stream.refusal?.(segment.payload);
      if (malformed !== undefined) messages = [];
    }
    for (const message of messages) trace.describe(protocol.stream, message);
    trace.event(TraceCode.streamMessage, host.index, sender, segment.size, '', segment.digest);
    counters.streamMessages++;
    if (!this.#handling.wire && malformed === undefined) {
      if (this.#handling.debug && sealMessage(segment.payload) !== segment.sealed) {
        throw new MessageChanged(side.peer, host.name);
      }
      side.handlers?.onMessage(segment.payload, side);
      return;
    }
    if (malformed !== undefined) {
      counters.malformed++;
      this.#dropQueue(side);
      this.push(side, RESET);
      side.isEnded = true;
      return this.#tell(side, 'malformed', malformed);
    }
    for (const message of messages) {
      if (side.closed !== undefined) return;
      side.handlers?.onMessage(message, side);
    }
  }

  /** The peer has nothing more to say: our side ends too, once what we have said is delivered. */
  #peerEnded(side: SimStream<unknown>): void {
    side.end();
    this.#tell(side, 'end');
  }

  finish(side: SimStream<unknown>, reason: CloseReason): void {
    this.#die(side);
    this.#tell(side, reason);
  }

  /** The one place where a program hears that a stream is over. */
  #tell(side: SimStream<unknown>, reason: CloseReason, detail?: unknown): void {
    if (side.closed !== undefined) return;
    side.closed = reason;
    this.#cancel(side.timeout);
    side.timeout = -1;
    if (side.queue.length === 0) this.#forget(side);
    const peer = this.#paths.peerOf(side)?.index ?? -1;
    this.#kernel.trace.event(TraceCode.streamClose, side.endpoint.host.index, peer, 0, reason, 0);
    side.handlers?.onClose(reason, detail);
  }

  /** Both sides hear of a reset, each in an event of its own. */
  #tear(side: SimStream<unknown>): void {
    for (const end of [side, side.other]) {
      if (end === undefined || end.isDead) continue;
      this.#dropQueue(end);
      end.isEnded = true;
      streamEvent(this.#kernel, EventKind.segment, end, this.#kernel.now, RESET);
    }
  }

  answerReset(sender: SimStream<unknown>): void {
    if (sender.closed !== undefined) return;
    streamEvent(this.#kernel, EventKind.segment, sender, this.#kernel.now + LOOPBACK, RESET);
  }

  #giveUp(side: SimStream<unknown>): void {
    this.#dropQueue(side);
    side.isEnded = true;
    if (side.closed === undefined) this.hangUp(side, 'timeout');
    this.#die(side);
  }

  register(side: SimStream<unknown>): void {
    const { host } = side.endpoint;
    const streams = this.#ofHost.get(host);
    if (streams === undefined) this.#ofHost.set(host, new Set([side]));
    else streams.add(side);
    side.timeout = streamEvent(this.#kernel, EventKind.deadline, side, this.#kernel.now + side.deadline);
  }

  #die(side: SimStream<unknown>): void {
    side.isDead = true;
    side.isEnded = true;
    this.#dropQueue(side);
    this.#cancel(side.retry);
    this.#cancel(side.timeout);
    side.retry = side.timeout = -1;
    this.#forget(side);
  }

  #dropQueue(side: SimStream<unknown>): void {
    side.queue.length = 0;
    side.pending = 0;
  }

  /** A copy, in the order of their beginning: what is done to one may end others. */
  #of(host: SimHost): SimStream<unknown>[] {
    return [...(this.#ofHost.get(host) ?? [])];
  }

  #forget(side: SimStream<unknown>): void {
    this.#ofHost.get(side.endpoint.host)?.delete(side);
  }

  #isOfThisBoot(side: SimStream<unknown>): boolean {
    return side.endpoint.host.up && side.endpoint.boot === side.endpoint.host.boot;
  }

  #cancel(id: number): void {
    if (id < 0) return;
    const { events } = this.#kernel;
    if (events.wheel.cancel(id)) events.release(id);
  }
}
