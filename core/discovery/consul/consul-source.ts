import type { HttpHeaders } from '../../ports/http.ts';
import { isIp, locate, withPort } from '../host-port.ts';
import type { SourceContext, SourcePorts } from '../source-type.ts';
import { nobody, SourceFailed, type Ask, type Candidate, type Found, type Source, type Watcher } from '../source.ts';
import { follow, type Blocked } from './blocking.ts';
import { ConsulApi, METHOD, type Query } from './consul-api.ts';
import type { ConsulConfig } from './consul-config.ts';
import { listedIn, type Instance } from './entries.ts';
import { Pace } from './pace.ts';
import { Registration } from './registration.ts';

/** However often the index moves; a burst, so that a change that follows another is not heard late. */
const RATE = { burst: 10, everyMs: 500 };
/** Of a question that does not block. */
const ANSWER_MS = 10_000;
/** What did not change is told again this often. */
const CONFIRM_MS = 30_000;
/** Of so many entries that cannot be used, each is told. */
const WARNINGS_MAX = 10;

/** Instances of a service of Consul. */
export function consulSource(config: ConsulConfig, ports: SourcePorts, { label }: SourceContext): Source {
  const api = new ConsulApi(config, ports);
  const registration = new Registration(api, config);
  const instances = new Instances(config, api, ports, label);
  return {
    method: METHOD,
    discover: (ask) => instances.discover(ask),
    watch: (watcher, signal) => instances.watch(watcher, signal),
    ...(config.register && { register: (self, ask) => registration.register(self, ask) }),
    lookup: (id, ask) => registration.lookup(id, label, ask),
  };
}

class Instances {
  readonly #config: ConsulConfig;
  readonly #api: ConsulApi;
  readonly #ports: SourcePorts;
  readonly #label: string;
  readonly #pace: Pace;

  constructor(config: ConsulConfig, api: ConsulApi, ports: SourcePorts, label: string) {
    this.#config = config;
    this.#api = api;
    this.#ports = ports;
    this.#label = label;
    // One for all sittings: beginning another one must not be a way around it.
    this.#pace = new Pace(ports.clock, RATE);
  }

  async discover(ask: Ask): Promise<Found> {
    return (await this.#ask({}, ask, this.#config.refreshIntervalMs)).found;
  }

  async watch(watcher: Watcher, signal: AbortSignal): Promise<void> {
    const { waitMs } = this.#config;
    // The server adds up to a sixteenth, so that not all who wait come back at once.
    const blockedMs = Math.ceil((waitMs * 17) / 16) + ANSWER_MS;
    const lifetimeMs = blockedMs + CONFIRM_MS;
    const ask = (index: bigint): Promise<Blocked> =>
      index === 0n
        ? this.#ask({}, { deadlineMs: ANSWER_MS, signal }, lifetimeMs)
        : this.#ask({ index: String(index), wait: `${waitMs}ms` }, { deadlineMs: blockedMs, signal }, lifetimeMs);
    try {
      const { clock } = this.#ports;
      await follow(ask, watcher, signal, { clock, pace: this.#pace, confirmMs: CONFIRM_MS });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #ask(blocking: Query, ask: Ask, lifetimeMs: number): Promise<Blocked> {
    const { serviceName, query, passing, consistency, tag, dc, near } = this.#config;
    const asked: Query = {
      passing: query === 'health' && passing ? '1' : undefined,
      tag: tag || undefined,
      dc: dc || undefined,
      near: near || undefined,
      ...(consistency !== 'default' && { [consistency]: '' }),
      ...blocking,
    };
    const path = `/v1/${query}/service/${encodeURIComponent(serviceName)}`;
    const { headers, json } = await this.#api.get(path, asked, ask);
    const listed = listedIn(json);
    if (listed === undefined) throw new SourceFailed(METHOD, `GET ${path}: the answer is no list.`);
    const ours = listed.instances.filter(({ label }) => label === undefined || label === this.#label);
    const located = await this.#located(ours);
    const doubts = this.#doubts(headers);
    const warnings = [...doubts, ...located.warnings, ...shortened([...listed.warnings, ...doubles(ours)])];
    const { candidates } = located;
    const complete = doubts.length === 0 && located.complete;
    const found = { candidates, lifetimeMs, complete, warnings };
    const index = headers['x-consul-index'];
    if (candidates.length > 0) return { index, found };
    // An empty answer counts only when nothing speaks against it: it may found a second cluster.
    if (!complete || listed.warnings.length > 0)
      throw new SourceFailed(METHOD, `nobody is named, but ${warnings.join('; ')}`);
    return { index, found: { ...nobody(this.#absence(listed.instances), lifetimeMs), warnings } };
  }

  /** Candidates in the order of the answer; the addresses of instances that were entered by name come last. */
  async #located(ours: readonly Instance[]): Promise<Pick<Found, 'candidates' | 'warnings' | 'complete'>> {
    const direct = ours.filter(({ place }) => isIp(place.host));
    const candidates: Candidate[] = direct.map(({ id, place }) => ({
      address: withPort(place.host, place.port),
      ...(id !== undefined && { id }),
    }));
    if (direct.length === ours.length) return { candidates, warnings: [], complete: true };
    const named = ours.filter(({ place }) => !isIp(place.host)).map(({ place }) => place);
    const asked = await locate(named, this.#ports.resolver([]), this.#config.refreshIntervalMs);
    const addresses = asked.addresses.map((address) => ({ address }));
    return {
      candidates: [...candidates, ...addresses],
      warnings: [...asked.failures, ...asked.warnings],
      complete: asked.complete,
    };
  }

  /** Why there may be more, or others, than the answer says. */
  #doubts(headers: HttpHeaders): string[] {
    const { maxStaleMs, consistency } = this.#config;
    const doubts: string[] = [];
    if (headers['x-consul-knownleader'] === 'false') doubts.push('the server knows no leader: its answer may be old');
    const lagMs = Number(headers['x-consul-lastcontact'] ?? 0);
    if (lagMs > maxStaleMs) doubts.push(`the server has not heard from its leader for ${lagMs} ms`);
    const ageMs = consistency === 'cached' ? Number(headers['age'] ?? 0) * 1_000 : 0;
    if (ageMs > maxStaleMs) doubts.push(`the cache of the agent was last confirmed ${ageMs} ms ago`);
    if (headers['x-consul-results-filtered-by-acls'] === 'true') {
      doubts.push('the token may not read all of it: give it service:read and node:read');
    }
    return doubts;
  }

  #absence(all: readonly Instance[]): string {
    const { serviceName, query, passing } = this.#config;
    if (all.length > 0) return `all ${all.length} instances of ${serviceName} belong to clusters with another label`;
    return `no instance of ${serviceName} ${query === 'health' && passing ? 'passes its checks' : 'is registered'}`;
  }
}

/** Agents do not know of each other's ids: two nodes that registered at the same moment are both in. */
function doubles(instances: readonly Instance[]): string[] {
  const first = new Map<string, Instance>();
  return instances.flatMap((one) => {
    if (one.id === undefined) return [];
    const other = first.get(one.id);
    first.set(one.id, other ?? one);
    const same = other === undefined || (other.place.host === one.place.host && other.place.port === one.place.port);
    return same ? [] : [`the id ${JSON.stringify(one.id)} is entered by ${other.node} and by ${one.node}`];
  });
}

function shortened(warnings: readonly string[]): string[] {
  if (warnings.length <= WARNINGS_MAX) return [...warnings];
  return [...warnings.slice(0, WARNINGS_MAX), `and ${warnings.length - WARNINGS_MAX} more like these`];
}
