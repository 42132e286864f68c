import { targetOf } from '../../admin/call.ts';
import { AdminRefusal } from '../../admin/refusal.ts';
import { InvalidSetting } from '../../errors.ts';
import { MILLISECOND, type Clock } from '../../ports/clock.ts';
import type { Crypto } from '../../ports/crypto.ts';
import type { Files } from '../../ports/files.ts';
import type { HttpHandler, HttpHeaders, HttpRequest, HttpResponse } from '../../ports/http.ts';
import type { Log } from '../../ports/log.ts';
import { bearerGuard } from './bearer.ts';
import { TTL_SEC } from './enrolment.ts';
import { EventLog } from './event-log.ts';
import { REGISTRY_ROUTES, type RegistryDesk, type RegistryReply, type RegistryRoute } from './registry-routes.ts';
import { Roll } from './roll.ts';
import { StateFile } from './state-file.ts';

/** Where a registry listens unless told otherwise. */
export const REGISTRY_PORT = 7950;

export interface RegistryServerOptions {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
  /** What everybody must show who asks anything but /health; '' for nothing. */
  readonly token?: string;
  /** How long an entry lives without a heartbeat, unless its node asks for something else. */
  readonly ttlMs?: number;
  readonly entriesMax?: number;
  readonly streamsMax?: number;
  /** Keeps the roll across restarts. */
  readonly state?: { readonly files: Files; readonly path: string };
}

export interface RegistryServer {
  readonly handler: HttpHandler;
  /** How many nodes are registered now. */
  readonly entries: number;
  /** Ends all streams and expiry, and waits until what is to be stored is stored. */
  close(): Promise<void>;
}

export const REGISTRY_DEFAULTS = { ttlMs: 30_000, entriesMax: 10_000, streamsMax: 1_024 } as const;

const COMMON: HttpHeaders = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };

/** A registry of nodes that enter themselves and say again and again that they live, as a function over time. */
export function registryServer(options: RegistryServerOptions): RegistryServer {
  const { clock, crypto, state } = options;
  const { ttlMs, entriesMax, streamsMax } = { ...REGISTRY_DEFAULTS, ...options };
  if (ttlMs < TTL_SEC.least * 1_000)
    throw new InvalidSetting('ttl', ttlMs / 1_000, `at least ${TTL_SEC.least} seconds`);
  const guard = bearerGuard(options.token ?? '', crypto);
  const log = new EventLog(clock);
  const file = state === undefined ? undefined : new StateFile(state.files, state.path, options.log);
  const roll = new Roll({
    clock,
    entriesMax,
    onEvent(event) {
      log.add(event);
      file?.save(() => roll.list());
    },
  });
  const startedAt = clock.now();
  let restored = false;
  let closing = false;
  const isSettled = (): boolean => restored || clock.now() - startedAt >= ttlMs * MILLISECOND;
  const ready = restore(file, roll).then((was) => void (restored = was));
  const epoch = Array.from(crypto.nonce(), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const desk: RegistryDesk = {
    roll,
    log,
    clock,
    epoch,
    startedAt,
    isSettled,
    ttlMs,
    entriesMax,
    streamsMax,
    streams: 0,
  };
  return {
    async handler(request) {
      await ready;
      try {
        // An empty roll of a registry that ends is no news, and whoever entered it then would be all that is stored.
        if (closing) throw new AdminRefusal(503, 'CLOSING', 'The registry ends.', { 'retry-after': '1' });
        return respond(desk, guard, request);
      } catch (error) {
        if (!(error instanceof AdminRefusal)) throw error;
        const { status, code, message, headers } = error;
        return answer({ status, headers, json: { error: { code, message } } });
      }
    },
    get entries() {
      return roll.size;
    },
    async close() {
      closing = true;
      log.end();
      await ready;
      await file?.settled();
      roll.clear();
    },
  };
}

/** Everybody gets a whole life from now on: nobody could say anything while we were away. */
async function restore(file: StateFile | undefined, roll: Roll): Promise<boolean> {
  const before = await file?.read();
  for (const enrolment of before ?? []) roll.enrol(enrolment);
  return before !== undefined;
}

function respond(desk: RegistryDesk, guard: (request: HttpRequest) => void, request: HttpRequest): HttpResponse {
  const target = targetOf(request.url);
  const { route, id } = routeOf(request.method, target.path);
  if (route.open !== true) guard(request);
  const response = answer(route.reply(desk, { request, target, id }));
  return request.method === 'HEAD' ? { ...response, body: '' } : response;
}

function answer({ status = 200, headers = {}, json, body }: RegistryReply): HttpResponse {
  if (body !== undefined) return { status, headers: { ...COMMON, ...headers }, body };
  const type = { 'content-type': 'application/json' };
  return { status, headers: { ...COMMON, ...type, ...headers }, body: `${JSON.stringify(json)}\n` };
}

function routeOf(method: string, path: string): { readonly route: RegistryRoute; readonly id: string } {
  const [, folder = '', encoded = ''] = /^(.*\/)([^/]*)$/.exec(path) ?? [];
  const here = REGISTRY_ROUTES.filter((one) => one.path === path || (encoded !== '' && one.path === `${folder}:id`));
  const [exact = here[0]] = here.filter((one) => one.path === path);
  if (exact === undefined) {
    const all = REGISTRY_ROUTES.map((one) => `${one.method} ${one.path}`).join(', ');
    throw new AdminRefusal(404, 'NOT_FOUND', `Nothing is at ${JSON.stringify(path)}. There is: ${all}.`);
  }
  const allow = exact.method === 'GET' ? 'GET, HEAD' : exact.method;
  if (!allow.split(', ').includes(method)) {
    throw new AdminRefusal(405, 'METHOD_NOT_ALLOWED', `${path} takes ${allow}, not ${method}.`, { allow });
  }
  return { route: exact, id: exact.path.endsWith(':id') ? decoded(encoded) : '' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AdminRefusal(400, 'BAD_REQUEST', `${JSON.stringify(text)} in the path is not percent-encoded UTF-8.`);
  }
}
