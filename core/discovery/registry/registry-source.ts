import { MILLISECOND } from '../../ports/clock.ts';
import type { HttpHeaders } from '../../ports/http.ts';
import { BackendCalls, type BackendAnswer, type BackendCall } from '../backend-calls.ts';
import { jsonFrom, numberAt } from '../cloud/loose.ts';
import type { SourceContext, SourcePorts } from '../source-type.ts';
import {
  Collision,
  SourceFailed,
  type Ask,
  type Entry,
  type Found,
  type Lease,
  type Self,
  type Source,
  type Watcher,
} from '../source.ts';
import { METHOD } from './document-source.ts';
import { HEARTBEATS_PER_TTL } from './enrolment.ts';
import { entryOf, isObject, readListing, type Listing } from './listing.ts';
import { entryIn, foundIn, type Choice } from './peers.ts';
import { Credentials, type RegistryAccess } from './registry-calls.ts';

export interface RegistrySourceOptions extends RegistryAccess {
  /** The address of a registry, with a slash at its end. */
  readonly url: string;
  readonly refreshIntervalMs: number;
  readonly register: boolean;
  /** How long the entry of this node lives without a heartbeat. */
  readonly ttlMs: number;
}

/** The head of a stream of events must come within this; a question has its own deadline. */
const OPENING_MS = 10_000;
/** Three pings of the registry: a line that is silent for longer is dead. */
const SILENCE_MS = 45_000;
/** Many nodes hear of a change at the same moment: each asks for the list somewhere in this span. */
const SPREAD_MS = 250;

/** Peers from a registry that they enter themselves in. */
export function registrySource(options: RegistrySourceOptions, ports: SourcePorts, context: SourceContext): Source {
  const registry = new Registry(options, ports, context);
  return {
    method: METHOD,
    discover: (ask) => registry.discover(ask),
    watch: (watcher, signal) => registry.watch(watcher, signal),
    lookup: (id, ask) => registry.lookup(id, ask),
    ...(options.register ? { register: (self: Self, ask: Ask) => registry.register(self, ask) } : {}),
  };
}

/** What the registry said, and how it calls that. */
interface Held {
  readonly etag: string;
  readonly listing: Listing;
  readonly settled: boolean;
  /** Of the roll, where the registry says it. */
  readonly revision: number | undefined;
}

class Registry {
  readonly #options: RegistrySourceOptions;
  readonly #ports: SourcePorts;
  readonly #label: string;
  readonly #credentials: Credentials;
  #held: Held | undefined;

  constructor(options: RegistrySourceOptions, ports: SourcePorts, context: SourceContext) {
    this.#options = options;
    this.#ports = ports;
    this.#label = context.label;
    this.#credentials = new Credentials(METHOD, options, ports);
  }

  async discover(ask: Ask): Promise<Found> {
    const { calls, headers } = await this.#line();
    const url = this.#url(`discover/all?label=${encodeURIComponent(this.#label)}`);
    const known: HttpHeaders = this.#held === undefined ? {} : { 'if-none-match': this.#held.etag };
    const call = { ...within(ask), url, headers: { ...headers, ...known }, accepts: [304] };
    const answer = await calls.json(call);
    const held = answer.status === 304 && this.#held !== undefined ? this.#held : heldFrom(answer);
    if (held === undefined) throw calls.failed(call, 'the answer is no list of entries.');
    this.#held = held;
    return this.#found(held);
  }

