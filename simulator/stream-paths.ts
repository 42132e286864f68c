import type { Micros } from '../core/ports/clock.ts';
import { delayFrom, type Delays } from './delays.ts';
import type { Directory } from './directory.ts';
import { draw, isWithin, packetKey, Purpose } from './draws.ts';
import { LOOPBACK } from './handling.ts';
import type { Kernel } from './kernel.ts';
import { inBurst, type Links, occupy } from './links.ts';
import type { SimHost } from './sim-host.ts';
import type { SimStream } from './sim-stream.ts';
import type { Strikes } from './strikes.ts';

/** The network under the streams: whether a segment gets through now, and how long that takes. */
export class StreamPaths {
  readonly #kernel: Kernel;
  readonly #directory: Directory;
  readonly #links: Links;
  readonly #delays: Delays;
  readonly #strikes: Strikes;

  constructor(kernel: Kernel, directory: Directory, links: Links, delays: Delays, strikes: Strikes) {
    this.#kernel = kernel;
    this.#directory = directory;
    this.#links = links;
    this.#delays = delays;
    this.#strikes = strikes;
  }

  /** The host at the other end; undefined when the dialed address was never anybody's. */
  peerOf(side: SimStream<unknown>): SimHost | undefined {
    return side.other === undefined ? this.#directory.find(side.peer)?.host : side.other.endpoint.host;
  }

  /** Whether anything gets through from one host to another right now. */
  reaches(from: SimHost, to: SimHost): boolean {
    if (from === to) return true;
    const cut = this.#links.clean ? undefined : this.#links.cut(from.index, to.index, 'stream');
    if (cut !== undefined) this.#strikes.strike(cut);
    return cut === undefined;
  }

  /** How long the next segment of a stream is under way, or -1 when it does not get through now. */
  onward(side: SimStream<unknown>, receiver: SimHost, size: number): Micros {
    return this.between(side.endpoint.host, receiver, size, side.sent * 64 + side.attempts);
  }

  /** As `onward`; `nth` tells the segments of one microsecond apart. */
  between(sender: SimHost, receiver: SimHost, size: number, nth: number): Micros {
    const { now, seed, trace } = this.#kernel;
    if (sender === receiver) return LOOPBACK;
    // Streams draw beside the datagrams of the same microsecond, not among them.
    const key = packetKey(seed, sender.place, receiver.place, trace.timeLow, trace.timeHigh, nth + 0x10000);
    let delay = delayFrom(this.#delays.table(sender.zone, receiver.zone), draw(key, Purpose.latency));
    if (this.#links.clean) return delay;
    const cut = this.#links.cut(sender.index, receiver.index, 'stream');
    if (cut !== undefined) {
      this.#strikes.strike(cut);
      return -1;
    }
    const link = sender.place * 65_536 + receiver.place;
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
}
