import { dnsMessage, type DnsMessage, type DnsQuestion, type DnsRecord } from '../../dns/message.ts';
import { plainName } from '../../dns/names.ts';
import { MILLISECOND, SECOND, type Clock, type Micros, type Timer } from '../../ports/clock.ts';
import type { MulticastEndpoint } from '../../ports/multicast-dns.ts';
import type { Random } from '../../ports/random.ts';
import { missingParts } from './instances.ts';
import type { Heard, RecordCache } from './record-cache.ts';

/** Questions about the service come ever more rarely (RFC 6762, section 5.2). */
const ASK_FIRST: Micros = SECOND;
const ASK_LAST: Micros = 3_600 * SECOND;
/** What is about to run out is asked for again, at these parts of its life in percent, and a little later at random. */
const REFRESH_AT = [80, 85, 90, 95] as const;
const REFRESH_SPREAD = 2;
/** How long it waits for the missing parts of what it has heard before it asks for them. */
const PARTS_AFTER: Micros = 100 * MILLISECOND;
/** What goes into one message: more, with long names, would not fit into a datagram, and nothing would be sent at all. */
const QUESTIONS_MAX = 50;
const ANSWERS_MAX = 100;

export interface BrowserPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly send: MulticastEndpoint['send'];
}

/** Keeps up to date what is known of a service on the links. */
export class Browser {
  readonly #service: string;
  readonly #cache: RecordCache;
  readonly #ports: BrowserPorts;
  readonly #onChange: () => void;
  #interval: Micros = ASK_FIRST;
  #isFirst = true;
  #asking: Timer = 0;
  #looking: Timer = 0;
  #parts: Timer = 0;
  #stopped = false;

  constructor(service: string, cache: RecordCache, ports: BrowserPorts, onChange: () => void) {
    this.#service = service;
    this.#cache = cache;
    this.#ports = ports;
    this.#onChange = onChange;
  }

  start(): void {
    const { clock, random } = this.#ports;
    // At random, because machines that start together would all ask at once.
    this.#asking = clock.after((20 + random.int(101)) * MILLISECOND, () => this.#ask());
    this.#look();
  }

  hear(message: DnsMessage): void {
    if (this.#stopped || !message.response) return;
    const now = this.#ports.clock.now();
    const wanted = recordsOf(message, this.#cache.all(now), this.#service);
    if (!this.#cache.take(wanted, now)) return;
    this.#onChange();
    this.#look();
    this.#askForParts();
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of [this.#asking, this.#looking, this.#parts]) this.#ports.clock.cancel(timer);
  }

  #ask(): void {
    const { clock, send } = this.#ports;
    const heard = this.#cache.all(clock.now());
    const now = clock.now();
    const about = heard.filter(({ record }) => record.type === 'PTR' && plainName(record.name) === this.#service);
    // Who hears that we know it keeps quiet, unless it is about to run out.
    const young = about.filter(({ at, until }) => until - now > (until - at) / 2);
    const known = young.map(({ record, until }) => ({ ...record, ttl: Math.floor((until - now) / SECOND) }));
    const question: DnsQuestion = { name: this.#service, type: 'PTR', ...(this.#isFirst ? { unicast: true } : {}) };
    send(dnsMessage({ questions: [question, ...this.#missing(heard)], answers: known.slice(0, ANSWERS_MAX) }));
    this.#isFirst = false;
    this.#asking = clock.after(this.#interval, () => this.#ask());
    this.#interval = Math.min(2 * this.#interval, ASK_LAST);
  }

  #askForParts(): void {
    const { clock, send } = this.#ports;
    clock.cancel(this.#parts);
    this.#parts = clock.after(PARTS_AFTER, () => {
      const questions = this.#missing(this.#cache.all(clock.now()));
      if (questions.length > 0) send(dnsMessage({ questions }));
    });
  }

  /** Those that were heard of last: what has been asked for in vain may belong to nobody. */
  #missing(heard: readonly Heard[]): readonly DnsQuestion[] {
    return missingParts(heard, this.#service).slice(-QUESTIONS_MAX);
  }

  /** Waits for what runs out next, or should be asked for again before it does. */
  #look(): void {
    const { clock } = this.#ports;
    const now = clock.now();
    clock.cancel(this.#looking);
    const heard = this.#cache.all(now);
    const next = Math.min(...heard.map((one) => Math.min(one.until, refreshTime(one))));
    if (next === Infinity) return;
    const spread = Math.min(...heard.map(({ at, until }) => until - at)) / 100;
    const late = this.#ports.random.int(Math.max(1, Math.floor(REFRESH_SPREAD * spread)));
    this.#looking = clock.after(Math.max(0, next - now) + late, () => this.#refresh());
  }

  #refresh(): void {
    const { clock, send } = this.#ports;
    const now = clock.now();
    const heard = this.#cache.all(now);
    const due = heard.filter((one) => refreshTime(one) <= now);
    for (const one of due) one.refreshes += 1;
    const questions = distinct(due.map(({ record: { name, type } }): DnsQuestion => ({ name, type })));
    for (let from = 0; from < questions.length; from += QUESTIONS_MAX) {
      send(dnsMessage({ questions: questions.slice(from, from + QUESTIONS_MAX) }));
    }
    this.#onChange();
    this.#look();
  }
}

/** Links are full of other services, which are no concern of ours. */
function recordsOf(message: DnsMessage, heard: readonly Heard[], service: string): DnsRecord[] {
  const told = [...message.answers, ...message.additionals];
  const isOfService = ({ name }: DnsRecord): boolean => {
    const plain = plainName(name);
    return plain === service || plain.endsWith(`.${service}`);
  };
  const ours = [...heard.map(({ record }) => record), ...told.filter(isOfService)];
  const hosts = new Set(ours.flatMap((record) => (record.type === 'SRV' ? [plainName(record.target)] : [])));
  return told.filter((record) => isOfService(record) || hosts.has(plainName(record.name)));
}

/** Infinity when all of them are behind it. */
function refreshTime({ at, until, refreshes }: Heard): Micros {
  const part = REFRESH_AT[refreshes];
  return part === undefined ? Infinity : at + Math.floor(((until - at) * part) / 100);
}

function distinct(questions: readonly DnsQuestion[]): DnsQuestion[] {
  return [...new Map(questions.map((one) => [`${one.type} ${plainName(one.name)}`, one])).values()];
}
