import { dataBytes, typeCode } from '../../dns/encode.ts';
import { dnsMessage, replyTo, type DnsMessage, type DnsRecord } from '../../dns/message.ts';
import { plainName } from '../../dns/names.ts';
import { MILLISECOND, SECOND, type Clock, type Micros, type Timer } from '../../ports/clock.ts';
import { MULTICAST_DNS_PORT, type MulticastEndpoint } from '../../ports/multicast-dns.ts';
import type { Random } from '../../ports/random.ts';
import type { Address } from '../../ports/transport.ts';
import { withPort } from '../host-port.ts';
import type { OwnRecords } from './own-records.ts';
import { isAbout, keyOf } from './record-cache.ts';

const PROBES = 3;
const PROBE_EVERY: Micros = 250 * MILLISECOND;
/** Who has lost against another prober asks again after this long: by then the other holds the name, or has gone. */
const DEFERRAL: Micros = SECOND;
/** After the first announcement, two more, for those who have missed it. */
const ANNOUNCE_AFTER: readonly Micros[] = [0, SECOND, 3 * SECOND];
/** Programs that ask from ports of their own do not listen to what others say (RFC 6762, section 6.7). */
const LEGACY_TTL = 10;

export interface ResponderPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly send: MulticastEndpoint['send'];
}

/** Holds the names of one node on its links, and answers for them (RFC 6762, sections 6, 8, 9 and 10.1). */
export class Responder {
  readonly #own: OwnRecords;
  readonly #ports: ResponderPorts;
  readonly #timers = new Set<Timer>();
  readonly #lastSent = new Map<string, Micros>();
  #state: 'probing' | 'holding' | 'ended' = 'probing';
  #holder: Address | undefined;
  /** The answer that waits for its time. */
  #due = new Map<string, DnsRecord>();
  #settle: (isOurs: boolean) => void = () => {};

  constructor(own: OwnRecords, ports: ResponderPorts) {
    this.#own = own;
    this.#ports = ports;
  }

  get isHolding(): boolean {
    return this.#state === 'holding';
  }

  /** Where somebody else is who has our name, once that is known. */
  get holder(): Address | undefined {
    return this.#holder;
  }

