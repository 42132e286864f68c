import { isWildcard, parseAddress, sameAddress } from '../../address.ts';
import { isTable } from '../../config/kinds.ts';
import type { Address } from '../../ports/transport.ts';
import { isIp, parseHostPort, withPort } from '../host-port.ts';
import { Collision, SourceFailed, type Ask, type Entry, type Lease, type Self } from '../source.ts';
import { METHOD, type ConsulApi } from './consul-api.ts';
import type { ConsulConfig } from './consul-config.ts';
import { listedIn, metaOf, type Instance } from './entries.ts';

/** How often an entry that Consul itself checks is looked for: an agent without a data directory forgets. */
const LOOK_MS = 20_000;

/** Enters a node with its agent, keeps it there, and takes it back. */
export class Registration {
  readonly #api: ConsulApi;
  readonly #config: ConsulConfig;

  constructor(api: ConsulApi, config: ConsulConfig) {
    this.#api = api;
    this.#config = config;
  }

  async register(self: Self, ask: Ask): Promise<Lease> {
    await this.#refuseTaken(self, ask);
    const query = { 'replace-existing-checks': 'true' };
    await this.#api.put('/v1/agent/service/register', query, ask, { body: this.#definition(self) });
    const { check, checkTtlMs } = this.#config;
    return {
      keepEveryMs: check === 'ttl' ? Math.floor(checkTtlMs / 3) : LOOK_MS,
      keep: (ask) => this.#keep(self, ask),
      release: (ask) => this.#release(self, ask),
    };
  }

  async lookup(id: string, label: string, ask: Ask): Promise<Entry | undefined> {
    const all = await this.#instances(id, ask);
    const own = all.filter((one) => one.label === label && isIp(one.place.host));
    const best = own.find(({ passing }) => passing) ?? own[0];
    if (best === undefined) return undefined;
    return { id, address: addressOf(best), ...(best.checksum !== undefined && { checksum: best.checksum }) };
  }

  /**
   * Ids belong to agents, and an agent replaces what it has without asking. So nobody is replaced who is alive at
   * another address: neither on our agent, whatever service and cluster that entry is of, nor in our cluster elsewhere.
   */
  async #refuseTaken({ id, label, address }: Self, ask: Ask): Promise<void> {
    const held = await this.#held(id, ask);
    if (held !== undefined && !sameAddress(held, address) && (await this.#isAlive(id, ask))) {
      throw new Collision(METHOD, id, held);
    }
    const others = await this.#instances(id, ask);
    const other = others.find((one) => one.label === label && one.passing && !sameAddress(addressOf(one), address));
    if (other !== undefined) throw new Collision(METHOD, id, addressOf(other));
  }

  async #keep({ id, address }: Self, ask: Ask): Promise<boolean> {
    const held = await this.#held(id, ask);
    if (held === undefined || !sameAddress(held, address)) return false;
    if (this.#config.check !== 'ttl') return true;
    const path = `/v1/agent/check/pass/${encodeURIComponent(`service:${id}`)}`;
    const { status, text } = await this.#api.put(path, {}, ask, { accepts: [404, 500] });
    if (status < 300) return true;
    // Agents before 1.11 say 500 where later ones say 404.
    if (status === 404 || /associated TTL|unknown check/i.test(text)) return false;
    throw new SourceFailed(METHOD, `PUT ${path}: status ${status}: ${text.trim().slice(0, 200)}`);
  }

  async #release({ id, address }: Self, ask: Ask): Promise<void> {
    const held = await this.#held(id, ask);
    if (held === undefined || !sameAddress(held, address)) return;
    await this.#api.put(`/v1/agent/service/deregister/${encodeURIComponent(id)}`, {}, ask, { accepts: [404] });
  }

  /** At which address our agent has this id. */
  async #held(id: string, ask: Ask): Promise<Address | undefined> {
    const { status, json } = await this.#api.get(`/v1/agent/service/${encodeURIComponent(id)}`, {}, ask, [404]);
    if (status === 404 || !isTable(json)) return undefined;
    const { Address: host, Port: port } = json;
    if (typeof host !== 'string' || !isIp(host) || typeof port !== 'number') return 'an unknown address';
    return withPort(host, port);
  }

  async #isAlive(id: string, ask: Ask): Promise<boolean> {
    // The status says how it is: 429 is a warning, 503 critical.
    const path = `/v1/agent/health/service/id/${encodeURIComponent(id)}`;
    const { json } = await this.#api.get(path, {}, ask, [404, 429, 503]);
    return isTable(json) && json['AggregatedStatus'] === 'passing';
  }

  /** Instances that carry this id, on all agents. */
  async #instances(id: string, ask: Ask): Promise<readonly Instance[]> {
    const { serviceName, dc } = this.#config;
    const query = { filter: `Service.ID == ${JSON.stringify(id)}`, dc: dc || undefined };
    const { json } = await this.#api.get(`/v1/health/service/${encodeURIComponent(serviceName)}`, query, ask);
    const listed = listedIn(json);
    if (listed === undefined) throw new SourceFailed(METHOD, 'the answer to a health query is no list.');
    return listed.instances.filter((one) => one.id === id);
  }

  #definition(self: Self): unknown {
    const { serviceName, tag, namespace } = this.#config;
    const { host, port } = parseHostPort(self.address, 1);
    return {
      Name: serviceName,
      ID: self.id,
      Address: host,
      Port: port,
      Tags: tag === '' ? [] : [tag],
      Meta: metaOf(self),
      Check: this.#check(self),
      ...(namespace && { Namespace: namespace }),
    };
  }

  #check(self: Self): unknown {
    const { check, checkTtlMs, checkIntervalMs, deregisterAfterMs } = this.#config;
    // A check begins critical unless it is told otherwise: the node would be invisible at first.
    const common = { Name: 'rollcall', Status: 'passing', DeregisterCriticalServiceAfter: `${deregisterAfterMs}ms` };
    if (check === 'ttl') return { ...common, TTL: `${checkTtlMs}ms` };
    const often = { Interval: `${checkIntervalMs}ms`, Timeout: `${Math.min(checkIntervalMs, 10_000)}ms` };
    if (check === 'tcp') return { ...common, ...often, TCP: self.address };
    return { ...common, ...often, HTTP: `http://${adminOf(self)}/health` };
  }
}

/** Where the agent can ask the admin interface. */
function adminOf({ admin, address }: Self): Address {
  if (admin === undefined) {
    throw new SourceFailed(
      METHOD,
      'check = "http" asks the admin interface, which is off. Use admin.enabled, or a check by ttl or tcp.',
    );
  }
  const { host, port } = parseHostPort(admin, 1);
  return isWildcard(host) ? withPort(parseHostPort(address, 1).host, parseAddress(admin).port) : withPort(host, port);
}

function addressOf({ place }: Instance): Address {
  return withPort(place.host, place.port);
}
