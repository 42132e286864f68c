import { MILLISECOND, type Clock } from '../../ports/clock.ts';
import { ResolveFailed, type DnsAnswer, type DnsService, type Resolver } from '../../ports/resolver.ts';
import { isIp, locate, withPort } from '../host-port.ts';
import { nobody, SourceFailed, type Ask, type Candidate, type Found, type Source } from '../source.ts';
import { readTextEntry, type TextEntry } from './text-entry.ts';

export interface DnsSourceOptions {
  readonly service: string;
  /** For names with addresses, and for SRV records that leave the port open (0). */
  readonly port: number;
  readonly refreshIntervalMs: number;
  readonly records: 'auto' | 'txt';
}

/** Names are not asked for more often than this, whatever their TTL. */
const FLOOR_MS = 5_000;

/** Which records a name is asked for: an underscore begins the names of services. */
export function kindOf(service: string, records: DnsSourceOptions['records']): 'addresses' | 'services' | 'texts' {
  if (records === 'txt') return 'texts';
  return service.startsWith('_') ? 'services' : 'addresses';
}

/** Peers from the name service: what lives as long as its TTL, within bounds. */
export function dnsSource(options: DnsSourceOptions, resolver: Resolver, clock: Clock, label: string): Source {
  const source = new DnsSource(options, resolver, clock, label);
  return { method: METHOD, discover: (ask) => source.discover(ask) };
}

const METHOD = 'dns';

/** What was found on the way from the first answer to addresses. */
interface Places {
  readonly candidates: readonly Candidate[];
  readonly failures: readonly string[];
  readonly warnings: readonly string[];
  readonly lifetimeMs: number;
  readonly complete: boolean;
}

class DnsSource {
  readonly #options: DnsSourceOptions;
  readonly #resolver: Resolver;
  readonly #clock: Clock;
  readonly #label: string;

  constructor(options: DnsSourceOptions, resolver: Resolver, clock: Clock, label: string) {
    this.#options = options;
    this.#resolver = resolver;
    this.#clock = clock;
    this.#label = label;
  }

  async discover(ask: Ask): Promise<Found> {
    const { service, records } = this.#options;
    const endsAt = this.#clock.now() + ask.deadlineMs * MILLISECOND;
    const left = (): Ask => ({ deadlineMs: (endsAt - this.#clock.now()) / MILLISECOND, signal: ask.signal });
    try {
      return await this[kindOf(service, records)](left);
    } catch (error) {
      if (error instanceof ResolveFailed) throw new SourceFailed(METHOD, error.message, { cause: error });
      throw error;
    }
  }

  async addresses(left: () => Ask): Promise<Found> {
    const { service, port } = this.#options;
    const answer = await this.#resolver.addresses(service, left());
    if (answer.records.length === 0) return this.#absent(answer);
    const candidates = answer.records.map((ip) => ({ address: withPort(ip, port) }));
    return { candidates, lifetimeMs: this.#bounded(answer.lifetimeMs), complete: answer.complete, warnings: [] };
  }

  async services(left: () => Ask): Promise<Found> {
    const answer = await this.#resolver.services(this.#options.service, left());
    if (answer.records.length === 0) return this.#absent(answer);
    const portOf = (record: DnsService): number => (record.port === 0 ? this.#options.port : record.port);
    const open = answer.records.filter((record) => record.addresses.length === 0);
    const places = open.map((record) => ({ host: fullName(record.target), port: portOf(record) }));
    const asked = await locate(places, this.#resolver, answer.lifetimeMs, left());
    const given = answer.records.flatMap((record) => record.addresses.map((ip) => withPort(ip, portOf(record))));
    const addresses = [...new Set([...given, ...asked.addresses])];
    return this.#found(answer, { ...asked, candidates: addresses.map((address) => ({ address })) });
  }

  async texts(left: () => Ask): Promise<Found> {
    const answer = await this.#resolver.texts(this.#options.service, left());
    if (answer.records.length === 0) return this.#absent(answer);
    const read = answer.records.map((text) => ({ text, entry: readTextEntry(text) }));
    const strange = read
      .filter(({ entry }) => entry === undefined)
      .map(({ text }) => `names no address: ${short(text)}`);
    const entries = read.flatMap(({ entry }) => (entry !== undefined && this.#isOurs(entry) ? [entry] : []));
    const places = entries.map(({ place }) => ({ ...place, host: fullName(place.host) }));
    const asked = await locate(places, this.#resolver, answer.lifetimeMs, left());
    const candidates = entries.flatMap(({ id }, i) => {
      return asked.byPlace[i]!.map((address): Candidate => (id === undefined ? { address } : { address, id }));
    });
    return this.#found(answer, { ...asked, candidates, warnings: [...strange, ...asked.warnings] });
  }

  #isOurs({ label }: TextEntry): boolean {
    return label === undefined || label === this.#label;
  }

  #found(answer: DnsAnswer<unknown>, { candidates, ...asked }: Places): Found {
    const { service } = this.#options;
    if (candidates.length === 0 && asked.failures.length > 0) throw new SourceFailed(METHOD, asked.failures.join(' '));
    const warnings = [...asked.failures, ...asked.warnings];
    if (!answer.complete) warnings.push(`${service} has more records than the answer held`);
    const complete = answer.complete && asked.complete;
    const found = { candidates, lifetimeMs: this.#bounded(asked.lifetimeMs), complete, warnings };
    return candidates.length > 0 ? found : { ...found, nobody: `the records of ${service} lead to no addresses` };
  }

  #absent({ absent, lifetimeMs }: DnsAnswer<unknown>): Found {
    const { service } = this.#options;
    const words = absent === 'no-such-name' ? `NXDOMAIN: ${service} does not exist` : `${service} has no such records`;
    return nobody(words, this.#bounded(lifetimeMs));
  }

  #bounded(lifetimeMs: number): number {
    return Math.min(this.#options.refreshIntervalMs, Math.max(FLOOR_MS, lifetimeMs));
  }
}

/** Targets are full names, so search domains have no say: the dot tells. Some zones put an address there. */
function fullName(target: string): string {
  return isIp(target) || target.endsWith('.') ? target : `${target}.`;
}

/** Names hold texts for many purposes, some of them long. */
function short(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
