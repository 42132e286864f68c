import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { ResolveFailed } from '../../core/ports/resolver.ts';
import type { DnsAnswer, DnsService, Resolver } from '../../core/ports/resolver.ts';
import type { Random } from '../../core/ports/random.ts';
import type { Address } from '../../core/ports/transport.ts';
import { placeOf } from '../sockets/place.ts';
import type { Place } from '../sockets/place.ts';
import { ask, mostTelling } from './ask.ts';
import type { Plan } from './ask.ts';
import { follow, ofName, secondsOf } from './follow.ts';
import type { Followed } from './follow.ts';
import { addressesInHosts } from './hosts-file.ts';
import { isAskable, plainName } from './message.ts';
import type { Kind } from './message.ts';
import { fullNames, parseResolvConf } from './resolv-conf.ts';
import { inOrder } from './service-order.ts';

export interface DnsResolverOptions {
  /** Draws the order of services of one priority. */
  readonly random: Random;
  /** Name servers to ask, the first one first, for full names. Empty or not given: those of `resolvConf`, with its search domains. */
  readonly servers?: readonly Address[];
  /** Read for every question, so that changes count at once. `/etc/resolv.conf` unless given. */
  readonly resolvConf?: string;
  /** Looked into before the name service is asked for addresses. `/etc/hosts` unless given. */
  readonly hostsFile?: string;
  /** For one question to one server; unless given as `resolvConf` says. */
  readonly timeoutMs?: number;
  /** Rounds through the servers; unless given as `resolvConf` says. */
  readonly attempts?: number;
  /** For everything that one call has to ask. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 15_000;
/** An address stays what it is; a line of the hosts file may change. */
const OWN_LIFETIME_MS = 86_400_000;
const HOSTS_LIFETIME_MS = 60_000;

/** A client of the name service that tells lifetimes, absence and incompleteness, which the system's own does not. */
export function dnsResolver(options: DnsResolverOptions): Resolver {
  return new DnsResolver(options);
}

/** Whom to ask, and under which names. */
interface Course extends Plan {
  readonly names: readonly string[];
}

class DnsResolver implements Resolver {
  readonly #options: DnsResolverOptions;
  readonly #servers: readonly Place[];

  constructor(options: DnsResolverOptions) {
    this.#options = options;
    this.#servers = (options.servers ?? []).map(placeOf);
  }

  async addresses(name: string): Promise<DnsAnswer<string>> {
    if (isIP(name) !== 0) return { records: [name], lifetimeMs: OWN_LIFETIME_MS, complete: true };
    const known = addressesInHosts(await textOf(this.#options.hostsFile ?? '/etc/hosts'), name);
    if (known.length > 0) return { records: known, lifetimeMs: HOSTS_LIFETIME_MS, complete: true };
    return this.#search(name, async (full, plan) => {
      const families = [lookUp('A', full, plan), lookUp('AAAA', full, plan)];
      return joined(await Promise.allSettled(families));
    });
  }

  services(name: string): Promise<DnsAnswer<DnsService>> {
    return this.#search(name, async (full, plan) => {
      const { records, beside, ...rest } = await lookUp('SRV', full, plan);
      let { lifetimeMs } = rest;
      const services = records.flatMap(({ data }): DnsService[] => {
        const { port, priority = 0, weight = 0 } = data;
        const target = plainName(data.target);
        if (target === '') return [];
        const helpers = ofName(beside, target).filter(({ type }) => type === 'A' || type === 'AAAA');
        lifetimeMs = Math.min(lifetimeMs, ...helpers.map((helper) => secondsOf(helper) * 1_000));
        const addresses = [...new Set(helpers.map((helper) => (helper as { data: string }).data))];
        return [{ priority, weight, port, target, addresses }];
      });
      if (services.length === 0) return nothing(lifetimeMs, rest.absent);
      return { ...rest, lifetimeMs, records: inOrder(services, this.#options.random) };
    });
  }

  texts(name: string): Promise<DnsAnswer<string>> {
    return this.#search(name, async (full, plan) => {
      const { beside: _, ...answer } = await lookUp('TXT', full, plan);
      // The codec always gives the strings of a record as a list of bytes.
      const records = answer.records.map(({ data }) => Buffer.concat(data as Buffer[]).toString());
      return { ...answer, records };
    });
  }

  /** The first of the possible full names that has records. While one could not be asked for, nothing is absent. */
  async #search<T>(name: string, look: (full: string, plan: Plan) => Promise<DnsAnswer<T>>): Promise<DnsAnswer<T>> {
    const { names, ...plan } = await this.#course(name);
    let absence: DnsAnswer<T> | undefined;
    const failures: ResolveFailed[] = [];
    for (const full of names) {
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

  async #course(name: string): Promise<Course> {
    const { servers: _, resolvConf = '/etc/resolv.conf', deadlineMs = DEADLINE_MS, random } = this.#options;
    const conf = parseResolvConf(await textOf(resolvConf));
    const own = this.#servers.length > 0;
    const servers = own ? this.#servers : conf.servers;
    const first = conf.rotate && !own ? random.int(servers.length) : 0;
    return {
      names: (own ? [plainName(name)] : fullNames(name, conf)).filter(isAskable),
      servers: [...servers.slice(first), ...servers.slice(0, first)],
      timeoutMs: this.#options.timeoutMs ?? conf.timeoutMs,
      attempts: this.#options.attempts ?? conf.attempts,
      endsAt: performance.now() + deadlineMs,
    };
  }
}

function lookUp<K extends Kind>(kind: K, name: string, plan: Plan): Promise<Followed<K>> {
  return follow({ name, kind }, (question) => ask(question, plan));
}

/** The addresses of both families. What one of them does not tell must not make the other's word the whole. */
function joined(families: readonly PromiseSettledResult<Followed<'A' | 'AAAA'>>[]): DnsAnswer<string> {
  const answers = families.flatMap((family) => (family.status === 'fulfilled' ? [family.value] : []));
  const failures = families.flatMap((family) => (family.status === 'rejected' ? [family.reason as unknown] : []));
  const present = answers.filter(({ records }) => records.length > 0);
  if (present.length > 0) {
    return {
      records: [...new Set(present.flatMap(({ records }) => records.map(({ data }) => data)))],
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

/** A file that cannot be read says nothing: the defaults hold, as for everybody else on this machine. */
async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
