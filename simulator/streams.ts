import { MalformedPacket } from '../core/errors.ts';
import type { Micros } from '../core/ports/clock.ts';
import type { Address, CloseReason, Stream, StreamHandlers } from '../core/ports/transport.ts';
import type { Handling } from './datagrams.ts';
import { LOOPBACK } from './datagrams.ts';
import { occupyCpu } from './cpu.ts';
import { sealMessage } from './debug.ts';
import { delayFrom, type Delays } from './delays.ts';
import type { Directory } from './directory.ts';
import { draw, isWithin, packetKey, Purpose } from './draws.ts';
import { CodecMismatch, MessageChanged } from './errors.ts';
import { EventKind } from './event-pool.ts';
import type { Fault } from './faults/fault.ts';
import type { Kernel } from './kernel.ts';
import { inBurst, type Links, occupy } from './links.ts';
import type { SimEndpoint } from './sim-endpoint.ts';
import type { SimHost } from './sim-host.ts';
import { FIN, RESET, type Segment, SimStream } from './sim-stream.ts';
import type { Strikes } from './strikes.ts';
import { TraceCode } from './trace.ts';

/** What may be under way in one direction; a longer message goes alone. */
const WINDOW = 65_536;
/** As TCP has it: a lost opening is repeated after 1 s, a lost segment after 200 ms, then after twice as long each time. */
const OPENING_RETRY: Micros = 1_000_000;
const SEGMENT_RETRY: Micros = 200_000;
const MOST_ATTEMPTS = 8;

/**
 * Carries streams. Loss does not take anything out of a stream: it delays, because what was lost is sent again. All
 * kinds of segments of one direction arrive in the order in which they left.
 */
export class Streams {
  readonly #kernel: Kernel;
  readonly #directory: Directory;
  readonly #links: Links;
  readonly #delays: Delays;
  readonly #strikes: Strikes;
  readonly #handling: Handling;

  constructor(
    kernel: Kernel,
    directory: Directory,
    links: Links,
    delays: Delays,
    strikes: Strikes,
    handling: Handling,
  ) {
    this.#kernel = kernel;
    this.#directory = directory;
    this.#links = links;
    this.#delays = delays;
    this.#strikes = strikes;
    this.#handling = handling;
  }

  connect<D, S>(endpoint: SimEndpoint<D, S>, to: Address, deadline: Micros, handlers: StreamHandlers<S>): Stream<S> {
    const side = new SimStream<S>(this, endpoint, to, deadline);
    side.handlers = handlers;
    if (!endpoint.isOpen) {
      this.hangUp(side, 'endpoint-closed');
      return side;
    }
    const peer = this.#directory.find(to)?.host.index ?? -1;
    this.#kernel.trace.event(TraceCode.connect, endpoint.host.index, peer, 0, '', 0);
    this.#register(side);
    this.#later(EventKind.dial, side, this.#kernel.now, undefined);
    return side;
  }

  send<S>(side: SimStream<S>, message: S): void {
    const { trace, counters } = this.#kernel;
    const codec = side.endpoint.protocol.stream;
    const size = codec.size(message);
    const digest = trace.digest(codec, message);
    const peer = this.#peerOf(side)?.index ?? -1;
    trace.event(TraceCode.streamSend, side.endpoint.host.index, peer, size, '', digest);
    counters.bytes += size;
    let payload: unknown = message;
    if (this.#handling.wire) {
      const bytes = codec.encode(message);
      if (bytes.length !== size) throw new CodecMismatch(size, bytes.length);
      payload = bytes;
    }
    const sealed = this.#handling.debug && !this.#handling.wire ? sealMessage(message) : 0;
    this.push(side, { kind: 'message', size, digest, payload, sealed });
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
    this.#later(EventKind.hangUp, side, this.#kernel.now, reason);
    // What the network has taken still arrives; what it has not is dropped, and then the peer must know.
    const drops = side.queue.some((segment) => segment.kind === 'message');
    this.#dropQueue(side);
    if (drops) this.push(side, RESET);
    else if (!side.isEnded) this.push(side, FIN);
    side.isEnded = true;
    if (!side.isOpen) this.#die(side);
  }

