import { ask, type Plan } from '../../../core/dns/ask.ts';
import { absentSeconds, secondsOf } from '../../../core/dns/follow.ts';
import { RCODE, type DnsMessage, type DnsQuestion, type DnsRecord } from '../../../core/dns/message.ts';
import { plainName } from '../../../core/dns/names.ts';
import type { Exchange } from '../../../core/dns/exchange.ts';
import { SECOND, type Clock, type Micros } from '../../../core/ports/clock.ts';
import { ResolveFailed } from '../../../core/ports/resolver.ts';

export interface CacheOptions {
  /** The servers that it asks itself: hosts of the world. */
  readonly upstream: readonly string[];
  /** What it keeps stays at least and at most this long, whatever the zone says. */
  readonly secondsMin?: number;
  readonly secondsMax?: number;
  /** The same for absence. */
  readonly absentSecondsMax?: number;
  /** While nobody upstream answers, it repeats what has run out for this long (RFC 8767); 0: never. */
  readonly staleSeconds?: number;
}

type Known = Pick<DnsMessage, 'rcode' | 'answers' | 'authorities' | 'additionals'>;

interface Kept {
  readonly known: Known;
  readonly since: Micros;
  readonly seconds: number;
}

const ALIASES = 8;
/** What is told of the lifetime of something that has run out (RFC 8767). */
const STALE_TTL = 30;
/** Askers wait for two seconds, by custom: they must hear of a failure before. */
const UPSTREAM_TIMEOUT_MS = 700;
const UPSTREAM_DEADLINE = 4 * SECOND;

/** A server between askers and zones, with a memory of its own. */
export class DnsCache {
  readonly #options: CacheOptions;
  readonly #exchange: Exchange;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(options: CacheOptions, exchange: Exchange, clock: Clock) {
    this.#options = options;
    this.#exchange = exchange;
    this.#clock = clock;
  }

  get size(): number {
    return this.#kept.size;
  }

  flush(): void {
    this.#kept.clear();
  }

  /** `frozen`: it does not ask although what it keeps has run out. */
  async answer(question: DnsQuestion, frozen: boolean): Promise<Partial<DnsMessage>> {
    const key = `${question.type} ${plainName(question.name)}`;
    const kept = this.#kept.get(key);
    const age = kept === undefined ? 0 : Math.floor((this.#clock.now() - kept.since) / SECOND);
    if (kept !== undefined && (age < kept.seconds || frozen)) return aged(kept, age);
    try {
      const known = await this.#ask(question);
      const seconds = this.#lifetime(known);
      // 0 says: use it once.
      if (seconds > 0) this.#kept.set(key, { known, since: this.#clock.now(), seconds });
      return aged({ known, since: 0, seconds }, 0);
    } catch (error) {
      if (!(error instanceof ResolveFailed)) throw error;
      const staleSeconds = this.#options.staleSeconds ?? 0;
      if (kept !== undefined && age < kept.seconds + staleSeconds) return aged(kept, age);
      return { recursionAvailable: true, rcode: RCODE.serverFailure };
    }
  }

  /** Asks upstream, and for whatever its aliases lead to. */
  async #ask(question: DnsQuestion): Promise<Known> {
    const plan: Plan = {
      exchange: this.#exchange,
      clock: this.#clock,
      servers: this.#options.upstream,
      timeoutMs: UPSTREAM_TIMEOUT_MS,
      attempts: 2,
      endsAt: this.#clock.now() + UPSTREAM_DEADLINE,
      signal: undefined,
    };
    const answers: DnsRecord[] = [];
    let { name } = question;
    for (let step = 0; step <= ALIASES; step++) {
      const reply = await ask({ name, type: question.type }, plan);
      answers.push(...reply.answers);
      const next = openEnd(answers, name, question.type);
      if (next === undefined || reply.rcode !== RCODE.noError || reply.authorities.length > 0) {
        return { rcode: reply.rcode, answers, authorities: reply.authorities, additionals: reply.additionals };
      }
      name = next;
    }
    throw new ResolveFailed(name, 'malformed', `${name} is an alias without end`);
  }

  #lifetime({ answers, authorities }: Known): number {
    const { secondsMin = 0, secondsMax = 86_400, absentSecondsMax = 86_400 } = this.#options;
    const least = Math.min(...answers.map(secondsOf));
    const isAbsence = !answers.some(({ type }) => type !== 'CNAME');
    if (isAbsence) {
      const soa = authorities.find(({ type }) => type === 'SOA');
      return Math.min(absentSeconds(soa), absentSecondsMax, least);
    }
    return Math.min(Math.max(least, secondsMin), secondsMax);
  }
}

/** Where the aliases lead when nothing of the type is there yet. */
function openEnd(answers: readonly DnsRecord[], from: string, type: string): string | undefined {
  let name = plainName(from);
  for (let step = 0; step <= answers.length; step++) {
    const alias = answers.find((record) => record.type === 'CNAME' && plainName(record.name) === name);
    if (alias?.type !== 'CNAME') break;
    name = plainName(alias.target);
  }
  const isThere = answers.some((record) => record.type === type && plainName(record.name) === name);
  return isThere || name === plainName(from) ? undefined : name;
}

/** What is left of the lifetimes. */
function aged({ known, seconds }: Kept, age: number): Partial<DnsMessage> {
  const left = age < seconds || seconds === 0 ? seconds - age : STALE_TTL;
  const older = (record: DnsRecord): DnsRecord => ({ ...record, ttl: left });
  return {
    recursionAvailable: true,
    rcode: known.rcode,
    answers: known.answers.map(older),
    authorities: known.authorities.map(older),
    additionals: known.additionals.map(older),
  };
}
