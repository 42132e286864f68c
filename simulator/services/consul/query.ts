import { MILLISECOND, type Micros } from '../../../core/ports/clock.ts';
import type { HttpHeaders, HttpResponse } from '../../../core/ports/http.ts';
import type { FakePorts } from '../fake-service.ts';
import type { ConsulAgent } from './agent.ts';
import type { Catalog, Index } from './catalog.ts';
import { goDuration } from './durations.ts';
import { filterFrom } from './filter.ts';
import { ConsulRefusal } from './records.ts';
import type { ConsulState, Replica } from './state.ts';

const WAIT_DEFAULT_MS = 300_000;
const WAIT_MAX_MS = 600_000;
const UINT64_MAX = 0xffff_ffff_ffff_ffffn;
/** How long the cache of an agent answers while no server does. */
const CACHE_MS = 3 * 86_400_000;

/** What a client asks for beside the path. */
export interface Asked {
  readonly question: string;
  readonly parameters: ReadonlyMap<string, readonly string[]>;
  readonly signal: AbortSignal;
  /** Whether the token may see anything. */
  readonly maySee: boolean;
}

/** The part of a catalog that is asked for, and the index at which it last changed. */
export type Read = (catalog: Catalog) => { readonly index: Index; readonly value: unknown };

interface Kept {
  readonly answer: HttpResponse;
  readonly at: Micros;
}

/** Queries of one agent: which copy answers, how long they wait, and what the headers say of it. */
export class Queries {
  readonly #ports: FakePorts;
  readonly #state: ConsulState;
  readonly #agent: ConsulAgent;
  readonly #cache = new Map<string, Kept>();

  constructor(ports: FakePorts, state: ConsulState, agent: ConsulAgent) {
    this.#ports = ports;
    this.#state = state;
    this.#agent = agent;
  }

  async answer(asked: Asked, read: Read): Promise<HttpResponse> {
    const has = (name: string): boolean => asked.parameters.has(name);
    if (has('stale') && has('consistent')) {
      throw new ConsulRefusal(400, 'Cannot specify ?stale with ?consistent, conflicting semantics.');
    }
    if (has('cached') && has('consistent')) {
      throw new ConsulRefusal(400, 'Cannot specify ?cached with ?consistent, conflicting semantics.');
    }
    const dc = asked.parameters.get('dc')?.[0];
    if (dc !== undefined && dc !== '' && dc !== this.#state.datacenter) {
      throw new ConsulRefusal(500, 'No path to datacenter');
    }
    return has('cached') ? this.#cached(asked, read) : this.#fresh(asked, read);
  }

  async #fresh(asked: Asked, read: Read): Promise<HttpResponse> {
    const { clock } = this.#ports;
    const least = indexFrom(asked.parameters.get('index')?.[0]);
    const waitMs = waitFrom(asked.parameters.get('wait')?.[0]);
    const jitterMs = this.#ports.random.int(Math.floor(waitMs / 16) + 1);
    const end = clock.now() + (waitMs + jitterMs) * MILLISECOND;
    const { generation } = this.#state;
    for (;;) {
      const view = this.#view(asked.parameters);
      const { value, index } = this.#indexed(read(view.catalog));
      const isDue = least === 0n || index > least || index === 0n || generation !== this.#state.generation;
      if (isDue || clock.now() >= end || asked.signal.aborted) return this.#response(asked, view, value, index);
      await this.#change(end, asked.signal);
    }
  }

  /** Faults of the index, as users of Consul have met them. */
  #indexed({ index, value }: ReturnType<Read>): ReturnType<Read> {
    const zero = this.#ports.suffers('consul-index-zero');
    zero?.strike();
    if (zero !== undefined) return { index: 0n, value };
    const coarse = this.#ports.suffers('consul-index-coarse');
    coarse?.strike();
    return { index: coarse === undefined ? index : this.#state.index, value };
  }

  #view(parameters: Asked['parameters']): { catalog: Catalog; headers: HttpHeaders } {
    const { server } = this.#agent;
    if (server === undefined) throw new ConsulRefusal(500, 'No known Consul servers');
    const leader = server.leader();
    const mode = parameters.has('stale') ? 'stale' : parameters.has('consistent') ? 'consistent' : 'leader';
    if (leader === undefined && mode !== 'stale') throw new ConsulRefusal(500, 'No cluster leader');
    const answers: Replica = mode === 'stale' ? server : leader!;
    const headers = {
      'x-consul-knownleader': String(leader !== undefined),
      'x-consul-lastcontact': String(mode === 'stale' ? answers.lagMs : 0),
      'x-consul-effective-consistency': mode,
    };
    return { catalog: answers.catalog, headers };
  }

  #response(asked: Asked, view: { headers: HttpHeaders }, value: unknown, index: Index): HttpResponse {
    const filter = asked.parameters.get('filter')?.[0];
    const whole = Array.isArray(value) && filter ? value.filter(filterFrom(filter)) : value;
    const isHidden = !asked.maySee && Object.keys(whole as object).length > 0;
    const seen = asked.maySee ? whole : Array.isArray(whole) ? [] : {};
    const headers = {
      ...JSON_HEADERS,
      ...view.headers,
      'x-consul-index': String(index),
      ...(isHidden && { 'x-consul-results-filtered-by-acls': 'true' }),
    };
    return { status: 200, headers, body: JSON.stringify(seen) };
  }

  /** The agent keeps its last answer, and gives it while the servers give none. */
  async #cached(asked: Asked, read: Read): Promise<HttpResponse> {
    const { clock } = this.#ports;
    const kept = this.#cache.get(asked.question);
    try {
      const answer = await this.#fresh(asked, read);
      this.#cache.set(asked.question, { answer, at: clock.now() });
      const hit = kept === undefined ? 'MISS' : 'HIT';
      return { ...answer, headers: { ...answer.headers, 'x-cache': hit, age: '0' } };
    } catch (error) {
      const ageMs = kept === undefined ? Infinity : Math.floor((clock.now() - kept.at) / MILLISECOND);
      if (kept === undefined || ageMs > CACHE_MS || !(error instanceof ConsulRefusal)) throw error;
      const age = String(Math.floor(ageMs / 1_000));
      return { ...kept.answer, headers: { ...kept.answer.headers, 'x-cache': 'HIT', age } };
    }
  }

  #change(end: Micros, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    return new Promise((resolve) => {
      const wake = (): void => {
        clock.cancel(timer);
        stop();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = clock.after(end - clock.now(), wake);
      const stop = this.#state.onWake(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

export const JSON_HEADERS: HttpHeaders = { 'content-type': 'application/json' };

function indexFrom(text: string | undefined): Index {
  if (text === undefined || text === '') return 0n;
  const index = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  if (index === undefined || index > UINT64_MAX) throw new ConsulRefusal(400, 'Invalid index');
  return index;
}

function waitFrom(text: string | undefined): number {
  if (text === undefined || text === '') return WAIT_DEFAULT_MS;
  const ms = goDuration(text);
  if (ms === undefined) throw new ConsulRefusal(400, 'Invalid wait time');
  return Math.min(ms === 0 ? WAIT_DEFAULT_MS : ms, WAIT_MAX_MS);
}
