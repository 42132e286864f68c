import { MalformedPacket } from '../core/errors.ts';
import type { Micros } from '../core/ports/clock.ts';
import type { Ratio } from '../core/ports/random.ts';
import type { Address } from '../core/ports/transport.ts';
import { occupyCpu } from './cpu.ts';
import { corrupted, truncated } from './damage.ts';
import { sealMessage } from './debug.ts';
import { delayFrom, type Delays } from './delays.ts';
import type { Directory } from './directory.ts';
import { draw, isWithin, packetKey, Purpose, scaled } from './draws.ts';
import { CodecMismatch, MessageChanged } from './errors.ts';
import { EventKind } from './event-pool.ts';
import type { Fault } from './faults/fault.ts';
import { type Handling, LOOPBACK } from './handling.ts';
import type { Kernel } from './kernel.ts';
import { backlog, type Harm, inBurst, type Links, occupy } from './links.ts';
import type { Place, SimEndpoint } from './sim-endpoint.ts';
import type { SimHost } from './sim-host.ts';
import type { Strikes } from './strikes.ts';
import { TraceCode } from './trace-code.ts';

/** What the router in front of a link of limited bandwidth holds; it drops what would wait longer. */
const ROUTER_QUEUE: Micros = 1_000_000;

/** Bytes stand in for a message that has to be decoded: in wire mode, and when the datagram was damaged. */
class Encoded {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** Carries datagrams. Every decision about one is drawn from what identifies it, never from a shared stream. */
export class Datagrams {
  readonly #kernel: Kernel;
  readonly #directory: Directory;
  readonly #links: Links;
  readonly #delays: Delays;
  readonly #strikes: Strikes;
  readonly #handling: Handling;
  readonly #onSend: ((from: SimHost, to: Address, size: number) => void) | undefined;
  #scheduled = 0;
  /** The sending that is under way, as the trace counts. */
  #sent = -1;

  constructor(
    kernel: Kernel,
    directory: Directory,
    links: Links,
    delays: Delays,
    strikes: Strikes,
    handling: Handling,
    onSend: ((from: SimHost, to: Address, size: number) => void) | undefined,
  ) {
    this.#kernel = kernel;
    this.#directory = directory;
    this.#links = links;
    this.#delays = delays;
    this.#strikes = strikes;
    this.#handling = handling;
    this.#onSend = onSend;
  }