  /** Asks whether anybody has our names. True when they are ours; false when they are not, or it was ended meanwhile. */
  claim(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#probe(this.#ports.random.int(PROBE_EVERY));
    });
  }

  hear(message: DnsMessage, from: Address): void {
    if (this.#state === 'ended') return;
    if (message.response) this.#hearAnswer(message);
    else if (this.#state === 'holding') this.#hearQuestion(message, from);
    else this.#hearRival(message);
  }

  /** Says goodbye, if the names were ours. */
  end(): void {
    if (this.#state === 'holding') {
      const gone = [...this.#own.shared.slice(0, 1), ...this.#own.unique].map((record) => ({ ...record, ttl: 0 }));
      this.#ports.send(dnsMessage({ response: true, authoritative: true, answers: gone }));
    }
    this.#stop('ended');
    this.#settle(false);
  }

  #probe(delay: Micros): void {
    this.#stop('probing');
    const { instance, unique } = this.#own;
    const authorities = unique.map((record) => plain(record, record.ttl));
    const hosts = unique.filter(({ name }) => name !== instance).map(({ name }) => name);
    const questions = [instance, ...hosts].map((name) => ({ name, type: 'ANY', unicast: true }) as const);
    for (let count = 0; count < PROBES; count++) {
      this.#after(delay + count * PROBE_EVERY, () => this.#ports.send(dnsMessage({ questions, authorities })));
    }
    this.#after(delay + PROBES * PROBE_EVERY, () => {
      this.#state = 'holding';
      for (const behind of ANNOUNCE_AFTER) this.#after(behind, () => this.#announce());
      this.#settle(true);
    });
  }

  #announce(): void {
    this.#sendToAll([...this.#own.shared, ...this.#own.unique], []);
  }

  #hearAnswer({ answers, additionals }: DnsMessage): void {
    const told = [...answers, ...additionals].filter(({ ttl }) => ttl > 0);
    if (!told.some((record) => this.#contradicts(record))) return;
    if (this.#state === 'holding') {
      // Who is right comes out by asking: one of both answers (section 9).
      this.#probe(this.#ports.random.int(PROBE_EVERY));
      return;
    }
    this.#holder = addressIn(told, this.#own.instance);
    this.#stop('ended');
    this.#settle(false);
  }

  /** Another who asks whether our names are free: the greater records win (section 8.2). */
  #hearRival({ authorities }: DnsMessage): void {
    const theirs = authorities.filter((record) => this.#isOurName(record));
    if (theirs.length === 0 || inOrder(theirs) <= inOrder(this.#own.unique)) return;
    this.#probe(DEFERRAL);
  }

  #contradicts(record: DnsRecord): boolean {
    const sameKind = this.#own.unique.filter((own) => isAbout({ name: own.name, type: own.type }, record));
    return sameKind.length > 0 && sameKind.every((own) => keyOf(own) !== keyOf(record));
  }

  #isOurName({ name }: DnsRecord): boolean {
    return this.#own.unique.some((own) => plainName(own.name) === plainName(name));
  }

  #hearQuestion(query: DnsMessage, from: Address): void {
    const held = [...this.#own.shared, ...this.#own.unique];
    const isKnown = (record: DnsRecord): boolean =>
      query.answers.some((known) => keyOf(known) === keyOf(record) && known.ttl * 2 >= record.ttl);
    const wanted = held.filter((record) => query.questions.some((question) => isAbout(question, record)));
    const answers = wanted.filter((record) => !isKnown(record));
    if (answers.length === 0) return;
    if (!from.endsWith(`:${MULTICAST_DNS_PORT}`)) {
      const all = [...answers, ...this.#besides(answers)];
      const short = all.map((record) => plain(record, Math.min(record.ttl, LEGACY_TTL)));
      return this.#ports.send(replyTo(query, { authoritative: true, answers: short }), from);
    }
    const now = this.#ports.clock.now();
    const isFresh = (record: DnsRecord): boolean =>
      now - (this.#lastSent.get(keyOf(record)) ?? -Infinity) < (record.ttl * SECOND) / 4;
    // Others have heard it a while ago at most: the asker alone needs it (section 5.4).
    if (query.questions.every(({ unicast }) => unicast) && answers.every(isFresh)) {
      const reply = { response: true, authoritative: true, answers, additionals: this.#besides(answers) };
      return this.#ports.send(dnsMessage(reply), from);
    }
    const isAlone = answers.every(({ flush }) => flush === true) && !query.truncated;
    this.#answerSoon(answers, query.truncated ? 400 + this.#draw(100) : isAlone ? 0 : 20 + this.#draw(100));
  }

  /** What answers share is said once; nobody on the link needs the same twice within a second. */
  #answerSoon(answers: readonly DnsRecord[], delayMs: number): void {
    const isFirst = this.#due.size === 0;
    for (const record of answers) this.#due.set(keyOf(record), record);
    if (!isFirst) return;
    this.#after(delayMs * MILLISECOND, () => {
      const now = this.#ports.clock.now();
      const due = [...this.#due].filter(([key]) => now - (this.#lastSent.get(key) ?? -Infinity) >= SECOND);
      this.#due = new Map();
      const records = due.map(([, record]) => record);
      if (records.length > 0) this.#sendToAll(records, this.#besides(records));
    });
  }

  /** What whoever hears of us will ask for next (RFC 6763, section 12). */
  #besides(answers: readonly DnsRecord[]): readonly DnsRecord[] {
    return this.#own.unique.filter((record) => !answers.includes(record));
  }

  #sendToAll(answers: readonly DnsRecord[], additionals: readonly DnsRecord[]): void {
    for (const record of [...answers, ...additionals]) this.#lastSent.set(keyOf(record), this.#ports.clock.now());
    this.#ports.send(dnsMessage({ response: true, authoritative: true, answers, additionals }));
  }

  #draw(below: number): number {
    return this.#ports.random.int(below + 1);
  }

  #after(delay: Micros, task: () => void): void {
    const timer = this.#ports.clock.after(delay, () => {
      this.#timers.delete(timer);
      task();
    });
    this.#timers.add(timer);
  }

  #stop(state: 'probing' | 'ended'): void {
    this.#state = state;
    this.#due = new Map();
    for (const timer of this.#timers) this.#ports.clock.cancel(timer);
    this.#timers.clear();
  }
}

/** As it is told to whoever keeps to the older rules, and in claims. */
function plain(record: DnsRecord, ttl: number): DnsRecord {
  const { flush: _, ...rest } = record;
  return { ...rest, ttl } as DnsRecord;
}

/** Where an instance is; the name of its host where no address was told. */
function addressIn(told: readonly DnsRecord[], instance: string): Address {
  for (const service of told) {
    if (service.type !== 'SRV' || plainName(service.name) !== plainName(instance)) continue;
    const host = told.find(({ name, type }) => (type === 'A' || type === 'AAAA') && name === service.target);
    const ip = host !== undefined && 'address' in host ? host.address : service.target;
    return withPort(ip, service.port);
  }
  return instance;
}

/** Texts that compare as the records do, one after the other: by type, then byte by byte. */
function inOrder(records: readonly DnsRecord[]): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const texts = records.map((record) => {
    return hex(typeCode(record.type), 4) + [...dataBytes(record)].map((byte) => hex(byte, 2)).join('');
  });
  return texts.toSorted((a, b) => (a < b ? -1 : 1)).join(' ');
}
