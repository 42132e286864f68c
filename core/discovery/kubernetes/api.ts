import { MILLISECOND, type Clock, type Micros } from '../../ports/clock.ts';
import type { HttpCall, HttpClients } from '../../ports/http.ts';
import type { Random } from '../../ports/random.ts';
import { BackendCalls, BackendRefused } from '../backend-calls.ts';
import type { Budget } from '../cloud/budget.ts';
import { pairsEncoded, percentEncoded } from '../cloud/encoding.ts';
import { listAt, numberAt, textAt, valueAt } from '../cloud/loose.ts';
import { SourceFailed } from '../source.ts';
import { METHOD, type Access } from './access.ts';
import { inWords } from './refusals.ts';
import { namespaceOf, type Selection } from './selection.ts';

/** All objects of a selection at one moment. */
export interface Listed {
  readonly objects: readonly unknown[];
  /** Opaque: where a watch goes on. */
  readonly version: string;
  readonly namespace: string;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
}

const FOLDERS: Readonly<Record<Selection['kind'], string>> = {
  pods: '/api/v1',
  endpointslices: '/apis/discovery.k8s.io/v1',
};

/** Tokens and authorities are files that somebody else replaces. */
const ACCESS_LIFETIME: Micros = 60_000 * MILLISECOND;
const PAGE = 500;
/** A server that never says "that was all" is ill. */
const PAGES_MAX = 100;
/** Bookmarks come about once a minute: after this much silence nobody is there any more, whatever TCP believes. */
const SILENCE_MS = 100_000;
const WATCH_HEAD_MS = 15_000;
/** How long a server may keep up a watch. Drawn, so that nodes that started together do not list together. */
const WATCH_SECONDS = { least: 240, most: 480 } as const;
const EXPIRED = 410;
const UNAUTHORIZED = 401;

export interface ApiPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly http: HttpClients;
  readonly access: () => Promise<Access>;
}

/** What we ask of the Kubernetes API: lists and watches. */
export class KubernetesApi {
  readonly #ports: ApiPorts;
  #held: { readonly access: Access; readonly until: Micros } | undefined;

  constructor(ports: ApiPorts) {
    this.#ports = ports;
  }

  /** Everything, as of now: without a resourceVersion the server may not answer from an old copy. */
  async list(selection: Selection, budget: Budget): Promise<Listed> {
    try {
      return await this.#pages(selection, budget, PAGE);
    } catch (error) {
      // The place where the next page begins is kept for minutes only: all at once cannot expire.
      if (isExpired(error)) return this.#pages(selection, budget, undefined);
      throw error;
    }
  }

  /** Changes since that list, until the server ends it. Throws also when the server has stopped sending anything. */
  async *watch(selection: Selection, { version }: Listed, signal: AbortSignal): AsyncGenerator<WatchEvent, void> {
    const access = await this.#access();
    const { least, most } = WATCH_SECONDS;
    const query = {
      watch: 'true',
      resourceVersion: version,
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(least + this.#ports.random.int(most - least + 1)),
    };
    const limits = { deadlineMs: WATCH_HEAD_MS, idleMs: SILENCE_MS, signal };
    const call = callFor(access, selection, query, limits);
    try {
      for await (const line of this.#calls(access).lines(call)) {
        const event = { type: textAt(line, 'type'), object: valueAt(line, 'object') };
        if (event.type === 'ERROR') throw statusFailed(event.object);
        yield event;
      }
    } catch (error) {
      if (error instanceof BackendRefused && error.status === UNAUTHORIZED) this.#held = undefined;
      throw inWords(error, 'watch', selection, access);
    }
  }

  async #pages(selection: Selection, budget: Budget, limit: number | undefined): Promise<Listed> {
    const objects: unknown[] = [];
    let next = '';
    for (let page = 0; page < PAGES_MAX; page++) {
      const query = {
        ...(limit === undefined ? {} : { limit: String(limit) }),
        ...(next === '' ? {} : { continue: next }),
      };
      const { json, namespace } = await this.#ask(selection, query, budget);
      const items = valueAt(json, 'items');
      const version = textAt(json, 'metadata', 'resourceVersion');
      // Go writes an empty list as null.
      if ((!Array.isArray(items) && items !== null) || version === '') {
        throw new SourceFailed(
          METHOD,
          `the list of ${selection.kind} in ${namespace} is no list. Is that a Kubernetes API?`,
        );
      }
      objects.push(...listAt(json, 'items'));
      next = textAt(json, 'metadata', 'continue');
      if (next === '') return { objects, version, namespace };
    }
    throw new SourceFailed(METHOD, `the list of ${selection.kind} does not end after ${PAGES_MAX} pages.`);
  }

  /** One page; asked for once more with fresh credentials where those at hand are refused. */
  async #ask(
    selection: Selection,
    query: Readonly<Record<string, string>>,
    budget: Budget,
    again = true,
  ): Promise<{ json: unknown; namespace: string }> {
    const access = await this.#access();
    try {
      const { json } = await this.#calls(access).json(callFor(access, selection, query, budget.limits()));
      return { json, namespace: namespaceOf(access, selection) };
    } catch (error) {
      if (error instanceof BackendRefused && error.status === UNAUTHORIZED) {
        this.#held = undefined;
        if (again) return this.#ask(selection, query, budget, false);
      }
      throw inWords(error, 'list', selection, access);
    }
  }

  #calls({ trust }: Access): BackendCalls {
    return new BackendCalls(METHOD, this.#ports.http(trust));
  }

  async #access(): Promise<Access> {
    const { clock, access } = this.#ports;
    if (this.#held === undefined || clock.now() >= this.#held.until) {
      this.#held = { access: await access(), until: clock.now() + ACCESS_LIFETIME };
    }
    return this.#held.access;
  }
}

/** What was asked for lies before the history that the server keeps: a new list is needed. */
export function isExpired(error: unknown): boolean {
  return error instanceof BackendRefused && error.status === EXPIRED;
}

function callFor(
  access: Access,
  selection: Selection,
  query: Readonly<Record<string, string>>,
  limits: Pick<HttpCall, 'deadlineMs' | 'idleMs' | 'signal'>,
): HttpCall {
  const { kind, labelSelector, fieldSelector } = selection;
  const selectors = {
    ...(labelSelector === '' ? {} : { labelSelector }),
    ...(fieldSelector === '' ? {} : { fieldSelector }),
  };
  const path = `${FOLDERS[kind]}/namespaces/${percentEncoded(namespaceOf(access, selection))}/${kind}`;
  return {
    url: `${access.server}${path}?${pairsEncoded({ ...selectors, ...query })}`,
    headers: {
      accept: 'application/json',
      'user-agent': 'rollcall',
      ...(access.token === '' ? {} : { authorization: `Bearer ${access.token}` }),
    },
    ...limits,
  };
}

/** A `Status` in the middle of a watch is an answer like one with that status. */
function statusFailed(status: unknown): BackendRefused {
  const code = numberAt(status, 'code') ?? 0;
  const seconds = numberAt(status, 'details', 'retryAfterSeconds');
  const retry = seconds === undefined ? {} : { retryAfterMs: seconds * 1_000 };
  const problem = `the watch ends with status ${code}: ${textAt(status, 'message')}`;
  return new BackendRefused(METHOD, problem, { status: code, text: JSON.stringify(status), ...retry });
}
