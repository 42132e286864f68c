import { isIp } from '../discovery/host-port.ts';
import { MILLISECOND, type Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import {
  ResolveFailed,
  type DnsAnswer,
  type DnsService,
  type ResolveLimits,
  type Resolver,
} from '../ports/resolver.ts';
import { bytesFromText, textFromBytes } from '../wire/text.ts';
import { ask, mostTelling, type Plan } from './ask.ts';
import type { Exchange } from './exchange.ts';
import { follow, ofName, secondsOf, type Followed, type Kind } from './follow.ts';
import { isAskable, plainName } from './names.ts';
import { inOrder } from './service-order.ts';

/** Whom to ask, and for which names, as `resolv.conf(5)` has it. */
export interface NameService {
  /** As the exchange knows them; at least one. */
  readonly servers: readonly string[];
  /** The full names that a name may stand for, in the order in which to try them. */
  readonly fullNames: (name: string) => readonly string[];
  /** For one question to one server. */
  readonly timeoutMs: number;
  /** Rounds through the servers. */
  readonly attempts: number;
  /** Begin with another server each time. */
  readonly rotate: boolean;
}

export interface StubPorts {
  readonly exchange: Exchange;
  readonly clock: Pick<Clock, 'now'>;
  /** Draws the order of services of one priority. */
  readonly random: Random;
  /** Asked before every question, so that changes count at once. */
  readonly service: () => NameService | Promise<NameService>;
  /** Addresses that are known without asking: those of the hosts file. */
  readonly hosts: (name: string) => readonly string[] | Promise<readonly string[]>;
}

/** For everything that one call has to ask, unless its caller says otherwise. */
const DEADLINE_MS = 15_000;
/** An address stays what it is; a line of the hosts file may change. */
const OWN_LIFETIME_MS = 86_400_000;
const HOSTS_LIFETIME_MS = 60_000;

/** A client of the name service that tells lifetimes, absence and incompleteness, over whatever carries its messages. */
export class StubResolver implements Resolver {
  readonly #ports: StubPorts;

  constructor(ports: StubPorts) {
    this.#ports = ports;
  }

  async addresses(name: string, limits?: ResolveLimits): Promise<DnsAnswer<string>> {
    if (isIp(name)) return { records: [name], lifetimeMs: OWN_LIFETIME_MS, complete: true };
    const known = await this.#ports.hosts(name);
    if (known.length > 0) return { records: known, lifetimeMs: HOSTS_LIFETIME_MS, complete: true };
    return this.#search(name, limits, async (full, plan) => {
      const families = [lookUp<'A' | 'AAAA'>('A', full, plan), lookUp<'A' | 'AAAA'>('AAAA', full, plan)];
      return joined(await Promise.allSettled(families));
    });
  }

  services(name: string, limits?: ResolveLimits): Promise<DnsAnswer<DnsService>> {
    return this.#search(name, limits, async (full, plan) => {
      const { records, beside, ...rest } = await lookUp('SRV', full, plan);
      let { lifetimeMs } = rest;
      const services = records.flatMap((record): DnsService[] => {
        const { port, priority, weight } = record;
        const target = plainName(record.target);
        // The root for a target says that decidedly there is no such service (RFC 2782).
        if (target === '') return [];
        const helpers = ofName(beside, target).flatMap((one) => (one.type === 'A' || one.type === 'AAAA' ? [one] : []));
        lifetimeMs = Math.min(lifetimeMs, ...helpers.map((helper) => secondsOf(helper) * 1_000));
        const addresses = [...new Set(helpers.map(({ address }) => address))];
        return [{ priority, weight, port, target, addresses }];
      });
      if (services.length === 0) return nothing(lifetimeMs, rest.absent);
      return { ...rest, lifetimeMs, records: inOrder(services, this.#ports.random) };
    });
  }

  texts(name: string, limits?: ResolveLimits): Promise<DnsAnswer<string>> {
    return this.#search(name, limits, async (full, plan) => {
      const { beside: _, ...answer } = await lookUp('TXT', full, plan);
      // A letter may be split between two strings: only the bytes of all of them are a text.
      const records = answer.records.map(({ texts }) => textFromBytes(bytesFromText(texts.join(''))));
      return { ...answer, records };
    });
  }

  /** The first of the possible full names that has records. While one could not be asked for, nothing is absent. */
  async #search<T>(
    name: string,
    limits: ResolveLimits | undefined,
    look: (full: string, plan: Plan) => Promise<DnsAnswer<T>>,
  ): Promise<DnsAnswer<T>> {
    const { exchange, clock, random } = this.#ports;
    const endsAt = clock.now() + (limits?.deadlineMs ?? DEADLINE_MS) * MILLISECOND;
    const { servers, fullNames, timeoutMs, attempts, rotate } = await this.#ports.service();
    const first = rotate ? random.int(servers.length) : 0;
    const turned = [...servers.slice(first), ...servers.slice(0, first)];
    const plan = { exchange, clock, servers: turned, timeoutMs, attempts, endsAt, signal: limits?.signal };
    let absence: DnsAnswer<T> | undefined;
    const failures: ResolveFailed[] = [];
    for (const full of fullNames(name).filter(isAskable)) {
      try {
        const answer = await look(full, plan);
        if (answer.records.length > 0) return answer;
        absence = absence === undefined ? answer : bothAbsent(absence, answer);
      } catch (error) {
        if (!(error instanceof ResolveFailed)) throw error;
        failures.push(error);
      }
    }
    const failed = mostTelling(failures);
    if (failed !== undefined) throw failed;
    if (absence !== undefined) return absence;
    const words = `${JSON.stringify(name)} is no name that could be asked for: it has labels of 1 to 63 characters, 253 in all.`;
    throw new ResolveFailed(name, 'malformed', words);
  }
}

function lookUp<K extends Kind>(type: K, name: string, plan: Plan): Promise<Followed<K>> {
  return follow({ name, type }, (question) => ask(question, plan));
}

/** The addresses of both families. What one of them does not tell must not make the other's word the whole. */
function joined(families: readonly PromiseSettledResult<Followed<'A' | 'AAAA'>>[]): DnsAnswer<string> {
  const answers = families.flatMap((family) => (family.status === 'fulfilled' ? [family.value] : []));
  const failures = families.flatMap((family) => (family.status === 'rejected' ? [family.reason as unknown] : []));
  const present = answers.filter(({ records }) => records.length > 0);
  if (present.length > 0) {
    return {
      records: [...new Set(present.flatMap(({ records }) => records.map(({ address }) => address)))],
      lifetimeMs: Math.min(...present.map(({ lifetimeMs }) => lifetimeMs)),
      complete: failures.length === 0 && present.every(({ complete }) => complete),
    };
  }
  // A name that does not exist has no records of any type.
  const absences = answers.map(({ lifetimeMs, absent }) => nothing(lifetimeMs, absent));
  const nowhere = absences.find(({ absent }) => absent === 'no-such-name');
  if (nowhere !== undefined) return nowhere;
  if (failures.length > 0) throw mostTelling(failures.filter((error) => error instanceof ResolveFailed)) ?? failures[0];
  return absences.reduce(bothAbsent);
}

function bothAbsent<T>(one: DnsAnswer<T>, other: DnsAnswer<T>): DnsAnswer<T> {
  return nothing(
    Math.min(one.lifetimeMs, other.lifetimeMs),
    one.absent === other.absent ? one.absent : 'no-such-records',
  );
}

function nothing(lifetimeMs: number, absent: DnsAnswer<never>['absent'] = 'no-such-records'): DnsAnswer<never> {
  return { records: [], lifetimeMs, complete: true, absent };
}