  send<D, S>(from: SimEndpoint<D, S>, to: Address, message: D): void {
    if (!from.isOpen) return;
    const kernel = this.#kernel;
    const { trace, counters, now } = kernel;
    const sender = from.host;
    const codec = from.protocol.datagram;
    const size = codec.size(message);
    const place = this.#directory.find(to);
    const peer = place === undefined ? -1 : place.host.index;
    const digest = trace.digest(codec, message);
    this.#sent = trace.events;
    trace.event(TraceCode.send, sender.index, peer, size, '', digest);
    counters.datagramsSent++;
    counters.bytes += size;
    this.#onSend?.(sender, to, size);
    if (sender.lastSend === now) sender.sendsThen++;
    else {
      sender.lastSend = now;
      sender.sendsThen = 0;
    }
    if (place === undefined) return this.#lose(sender.index, -1, size, digest, 'no host');
    if (size > this.#handling.mtu) return this.#lose(sender.index, peer, size, digest, 'over the MTU');

    let payload: unknown = message;
    if (this.#handling.wire) payload = encoded(codec.encode(message), size);
    let departure = 0;
    if (sender.perMessage > 0) departure = occupyCpu(sender, now, this.#strikes);
    if (sender === place.host) {
      this.#schedule(from, place, now + departure + LOOPBACK, payload, size, digest);
      return;
    }
    const key = packetKey(kernel.seed, sender.place, place.host.place, trace.timeLow, trace.timeHigh, sender.sendsThen);
    const table = this.#delays.table(sender.zone, place.host.zone);
    const delay = departure + delayFrom(table, draw(key, Purpose.latency));
    if (this.#links.clean) this.#schedule(from, place, now + delay, payload, size, digest);
    else this.#sendThroughFaults(from, place, message, payload, size, digest, key, delay);
  }

  /** Hands a datagram that has arrived to the endpoint that is bound there now. */
  deliver(id: number): void {
    const { events, trace, counters } = this.#kernel;
    const place = events.target[id] as Place;
    const from = events.source[id] as SimEndpoint<unknown, unknown>;
    const payload = events.payload[id];
    const size = events.size[id] as number;
    const digest = events.digest[id] as number;
    const sealed = events.due[id] as number;
    this.#sent = events.cause[id] as number;
    events.release(id);
    const { endpoint } = place;
    if (endpoint === undefined) {
      return this.#lose(from.host.index, place.host.index, size, digest, place.host.up ? 'nobody bound' : 'host down');
    }
    counters.datagramsDelivered++;
    if (!(payload instanceof Encoded)) {
      trace.describe(from.protocol.datagram, payload);
      trace.event(TraceCode.deliver, place.host.index, from.host.index, size, '', digest);
      if (this.#handling.debug && sealMessage(payload) !== sealed) {
        throw new MessageChanged(from.host.name, place.host.name);
      }
      endpoint.handlers.onDatagram(payload, from.address);
      return;
    }
    const codec = endpoint.protocol.datagram;
    let message: unknown;
    let malformed: MalformedPacket | undefined;
    // Before the event, so that its record can tell what was heard.
    try {
      message = codec.decode(payload.bytes);
      trace.describe(codec, message);
    } catch (error) {
      if (!(error instanceof MalformedPacket)) throw error;
      malformed = error;
    }
    trace.event(TraceCode.deliver, place.host.index, from.host.index, size, '', digest);
    if (malformed !== undefined) {
      counters.malformed++;
      endpoint.handlers.onMalformed(malformed, from.address);
      return;
    }
    if (this.#handling.debug) sealMessage(message);
    endpoint.handlers.onDatagram(message, from.address);
  }

  /** A bounded inbound queue was full. */
  overflow(id: number): void {
    const { events } = this.#kernel;
    const from = events.source[id] as SimEndpoint<unknown, unknown>;
    const place = events.target[id] as Place;
    this.#sent = events.cause[id] as number;
    this.#lose(from.host.index, place.host.index, events.size[id] as number, events.digest[id] as number, 'queue full');
    events.release(id);
  }

  #sendThroughFaults<D, S>(
    from: SimEndpoint<D, S>,
    place: Place,
    message: D,
    whole: unknown,
    size: number,
    digest: number,
    key: number,
    plainDelay: Micros,
  ): void {
    const { now, seed } = this.#kernel;
    const [sender, receiver] = [from.host.index, place.host.index];
    const cut = this.#links.cut(sender, receiver, 'datagram');
    if (cut !== undefined) {
      this.#strikes.strike(cut);
      return this.#lose(sender, receiver, size, digest, cut.kind, cut);
    }
    let payload = whole;
    let delay = plainDelay;
    let copies = 1;
    const link = from.host.place * 65_536 + place.host.place;
    for (const harm of this.#links.harms) {
      if (!this.#links.touches(harm, sender, receiver)) continue;
      const { salt, fault } = harm;
      if (harm.loss !== undefined && this.#isHit(harm, key, Purpose.loss, 'loss', harm.loss)) {
        return this.#lose(sender, receiver, size, digest, 'loss', fault);
      }
      const { burst } = harm;
      if (burst !== undefined && inBurst(seed, burst, salt, link, now - fault.at)) {
        if (this.#isHit(harm, key, Purpose.burst, 'burst', burst.loss))
          return this.#lose(sender, receiver, size, digest, 'burst', fault);
      }
      if (harm.bytesPerSecond !== undefined) {
        if (backlog(harm, link, now) > ROUTER_QUEUE) {
          this.#strikes.strike(fault, 'bytesPerSecond');
          return this.#lose(sender, receiver, size, digest, 'bandwidth', fault);
        }
        this.#strikes.strike(fault, 'bytesPerSecond');
        delay += occupy(harm, link, now, size);
      }
      if (harm.delay !== undefined) {
        this.#strikes.strike(fault, 'delay');
        delay += harm.delay;
      }
      if (harm.reorder !== undefined && this.#isHit(harm, key, Purpose.reorder, 'reorder', harm.reorder.chance)) {
        delay += 1 + scaled(draw(key, Purpose.reorderBy, salt), harm.reorder.by);
      }
      if (harm.duplicate !== undefined && this.#isHit(harm, key, Purpose.duplicate, 'duplicate', harm.duplicate))
        copies++;
      if (harm.corrupt !== undefined && this.#isHit(harm, key, Purpose.corrupt, 'corrupt', harm.corrupt)) {
        payload = new Encoded(corrupted(bytesOf(from, message, payload), key, salt));
      }
      if (harm.truncate !== undefined && this.#isHit(harm, key, Purpose.truncate, 'truncate', harm.truncate)) {
        payload = new Encoded(truncated(bytesOf(from, message, payload), key, salt));
      }
    }
    this.#schedule(from, place, now + delay, payload, size, digest);
    for (let copy = 1; copy < copies; copy++) {
      const table = this.#delays.table(from.host.zone, place.host.zone);
      const behind = delayFrom(table, draw(key, Purpose.copyLatency, copy));
      this.#schedule(from, place, now + delay + behind, payload, size, digest);
    }
  }

  #schedule<D, S>(
    from: SimEndpoint<D, S>,
    place: Place,
    time: Micros,
    payload: unknown,
    size: number,
    digest: number,
  ): void {
    const { events } = this.#kernel;
    const id = events.acquire(EventKind.deliver, place.host.index);
    events.cause[id] = this.#sent;
    events.payload[id] = payload;
    events.target[id] = place;
    events.source[id] = from;
    events.size[id] = size;
    events.digest[id] = digest;
    if (this.#handling.debug && !(payload instanceof Encoded)) events.due[id] = sealMessage(payload);
    const shift = this.#handling.shiftDelivery;
    const due = shift !== undefined && shift.nth === this.#scheduled ? time + shift.by : time;
    this.#scheduled++;
    events.wheel.schedule(id, due);
  }

  #isHit(harm: Harm, key: number, purpose: number, name: string, chance: Ratio): boolean {
    if (!isWithin(draw(key, purpose, harm.salt), chance)) return false;
    this.#strikes.strike(harm.fault, name);
    return true;
  }

  #lose(from: number, to: number, size: number, digest: number, why: string, fault?: Fault): void {
    const { trace, counters } = this.#kernel;
    counters.datagramsLost++;
    trace.eventBecause(this.#sent, TraceCode.lost, from, to, size, why, digest, fault);
  }
}

function encoded(bytes: Uint8Array, size: number): Encoded {
  if (bytes.length !== size) throw new CodecMismatch(size, bytes.length);
  return new Encoded(bytes);
}

function bytesOf<D, S>(from: SimEndpoint<D, S>, message: D, payload: unknown): Uint8Array {
  return payload instanceof Encoded ? payload.bytes : from.protocol.datagram.encode(message);
}