  closeAll(endpoint: SimEndpoint<unknown, unknown>): void {
    for (const side of [...endpoint.host.streams]) {
      if (side.endpoint === endpoint) this.hangUp(side, 'endpoint-closed');
    }
  }

  /** A crash: everything of this host's streams is gone, and nobody is told. */
  vanish(host: SimHost): void {
    for (const side of [...host.streams]) {
      side.closed = 'reset';
      this.#die(side);
    }
  }

  /** A `reset` fault begins: every stream of the host ends at once, on both sides. */
  resetAll(host: SimHost, fault: Fault): void {
    for (const side of [...host.streams]) {
      this.#strikes.strike(fault, 'reset');
      this.#tear(side);
    }
  }

  /** Something that held segments back is over. */
  pumpAll(host: SimHost): void {
    for (const side of [...host.streams]) this.pump(side);
  }

  /** Sends what may be sent now. */
  pump(side: SimStream<unknown>): void {
    const host = side.endpoint.host;
    if (!side.isOpen || side.isDead || side.retry >= 0 || host.paused) return;
    const receiver = this.#peerOf(side) as SimHost;
    for (let segment = side.queue[0]; segment !== undefined; segment = side.queue[0]) {
      if (side.inFlight > 0 && side.inFlight + segment.size > WINDOW) return;
      const stall = this.#links.streamFault('stall', host.index, receiver.index);
      if (stall !== undefined) return this.#strikes.strike(stall, 'stall');
      const reset = this.#links.streamFault('reset', host.index, receiver.index);
      if (reset !== undefined) {
        this.#strikes.strike(reset, 'reset');
        return this.#tear(side);
      }
      let delay = this.#pass(side, receiver, segment.size);
      if (delay < 0) {
        if (++side.attempts > MOST_ATTEMPTS) return this.#giveUp(side);
        const wait = SEGMENT_RETRY * 2 ** (side.attempts - 1);
        side.retry = this.#later(EventKind.pump, side, this.#kernel.now + wait, undefined);
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
      else this.#later(EventKind.segment, side.other, side.lastArrival, segment);
    }
    if (side.closed !== undefined && side.queue.length === 0) this.#forget(side);
  }

  retry(id: number): void {
    const side = this.#take<SimStream<unknown>>(id);
    side.retry = -1;
    this.pump(side);
  }

  /** The first step of a connection: on its way to the peer. */
  dial(id: number): void {
    const side = this.#take<SimStream<unknown>>(id);
    side.retry = -1;
    if (side.isDead) return;
    const dialer = side.endpoint.host;
    if (dialer.paused) {
      dialer.outbox.push(() => {
        this.#later(EventKind.dial, side, this.#kernel.now, undefined);
      });
      return;
    }
    const { now } = this.#kernel;
    const receiver = this.#peerOf(side);
    if (receiver === undefined) return;
    const delay = this.#pass(side, receiver, 0);
    if (delay < 0) this.#redial(side);
    else this.#later(EventKind.syn, side, now + delay, undefined);
  }

  /** The opening reached the peer's host, whose network answers by itself, even for a paused program. */
  arrive(id: number): void {
    const side = this.#take<SimStream<unknown>>(id);
    if (side.isDead) return;
    const place = this.#directory.find(side.peer);
    // Nobody answers: not a host that is down, nor an address that its host has left.
    if (place === undefined || !place.host.up || !place.address.startsWith(`${place.host.ip}:`))
      return this.#redial(side);
    const [dialer, acceptor] = [side.endpoint.host, place.host];
    const back = this.#passBetween(acceptor, dialer, 0, side.attempts);
    if (back < 0) return this.#redial(side);
    const { now, counters } = this.#kernel;
    side.lastArrival = now + back;
    const refusal = this.#links.streamFault('refuse', dialer.index, acceptor.index);
    if (refusal !== undefined) this.#strikes.strike(refusal, 'refuse');
    if (refusal !== undefined || place.endpoint === undefined) {
      this.#later(EventKind.opened, side, now + back, 'refused');
      return;
    }
    side.attempts = 0;
    counters.streamsOpened++;
    const halfOpen = this.#links.streamFault('half-open', dialer.index, acceptor.index);
    if (halfOpen !== undefined) this.#strikes.strike(halfOpen, 'half-open');
    else {
      const accepted = new SimStream<unknown>(this, place.endpoint, side.endpoint.address, side.deadline);
      accepted.other = side;
      accepted.isOpen = true;
      // Its first segment may not overtake the answer that opens the dialer's side.
      accepted.lastArrival = now + back;
      side.other = accepted;
      this.#register(accepted);
      this.#later(EventKind.accepted, accepted, now, undefined);
    }
    this.#later(EventKind.opened, side, now + back, undefined);
  }

  /** The acceptor's program meets the stream. */
  accept(id: number): void {
    const side = this.#take<SimStream<unknown>>(id);
    if (side.isDead || side.closed !== undefined) return;
    side.handlers = side.endpoint.handlers.onStream(side);
    side.handlers.onOpen?.(side);
  }

  /** The dialer hears how its attempt ended. */
  open(id: number): void {
    const { events, trace } = this.#kernel;
    const refused = events.payload[id] === 'refused';
    const side = this.#take<SimStream<unknown>>(id);
    if (side.isDead || side.closed !== undefined) {
      if (side.other !== undefined) this.#answerReset(side.other);
      return;
    }
    if (refused) return this.#finish(side, 'refused');
    trace.event(TraceCode.open, side.endpoint.host.index, this.#peerOf(side)?.index ?? -1, 0, '', 0);
    side.isOpen = true;
    side.handlers?.onOpen?.(side);
    this.pump(side);
  }

  receive(id: number): void {
    const segment = this.#kernel.events.payload[id] as Segment;
    const side = this.#take<SimStream<unknown>>(id);
    const sender = side.other;
    if (sender !== undefined) {
      sender.inFlight -= segment.size;
      if (sender.queue.length > 0) this.pump(sender);
    }
    if (side.closed !== undefined) {
      // A host that restarted knows nothing of this stream and says so; one that is down says nothing.
      if (side.isDead && segment.kind === 'message' && side.endpoint.host.up && sender !== undefined)
        this.#answerReset(sender);
      return;
    }
    if (segment.kind === 'reset') return this.#finish(side, 'reset');
    if (segment.kind === 'fin') return this.#peerEnded(side);
    this.#deliver(side, segment);
  }

  expire(id: number): void {
    const side = this.#take<SimStream<unknown>>(id);
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
    const side = this.#take<SimStream<unknown>>(id);
    if (side.handlers === undefined || !this.#isOfThisBoot(side)) return;
    side.closed = undefined;
    this.#tell(side, reason);
  }

  #deliver(side: SimStream<unknown>, segment: Segment & { kind: 'message' }): void {
    const { trace, counters } = this.#kernel;
    const { host, protocol } = side.endpoint;
    const sender = this.#peerOf(side)?.index ?? -1;
    if (!this.#handling.wire) trace.describe(protocol.stream, segment.payload);
    trace.event(TraceCode.streamMessage, host.index, sender, segment.size, '', segment.digest);
    counters.streamMessages++;
    if (!this.#handling.wire) {
      if (this.#handling.debug && sealMessage(segment.payload) !== segment.sealed) {
        throw new MessageChanged(side.peer, host.name);
      }
      side.handlers?.onMessage(segment.payload, side);
      return;
    }
    side.reader ??= protocol.stream.reader();
    let messages: unknown[];
    try {
      messages = side.reader.push(segment.payload as Uint8Array);
    } catch (error) {
      if (!(error instanceof MalformedPacket)) throw error;
      counters.malformed++;
      this.#dropQueue(side);
      this.push(side, RESET);
      side.isEnded = true;
      return this.#tell(side, 'malformed', error);
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

  #finish(side: SimStream<unknown>, reason: CloseReason): void {
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
    const peer = this.#peerOf(side)?.index ?? -1;
    this.#kernel.trace.event(TraceCode.streamClose, side.endpoint.host.index, peer, 0, reason, 0);
    side.handlers?.onClose(reason, detail);
  }

  /** Both sides hear of a reset, each in an event of its own. */
  #tear(side: SimStream<unknown>): void {
    for (const end of [side, side.other]) {
      if (end === undefined || end.isDead) continue;
      this.#dropQueue(end);
      end.isEnded = true;
      this.#later(EventKind.segment, end, this.#kernel.now, RESET);
    }
  }

  #answerReset(sender: SimStream<unknown>): void {
    if (sender.closed !== undefined) return;
    this.#later(EventKind.segment, sender, this.#kernel.now + LOOPBACK, RESET);
  }

  #giveUp(side: SimStream<unknown>): void {
    this.#dropQueue(side);
    side.isEnded = true;
    if (side.closed === undefined) this.hangUp(side, 'timeout');
    this.#die(side);
  }

  #redial(side: SimStream<unknown>): void {
    const wait = OPENING_RETRY * 2 ** side.attempts++;
    side.retry = this.#later(EventKind.dial, side, this.#kernel.now + wait, undefined);
  }

