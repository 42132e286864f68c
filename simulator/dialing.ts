import type { Micros } from '../core/ports/clock.ts';
import type { Address, Stream, StreamHandlers } from '../core/ports/transport.ts';
import type { Directory } from './directory.ts';
import { EventKind } from './event-pool.ts';
import type { Kernel } from './kernel.ts';
import type { Links } from './links.ts';
import type { SimEndpoint } from './sim-endpoint.ts';
import { SimStream } from './sim-stream.ts';
import { streamEvent, takeStream } from './stream-events.ts';
import type { StreamPaths } from './stream-paths.ts';
import type { Streams } from './streams.ts';
import type { Strikes } from './strikes.ts';
import { TraceCode } from './trace-code.ts';

/** As TCP has it: a lost opening is repeated after 1 s, then after twice as long each time. */
const OPENING_RETRY: Micros = 1_000_000;

/** How streams begin: an opening travels to the peer, whose answer opens the dialer's side. */
export class Dialing {
  readonly #kernel: Kernel;
  readonly #directory: Directory;
  readonly #links: Links;
  readonly #paths: StreamPaths;
  readonly #strikes: Strikes;
  readonly #streams: Streams;

  constructor(
    kernel: Kernel,
    directory: Directory,
    links: Links,
    paths: StreamPaths,
    strikes: Strikes,
    streams: Streams,
  ) {
    this.#kernel = kernel;
    this.#directory = directory;
    this.#links = links;
    this.#paths = paths;
    this.#strikes = strikes;
    this.#streams = streams;
  }

  connect<D, S>(endpoint: SimEndpoint<D, S>, to: Address, deadline: Micros, handlers: StreamHandlers<S>): Stream<S> {
    const side = new SimStream<S>(this.#streams, endpoint, to, deadline);
    side.handlers = handlers;
    if (!endpoint.isOpen) {
      this.#streams.hangUp(side, 'endpoint-closed');
      return side;
    }
    const peer = this.#directory.find(to)?.host.index ?? -1;
    this.#kernel.trace.event(TraceCode.connect, endpoint.host.index, peer, 0, '', 0);
    this.#streams.register(side);
    streamEvent(this.#kernel, EventKind.dial, side, this.#kernel.now);
    return side;
  }

  /** The first step of a connection: on its way to the peer. */
  dial(id: number): void {
    const side = takeStream(this.#kernel, id);
    side.retry = -1;
    if (side.isDead) return;
    const dialer = side.endpoint.host;
    if (dialer.paused) {
      dialer.outbox.push(() => {
        streamEvent(this.#kernel, EventKind.dial, side, this.#kernel.now);
      });
      return;
    }
    const { now } = this.#kernel;
    const receiver = this.#paths.peerOf(side);
    if (receiver === undefined) return;
    const delay = this.#paths.onward(side, receiver, 0);
    if (delay < 0) this.#redial(side);
    else streamEvent(this.#kernel, EventKind.syn, side, now + delay);
  }

  /** The opening reached the peer's host, whose network answers by itself, even for a paused program. */
  arrive(id: number): void {
    const side = takeStream(this.#kernel, id);
    if (side.isDead) return;
    const place = this.#directory.find(side.peer);
    // Nobody answers: not a host that is down, nor an address that its host has left.
    if (place === undefined || !place.host.up || !place.address.startsWith(`${place.host.ip}:`))
      return this.#redial(side);
    const [dialer, acceptor] = [side.endpoint.host, place.host];
    const back = this.#paths.between(acceptor, dialer, 0, side.attempts);
    if (back < 0) return this.#redial(side);
    const { now, counters } = this.#kernel;
    side.lastArrival = now + back;
    const refusal = this.#links.streamFault('refuse', dialer.index, acceptor.index);
    if (refusal !== undefined) this.#strikes.strike(refusal, 'refuse');
    if (refusal !== undefined || place.endpoint === undefined) {
      streamEvent(this.#kernel, EventKind.opened, side, now + back, 'refused');
      return;
    }
    side.attempts = 0;
    counters.streamsOpened++;
    const halfOpen = this.#links.streamFault('half-open', dialer.index, acceptor.index);
    if (halfOpen !== undefined) this.#strikes.strike(halfOpen, 'half-open');
    else {
      const accepted = new SimStream<unknown>(this.#streams, place.endpoint, side.endpoint.address, side.deadline);
      accepted.other = side;
      accepted.isOpen = true;
      // Its first segment may not overtake the answer that opens the dialer's side.
      accepted.lastArrival = now + back;
      side.other = accepted;
      this.#streams.register(accepted);
      streamEvent(this.#kernel, EventKind.accepted, accepted, now);
    }
    streamEvent(this.#kernel, EventKind.opened, side, now + back);
  }

  /** The acceptor's program meets the stream. */
  accept(id: number): void {
    const side = takeStream(this.#kernel, id);
    if (side.isDead || side.closed !== undefined) return;
    side.handlers = side.endpoint.handlers.onStream(side);
    side.handlers.onOpen?.(side);
  }

  /** The dialer hears how its attempt ended. */
  open(id: number): void {
    const { events, trace } = this.#kernel;
    const refused = events.payload[id] === 'refused';
    const side = takeStream(this.#kernel, id);
    if (side.isDead || side.closed !== undefined) {
      if (side.other !== undefined) this.#streams.answerReset(side.other);
      return;
    }
    if (refused) return this.#streams.finish(side, 'refused');
    trace.event(TraceCode.open, side.endpoint.host.index, this.#paths.peerOf(side)?.index ?? -1, 0, '', 0);
    side.isOpen = true;
    side.handlers?.onOpen?.(side);
    this.#streams.pump(side);
  }

  #redial(side: SimStream<unknown>): void {
    const wait = OPENING_RETRY * 2 ** side.attempts++;
    side.retry = streamEvent(this.#kernel, EventKind.dial, side, this.#kernel.now + wait);
  }
}