  async watch(watcher: Watcher, signal: AbortSignal): Promise<void> {
    const { calls, headers } = await this.#line();
    const url = this.#url(`api/events?label=${encodeURIComponent(this.#label)}`);
    const call = { url, headers, deadlineMs: OPENING_MS, idleMs: SILENCE_MS, signal };
    const ask = { deadlineMs: OPENING_MS, signal };
    let known: Found | undefined;
    let revision: number | undefined;
    try {
      for await (const event of eventsIn(calls.textLines(call))) {
        // Each event says that something has changed, or that nothing has: the list itself is asked for. When many nodes
        // come at once, one list has the changes of many events.
        const isTold = event.isPing ? known?.complete === true : isWithin(event.revision, revision);
        if (known === undefined || !isTold) {
          if (known !== undefined) await this.#spread();
          known = await this.discover(ask);
          revision = this.#held?.revision;
        } else if (!event.isPing) continue;
        watcher.found(known);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async lookup(id: string, ask: Ask): Promise<Entry | undefined> {
    const { calls, headers } = await this.#line();
    const url = this.#url(`discover/instance/${encodeURIComponent(id)}?label=${encodeURIComponent(this.#label)}`);
    const call = { ...within(ask), url, headers, accepts: [404] };
    const { status, json } = await calls.json(call);
    if (status === 404) return undefined;
    const listing = readListing(json);
    if (listing === undefined || listing.listed.length === 0) throw calls.failed(call, 'the answer is no entry.');
    return entryIn(listing, this.#choice(), id);
  }

  async register(self: Self, ask: Ask): Promise<Lease> {
    const { ttlMs } = this.#options;
    const { id, label, address } = self;
    // How fresh an entry is, the registry knows by itself.
    const { heartbeat_at: _, ...entry } = entryOf(self, 0);
    const answer = await this.#tell('POST', 'register', { ...entry, ttl_sec: ttlMs / 1_000 }, ask, [409]);
    if (answer.status === 409) throw new Collision(METHOD, id, answer.headers['x-holder'] ?? 'another node');
    const place = `${encodeURIComponent(id)}?label=${encodeURIComponent(label)}`;
    return {
      keepEveryMs: Math.floor(ttlMs / HEARTBEATS_PER_TTL),
      keep: async (keepAsk) => {
        const { status } = await this.#tell('PUT', `heartbeat/${place}`, { address }, keepAsk, [404, 409]);
        return status < 300;
      },
      release: async (releaseAsk) => {
        const path = `unregister/${place}&address=${encodeURIComponent(address)}`;
        await this.#tell('DELETE', path, undefined, releaseAsk, [404, 409]);
      },
    };
  }

  async #tell(method: string, path: string, body: unknown, ask: Ask, accepts: number[]): Promise<BackendAnswer> {
    const { calls, headers } = await this.#line();
    const said = body === undefined ? {} : { body: JSON.stringify(body) };
    const call: BackendCall = {
      ...within(ask),
      method,
      url: this.#url(path),
      headers: { 'content-type': 'application/json', ...headers },
      accepts,
      ...said,
    };
    return calls.text(call);
  }

  /** A list that nobody is on says so only when all who were on it before have had the time to come back. */
  async #found({ listing, settled }: Held): Promise<Found> {
    const { resolver } = this.#ports;
    const { refreshIntervalMs: lifetimeMs } = this.#options;
    const answering = { method: METHOD, lifetimeMs, choice: this.#choice(), resolver: resolver([]) };
    const found = await foundIn(listing, answering);
    if (settled) return found;
    if (found.candidates.length > 0) return { ...found, complete: false };
    const words =
      'the registry began a short while ago, and nobody is entered: whoever was there before may still come back.';
    throw new SourceFailed(METHOD, `${this.#options.url}: ${words}`);
  }

  #choice(): Choice {
    return { label: this.#label, maxAgeMs: undefined, now: this.#ports.clock.wallTime() };
  }

  #url(path: string): string {
    return `${this.#options.url}${path}`;
  }

  async #line(): Promise<{ readonly calls: BackendCalls; readonly headers: HttpHeaders }> {
    const calls = new BackendCalls(METHOD, await this.#credentials.client());
    return { calls, headers: await this.#credentials.headers() };
  }

  #spread(): Promise<void> {
    const { clock, random } = this.#ports;
    return new Promise((resolve) => void clock.after(random.int(SPREAD_MS) * MILLISECOND, resolve));
  }
}

/** A body that trickles in is given up with the question. */
function within({ deadlineMs, signal }: Ask): Pick<BackendCall, 'deadlineMs' | 'idleMs' | 'signal'> {
  return { deadlineMs, idleMs: deadlineMs, signal };
}

function heldFrom(answer: BackendAnswer & { readonly json: unknown }): Held | undefined {
  const { json, headers } = answer;
  const listing = isObject(json) ? readListing(json) : undefined;
  if (!isObject(json) || listing === undefined) return undefined;
  const revision = numberAt(json, 'revision');
  return { etag: headers['etag'] ?? '', listing, settled: json['settled'] !== false, revision };
}

interface Told {
  readonly isPing: boolean;
  /** Of the roll after it, where the registry says it. */
  readonly revision: number | undefined;
}

/** Server-sent events, as far as they matter here. */
async function* eventsIn(lines: AsyncIterable<string>): AsyncGenerator<Told, void, undefined> {
  let name = '';
  for await (const line of lines) {
    name = /^event: (\w+)/.exec(line)?.[1] ?? name;
    const [, data] = /^data: (.*)$/.exec(line) ?? [];
    if (data !== undefined) yield { isPing: name === 'ping', revision: numberAt(jsonFrom(data), 'revision') };
  }
}

function isWithin(revision: number | undefined, listed: number | undefined): boolean {
  return revision !== undefined && listed !== undefined && revision <= listed;
}
