import { RollcallError } from '../errors.ts';
import type { AdminConfig } from '../config/node-config.ts';
import type { Crypto } from '../ports/crypto.ts';
import type { HttpHandler, HttpHeaders, HttpRequest, HttpResponse } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import { guardOf, type Guard } from './access.ts';
import { badRequest, checkContentType, targetOf, type Target } from './call.ts';
import { EventStreams } from './event-streams.ts';
import type { Operated } from './operated.ts';
import { AdminRefusal } from './refusal.ts';
import { ROUTES, type Desk, type Route } from './routes.ts';

export interface AdminOptions extends Omit<Desk, 'node' | 'streams'> {
  /** Checked by `checkAdmin`. */
  readonly config: Pick<AdminConfig, 'bind' | 'allowChanges' | 'token' | 'caFile'>;
  readonly crypto: Crypto;
}

/** What an error of ours means to whoever asked; others are 500. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  INVALID_KEY: 400,
  UNKNOWN_MEMBER: 404,
  MEMBER_IS_LIVE: 409,
  PEER_NOT_FOUND: 404,
  DIRECTORY_FAILED: 503,
  ID_COLLISION: 409,
  NOT_RUNNING: 503,
};

/** Nothing here may be kept: it is old in a moment. */
const COMMON: HttpHeaders = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** The admin interface of one node. */
export function adminHandler(node: Operated, options: AdminOptions): HttpHandler {
  const guard = guardOf(options.config, options.crypto);
  const log = options.log.child({ operation: 'admin' });
  const desk: Desk = { node, clock: options.clock, log, streams: new EventStreams(), scrape: options.scrape };
  return async (request) => {
    let target: Target = { path: '', query: new Map() };
    try {
      target = targetOf(request.url);
      const response = await respond(desk, guard, request, target);
      return request.method === 'HEAD' ? { ...response, body: '' } : response;
    } catch (error) {
      const { status, code, message, headers } = problemOf(error, log);
      return json(status, { error: { code, message } }, target, headers);
    }
  };
}

async function respond(desk: Desk, guard: Guard, request: HttpRequest, target: Target): Promise<HttpResponse> {
  const route = routeOf(request.method, target.path);
  for (const name of target.query.keys()) {
    const known = [...route.query, 'pretty'];
    if (!known.includes(name)) {
      throw badRequest(
        `${JSON.stringify(name)} is no query parameter of ${route.path}. It takes: ${known.join(', ')}.`,
      );
    }
  }
  if (route.guarded) guard(request);
  if (route.method === 'POST') checkContentType(request);
  const reply = await route.reply(desk, { request, query: target.query });
  if (route.method === 'POST') {
    desk.log.info({ path: route.path, from: request.peer.address }, `${request.peer.address} asked for ${route.path}`);
  }
  if ('json' in reply) return json(reply.status ?? 200, reply.json, target, {});
  return { status: 200, headers: { ...COMMON, 'content-type': reply.contentType }, body: reply.body };
}

function routeOf(method: string, path: string): Route {
  const here = ROUTES.filter((route) => route.path === path);
  if (here.length === 0) {
    const all = ROUTES.map((route) => `${route.method} ${route.path}`).join(', ');
    throw new AdminRefusal(404, 'NOT_FOUND', `Nothing is at ${JSON.stringify(path)}. There is: ${all}.`);
  }
  const wanted = method === 'HEAD' ? 'GET' : method;
  const route = here.find((one) => one.method === wanted);
  if (route !== undefined) return route;
  const allow = here.flatMap((one) => (one.method === 'GET' ? ['GET', 'HEAD'] : [one.method])).join(', ');
  throw new AdminRefusal(405, 'METHOD_NOT_ALLOWED', `${path} takes ${allow}, not ${method}.`, { allow });
}

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers: HttpHeaders;
}

function problemOf(error: unknown, log: Log): Problem {
  if (error instanceof AdminRefusal) return error;
  if (error instanceof RollcallError) {
    const { code, message } = error;
    const status = STATUS_OF_CODE[code] ?? 500;
    if (status === 500) log.error({ code }, message);
    return { status, code, message, headers: {} };
  }
  log.error({ error }, 'an admin request failed');
  return {
    status: 500,
    code: 'INTERNAL',
    message: 'This is a fault of the node; its log has the details.',
    headers: {},
  };
}

function json(status: number, value: unknown, { query }: Target, headers: HttpHeaders): HttpResponse {
  const indent = query.has('pretty') ? 2 : 0;
  return {
    status,
    headers: { ...COMMON, 'content-type': 'application/json', ...headers },
    body: `${JSON.stringify(value, null, indent)}\n`,
  };
}