  #register(side: SimStream<unknown>): void {
    side.endpoint.host.streams.add(side);
    side.timeout = this.#later(EventKind.deadline, side, this.#kernel.now + side.deadline, undefined);
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

  #forget(side: SimStream<unknown>): void {
    side.endpoint.host.streams.delete(side);
  }

  #isOfThisBoot(side: SimStream<unknown>): boolean {
    return side.endpoint.host.up && side.endpoint.boot === side.endpoint.host.boot;
  }

  #peerOf(side: SimStream<unknown>): SimHost | undefined {
    return side.other === undefined ? this.#directory.find(side.peer)?.host : side.other.endpoint.host;
  }

  /** How long a segment is under way, or -1 when it does not get through now. */
  #pass(side: SimStream<unknown>, receiver: SimHost, size: number): Micros {
    return this.#passBetween(side.endpoint.host, receiver, size, side.sent * 64 + side.attempts);
  }

  #passBetween(sender: SimHost, receiver: SimHost, size: number, nth: number): Micros {
    const { now, seed, trace } = this.#kernel;
    if (sender === receiver) return LOOPBACK;
    // Streams draw beside the datagrams of the same microsecond, not among them.
    const key = packetKey(seed, sender.index, receiver.index, trace.timeLow, trace.timeHigh, nth + 0x10000);
    let delay = delayFrom(this.#delays.table(sender.zone, receiver.zone), draw(key, Purpose.latency));
    if (this.#links.clean) return delay;
    const cut = this.#links.cut(sender.index, receiver.index, 'stream');
    if (cut !== undefined) {
      this.#strikes.strike(cut);
      return -1;
    }
    const link = sender.index * 65_536 + receiver.index;
    for (const harm of this.#links.harms) {
      if (!this.#links.touches(harm, sender.index, receiver.index)) continue;
      const { salt, fault, burst } = harm;
      let chance = harm.loss;
      if (burst !== undefined && inBurst(seed, burst, salt, link, now - fault.at)) chance = burst.loss;
      if (chance !== undefined && isWithin(draw(key, Purpose.loss, salt), chance)) {
        this.#strikes.strike(fault, chance === harm.loss ? 'loss' : 'burst');
        return -1;
      }
      if (harm.delay !== undefined) {
        this.#strikes.strike(fault, 'delay');
        delay += harm.delay;
      }
      if (harm.bytesPerSecond !== undefined) {
        this.#strikes.strike(fault, 'bytesPerSecond');
        delay += occupy(harm, link, now, size);
      }
    }
    return delay;
  }

  #later(kind: EventKind, side: SimStream<unknown>, time: Micros, payload: unknown): number {
    return this.#kernel.events.schedule(kind, side.endpoint.host.index, time, payload, side);
  }

  #cancel(id: number): void {
    if (id < 0) return;
    const { events } = this.#kernel;
    if (events.wheel.cancel(id)) events.release(id);
  }

  #take<T>(id: number): T {
    const { events } = this.#kernel;
    const side = events.target[id] as T;
    events.release(id);
    return side;
  }
}
