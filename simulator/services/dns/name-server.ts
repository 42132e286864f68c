import type { Asker, DnsHandler } from '../../../core/dns/handler.ts';
import { failure, type Exchange } from '../../../core/dns/exchange.ts';
import {
  DATAGRAM_BYTES,
  RCODE,
  replyTo,
  type DnsMessage,
  type DnsQuestion,
  type DnsRecord,
} from '../../../core/dns/message.ts';
import { plainName } from '../../../core/dns/names.ts';
import { InvalidSetting } from '../../../core/errors.ts';
import { MILLISECOND, SECOND } from '../../../core/ports/clock.ts';
import type { Ratio } from '../../../core/ports/random.ts';
import type { FakePorts } from '../fake-service.ts';
import { authorityOf, authorityRecord, isTooLarge } from './authority.ts';
import { DnsCache, type CacheOptions } from './cache.ts';
import { cutShort, fitted, rotated, shortened } from './fitting.ts';
import type { DnsZone } from './zone.ts';
import type { AddressOf } from './zone-text.ts';

export interface NameServerOptions {
  /** Zones that it has authority over. */
  readonly zones?: readonly DnsZone[];
  /** Other zones for these askers: each host sees those of the first view that names it. */
  readonly views?: readonly { readonly hosts: readonly string[]; readonly zones: readonly DnsZone[] }[];
  /** For names in none of its zones it asks others, and remembers. */
  readonly cache?: CacheOptions;
  /** Where another server is the primary: how often it copies from there. */
  readonly copyEverySeconds?: number;
  /** A zone with more records of one name and type is not loaded. */
  readonly recordsMax?: number;
  /** The largest datagram that it sends. */
  readonly datagramMax?: number;
  /** How many records of an answer that was cut short it sends all the same. */
  readonly kept?: number;
  /** Over datagrams it tells so many records at most, and does not say that there are more. */
  readonly answersMax?: number;
  readonly rotate?: boolean;
}

/** The surroundings of a name server. */
export interface NameServerPorts extends FakePorts {
  readonly addressOf: AddressOf;
  /** How a cache asks others. */
  readonly exchange: Exchange;
}

/** A stand-in for a name server, whoever carries its messages. */
export interface FakeNameServer {
  readonly handler: DnsHandler;
  readonly effects: readonly string[];
  /** Whether connections are taken at all. */
  readonly takesStreams: () => boolean;
  /** `add` a record; `remove` those of `NAME [TYPE [TARGET]]`; `flush` the cache. */
  command(name: string, argument: unknown): void;
  readonly inspect: unknown;
}

/**
 * `dns-silent`: does not answer. `dns-slow`: answers `ms` later. `dns-servfail`, `dns-refused`, `dns-nxdomain`,
 * `dns-nodata`: says so whatever was asked. `dns-lame`: refers to others. `dns-no-tcp`: takes no connections.
 * `dns-truncate`: cuts every answer over datagrams short, to `kept` records. `dns-cut`: tells only `kept` (3) records, and
 * does not say so. `dns-stale`: repeats what it knows, a cache as a copy of a zone. With `chance: [1, 2]` every other
 * question on average suffers it.
 */
export const DNS_EFFECTS = [
  'dns-silent',
  'dns-slow',
  'dns-servfail',
  'dns-refused',
  'dns-nxdomain',
  'dns-nodata',
  'dns-lame',
  'dns-no-tcp',
  'dns-truncate',
  'dns-cut',
  'dns-stale',
] as const;
type DnsEffect = (typeof DNS_EFFECTS)[number];

interface Details {
  readonly chance?: Ratio;
  readonly ms?: number;
  readonly kept?: number;
}

const COPY_EVERY_SECONDS = 1;
const CONSUL_ANSWERS = 3;

export function createNameServer(ports: NameServerPorts, options: NameServerOptions): FakeNameServer {
  return new NameServer(ports, options);
}

/** One that stands alone, outside of any world: it knows its zones, and nobody to ask. */
export function createDns(ports: FakePorts, options: NameServerOptions): FakeNameServer {
  const exchange: Exchange = (trial) => Promise.reject(failure(trial, 'unreachable', 'is not there'));
  return new NameServer({ ...ports, exchange, addressOf: () => undefined }, options);
}

class NameServer implements FakeNameServer {
  readonly effects = DNS_EFFECTS;
  readonly #ports: NameServerPorts;
  readonly #options: NameServerOptions;
  readonly #cache: DnsCache | undefined;
  #asked = 0;

