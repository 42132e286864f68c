import { messageOf } from '../../errors.ts';
import { MILLISECOND, type Clock } from '../../ports/clock.ts';
import type { MulticastDns } from '../../ports/multicast-dns.ts';
import type { Random } from '../../ports/random.ts';
import {
  Collision,
  nobody,
  SourceFailed,
  STEADY_LIFETIME_MS,
  type Ask,
  type Found,
  type Lease,
  type Self,
  type Source,
  type Watcher,
} from '../source.ts';
import { Browser } from './browser.ts';
import { instancesIn } from './instances.ts';
import { ownRecords } from './own-records.ts';
import { RecordCache } from './record-cache.ts';
import { Responder } from './responder.ts';
import { SharedLink, type Seat } from './shared-link.ts';

export interface MdnsSourceOptions {
  /** Such as `_rollcall._udp`. */
  readonly service: string;
  readonly interfaces: readonly string[];
  /** How long answers are collected before they count as all. */
  readonly collectMs: number;
  readonly register: boolean;
}

export interface MdnsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly multicastDns?: MulticastDns;
}

const METHOD = 'mdns';
const KEEP_EVERY_MS = 10_000;

/** Peers on the same link, by multicast DNS (RFC 6762) and its services (RFC 6763). Nobody there needs to be trusted less than the link. */
export function mdnsSource(options: MdnsSourceOptions, ports: MdnsPorts, label: string): Source {
  const source = new MdnsSource(options, ports, label);
  return {
    method: METHOD,
    discover: (ask) => source.discover(ask),
    watch: (watcher, signal) => source.watch(watcher, signal),
    ...(options.register ? { register: (self: Self, ask: Ask) => source.register(self, ask) } : {}),
  };
}

class MdnsSource {
  readonly #options: MdnsSourceOptions;
  readonly #ports: MdnsPorts;
  readonly #label: string;
  readonly #service: string;
  readonly #link: SharedLink | undefined;
  /** Outlives every listening: what was heard counts until it runs out. */
  readonly #cache = new RecordCache();
  #held: { readonly responder: Responder; readonly seat: Seat } | undefined;

  constructor(options: MdnsSourceOptions, ports: MdnsPorts, label: string) {
    this.#options = options;
    this.#ports = ports;
    this.#label = label;
    this.#service = `${options.service.toLowerCase()}.local`;
    this.#link = ports.multicastDns && new SharedLink(ports.multicastDns, options.interfaces);
  }

  async discover({ deadlineMs, signal }: Ask): Promise<Found> {
    const stop = await this.#browse(() => {});
    // All answers of the time, not the first one alone: a part must never look like all.
    await this.#wait(Math.min(this.#options.collectMs, deadlineMs), signal);
    stop();
    if (signal.aborted) throw new SourceFailed(METHOD, 'nobody waited for the answers of the link.');
    return this.#found();
  }

  async watch(watcher: Watcher, signal: AbortSignal): Promise<void> {
    let told: string | undefined;
    let isCollected = false;
    const tell = (): void => {
      const found = this.#found();
      const text = JSON.stringify(found.candidates);
      if (!isCollected || told === text) return;
      told = text;
      watcher.found(found);
    };
    const stop = await this.#browse(tell);
    await this.#wait(this.#options.collectMs, signal);
    isCollected = true;
    if (!signal.aborted) tell();
    await ended(signal);
    stop();
  }

  /** Ours, or somebody else's: the link itself is asked (RFC 6762, section 8.1). */
  async register(self: Self, { deadlineMs, signal }: Ask): Promise<Lease> {
    const own = ownRecords(this.#service, self);
    const seat = await this.#join((message, from) => responder.hear(message, from));
    this.#letGo();
    const responder: Responder = new Responder(own, { ...this.#ports, send: seat.send });
    const held = { responder, seat };
    this.#held = held;
    const giveUp = (): void => this.#letGo(held);
    const late = this.#ports.clock.after(deadlineMs * MILLISECOND, giveUp);
    signal.addEventListener('abort', giveUp, { once: true });
    const isOurs = await responder.claim();
    this.#ports.clock.cancel(late);
    signal.removeEventListener('abort', giveUp);
    if (!isOurs) {
      this.#letGo(held);
      const { holder } = responder;
      if (holder === undefined) throw new SourceFailed(METHOD, `${own.instance} could not be claimed in time.`);
      throw new Collision(METHOD, self.id, holder);
    }
    return {
      keepEveryMs: KEEP_EVERY_MS,
      keep: async () => responder.isHolding,
      release: async () => this.#letGo(held),
    };
  }

  #letGo(held = this.#held): void {
    if (held === undefined) return;
    held.responder.end();
    held.seat.leave();
    if (this.#held === held) this.#held = undefined;
  }

  async #browse(onChange: () => void): Promise<() => void> {
    const seat = await this.#join((message) => browser.hear(message));
    const browser = new Browser(this.#service, this.#cache, { ...this.#ports, send: seat.send }, onChange);
    browser.start();
    return () => {
      browser.stop();
      seat.leave();
    };
  }

  async #join(listener: Parameters<SharedLink['join']>[0]): Promise<Seat> {
    if (this.#link === undefined)
      throw new SourceFailed(METHOD, 'this node has no multicast: name its peers otherwise.');
    try {
      return await this.#link.join(listener);
    } catch (error) {
      throw new SourceFailed(METHOD, messageOf(error), { cause: error });
    }
  }

  #instances(): ReturnType<typeof instancesIn> {
    return instancesIn(this.#cache.all(this.#ports.clock.now()), this.#service, this.#label);
  }

  #found(): Found {
    const { candidates, warnings } = this.#instances();
    if (candidates.length === 0) return { ...nobody(`nobody on the link offers ${this.#service}`), warnings };
    return { candidates, lifetimeMs: STEADY_LIFETIME_MS, complete: true, warnings };
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#ports.clock.after(ms * MILLISECOND, resolve);
      void ended(signal).then(() => {
        this.#ports.clock.cancel(timer);
        resolve();
      });
    });
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