  constructor(ports: NameServerPorts, options: NameServerOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#cache = options.cache && new DnsCache(options.cache, ports.exchange, ports.clock);
    for (const zone of this.#allZones()) zone.seenBy(ports.name, ports.addressOf);
    if (this.#allZones().some(({ primary }) => primary !== ports.name)) this.#keepCopying();
  }

  get inspect(): { readonly asked: number; readonly cached: number } {
    return { asked: this.#asked, cached: this.#cache?.size ?? 0 };
  }

  readonly takesStreams = (): boolean => this.#suffers('dns-no-tcp') === undefined;

  readonly handler: DnsHandler = async (query, asker) => {
    this.#asked += 1;
    if (this.#suffers('dns-silent') !== undefined) return 'silence';
    const slow = this.#suffers('dns-slow');
    if (slow !== undefined) await this.#pause(slow.ms ?? 0);
    const [question] = query.questions;
    if (query.response || question === undefined || query.questions.length > 1) {
      return replyTo(query, { rcode: RCODE.formatError });
    }
    if (query.opcode !== 0) return replyTo(query, { rcode: RCODE.notImplemented });
    const said = this.#refusal(question) ?? (await this.#answer(question, asker));
    const reply = replyTo(query, said);
    const turned = (this.#options.rotate ?? true) ? rotated(reply, this.#ports.random) : reply;
    return asker.over === 'stream' ? turned : this.#overDatagram(query, turned);
  };

  command(name: string, argument: unknown): void {
    const text = String(argument);
    if (name === 'flush') return this.#cache?.flush();
    const owner = plainName(text.trim().split(/\s+/)[0] ?? '');
    const zone = this.#allZones().find((one) => one.holds(owner) && one.primary === this.#ports.name);
    if (zone === undefined) {
      throw new InvalidSetting(
        `${this.#ports.name}: ${name}`,
        argument,
        'in a zone that this server is the primary of',
      );
    }
    if (name === 'add') return zone.add(text, this.#ports.addressOf);
    if (name !== 'remove') throw new InvalidSetting('command', name, 'one of add, remove, flush');
    const [, type, target] = text.trim().split(/\s+/);
    zone.remove(owner, type, target, this.#ports.addressOf);
  }

  /** What it says in place of an answer while it is ill. */
  #refusal(question: DnsQuestion): Partial<DnsMessage> | undefined {
    if (this.#suffers('dns-servfail') !== undefined) return { rcode: RCODE.serverFailure };
    if (this.#suffers('dns-refused') !== undefined) return { rcode: RCODE.refused };
    const [zone] = this.#allZones();
    const soa = zone === undefined ? [] : [authorityRecord(zone, 1)];
    if (this.#suffers('dns-nxdomain') !== undefined) return { rcode: RCODE.noSuchName, authorities: soa };
    if (this.#suffers('dns-nodata') !== undefined) return { authorities: soa };
    if (this.#suffers('dns-lame') === undefined) return undefined;
    const elsewhere: DnsRecord = { name: plainName(question.name), ttl: 60, type: 'NS', target: 'ns.elsewhere' };
    return { authorities: [elsewhere] };
  }

  async #answer(question: DnsQuestion, { address }: Asker): Promise<Partial<DnsMessage>> {
    const { name, addressOf } = this.#ports;
    const { zones = [], views = [], recordsMax = Infinity } = this.#options;
    const ip = address.slice(0, address.lastIndexOf(':'));
    const view = views.find(({ hosts }) => hosts.some((host) => addressOf(host) === ip));
    const zone = (view?.zones ?? zones).find((one) => one.holds(plainName(question.name)));
    if (zone !== undefined) {
      const copy = zone.seenBy(name, addressOf);
      if (isTooLarge(copy, recordsMax)) return { rcode: RCODE.serverFailure };
      return authorityOf(zone, copy, question);
    }
    if (this.#cache === undefined) return { rcode: RCODE.refused };
    return this.#cache.answer(question, this.#suffers('dns-stale') !== undefined);
  }

  #overDatagram(query: DnsMessage, reply: DnsMessage): DnsMessage {
    const { datagramMax = DATAGRAM_BYTES, kept = 0, answersMax = Infinity } = this.#options;
    const cut = this.#suffers('dns-cut');
    const told = shortened(reply, cut === undefined ? answersMax : (cut.kept ?? CONSUL_ANSWERS));
    const truncate = this.#suffers('dns-truncate');
    if (truncate !== undefined) return cutShort(told, told.answers.slice(0, truncate.kept ?? 0));
    return fitted(query, told, datagramMax, kept);
  }

  #suffers(effect: DnsEffect): Details | undefined {
    const suffering = this.#ports.suffers(effect);
    if (suffering === undefined) return undefined;
    const details = (suffering.argument ?? {}) as Details;
    if (details.chance !== undefined && !this.#ports.random.chance(details.chance)) return undefined;
    suffering.strike();
    return details;
  }

  #keepCopying(): void {
    const { clock, name, reaches, addressOf } = this.#ports;
    clock.after((this.#options.copyEverySeconds ?? COPY_EVERY_SECONDS) * SECOND, () => {
      for (const zone of this.#allZones()) {
        if (zone.primary === name || !reaches(zone.primary) || this.#suffers('dns-stale') !== undefined) continue;
        zone.copyTo(name, addressOf);
      }
      this.#keepCopying();
    });
  }

  #allZones(): readonly DnsZone[] {
    const { zones = [], views = [] } = this.#options;
    return [...zones, ...views.flatMap((view) => view.zones)];
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#ports.clock.after(ms * MILLISECOND, resolve));
  }
}
