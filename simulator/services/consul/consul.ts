import type { HttpHandler, HttpRequest } from '../../../core/ports/http.ts';
import type { FakePorts, FakeService } from '../fake-service.ts';
import { InvalidSetting } from '../../../core/errors.ts';
import { ConsulAgent, type AgentOptions } from './agent.ts';
import { definitionFrom } from './definitions.ts';
import { Queries } from './query.ts';
import { ConsulRefusal } from './records.ts';
import { ROUTES, type Desk, type Visit } from './routes.ts';
import { ConsulServer, type ServerTimes } from './server.ts';
import type { ConsulState, Policy } from './state.ts';

export interface ConsulOptions extends Partial<ServerTimes>, Partial<AgentOptions> {
  /** A server votes, and has a copy of the catalog; a client agent asks servers. */
  readonly server?: boolean;
}

/**
 * `consul-no-leader`: this server hears no leader. `consul-stale`: it learns nothing new from it. `consul-restore`: an
 * old snapshot takes the place of everything, as many changes back as the argument says (half of them unless given).
 * `consul-index-zero`: queries answer the index 0 and never wait. `consul-index-coarse`: every change anywhere wakes
 * every query. `consul-acl`: no token is known any more. `consul-agent-forgets`: the agent has restarted without a
 * data directory.
 */
const EFFECTS = [
  'consul-no-leader',
  'consul-stale',
  'consul-restore',
  'consul-index-zero',
  'consul-index-coarse',
  'consul-acl',
  'consul-agent-forgets',
] as const;

const DEFAULTS: ServerTimes & AgentOptions & { readonly server: boolean } = {
  server: true,
  electionMs: 10_000,
  lagMs: 20,
  address: '127.0.0.1',
  persists: true,
  syncMs: 20,
  probe: undefined,
};

/** A Consul server or client agent. Those of one datacenter share a `ConsulState`, and hear each other as their hosts do. */
export function createConsul(ports: FakePorts, state: ConsulState, options: ConsulOptions = {}): FakeService {
  const all = { ...DEFAULTS, ...options };
  const server = all.server ? new ConsulServer(ports, state, all) : undefined;
  const agent = new ConsulAgent(ports, state, server, all);
  const desk: Desk = { state, agent, queries: new Queries(ports, state, agent) };
  const now = (): number => ports.clock.now();
  const commands: Readonly<Record<string, (argument: unknown) => void>> = {
    register: (body) => agent.register(definitionFrom(body)),
    deregister: (id) => agent.deregister(String(id)),
    /** A change that concerns no service. */
    churn: () => agent.server && state.commit(agent.server, now(), { kind: 'other' }),
    grant: (argument) => {
      const { token, policy } = argument as { readonly token: string; readonly policy: Policy };
      state.tokens?.set(token, policy);
    },
    revoke: (token) => state.tokens?.delete(String(token)),
  };
  return {
    handler: handlerOf(desk, ports),
    effects: EFFECTS,
    struck(effect, argument) {
      const half = Math.ceil(state.log.length / 2);
      if (effect === 'consul-agent-forgets') agent.forget();
      else if (effect === 'consul-restore') state.restore(typeof argument === 'number' ? argument : half);
      else return;
      ports.suffers(effect)?.strike();
    },
    command(name, argument) {
      const command = commands[name];
      if (command === undefined) {
        throw new InvalidSetting('command', name, `one of ${Object.keys(commands).join(', ')}`);
      }
      command(argument);
    },
    inspect: state,
  };
}

function handlerOf(desk: Desk, ports: FakePorts): HttpHandler {
  return async (request) => {
    try {
      const [path = '', search = ''] = request.url.split('?', 2);
      const { route, name } = routeOf(request.method, path);
      const parameters = parametersOf(search);
      const policy = policyOf(desk.state, ports, tokenOf(request, parameters));
      const visit: Visit = {
        request,
        name,
        parameters,
        question: `${path} ${[...parameters].filter(([key]) => key !== 'index' && key !== 'wait').join('&')}`,
        signal: request.signal,
        maySee: policy !== 'none',
        mayWrite(service) {
          if (policy === 'write') return;
          throw new ConsulRefusal(
            403,
            `Permission denied: token with AccessorID '00000000-0000-0000-0000-000000000002' lacks permission 'service:write' on "${service}"`,
          );
        },
      };
      return await route(desk, visit);
    } catch (error) {
      if (!(error instanceof ConsulRefusal)) throw error;
      return { status: error.status, headers: { 'content-type': 'text/plain' }, body: error.message };
    }
  };
}

function routeOf(method: string, path: string): { route: (typeof ROUTES)[string]; name: string } {
  const exact = ROUTES[`${method} ${path}`];
  if (exact !== undefined) return { route: exact, name: '' };
  const starred = Object.keys(ROUTES).find(
    (key) => key.endsWith('*') && `${method} ${path}`.startsWith(key.slice(0, -1)),
  );
  if (starred === undefined) throw new ConsulRefusal(404, `Invalid URL path: not a recognized HTTP API endpoint`);
  return { route: ROUTES[starred]!, name: decoded(`${method} ${path}`.slice(starred.length - 1)) };
}

function parametersOf(search: string): Map<string, string[]> {
  const parameters = new Map<string, string[]>();
  for (const pair of search.split('&').filter((text) => text !== '')) {
    const cut = pair.includes('=') ? pair.indexOf('=') : pair.length;
    const name = decoded(pair.slice(0, cut));
    const value = decoded(pair.slice(cut + 1).replaceAll('+', ' '));
    parameters.set(name, [...(parameters.get(name) ?? []), value]);
  }
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConsulRefusal(400, 'Invalid URL encoding');
  }
}

function tokenOf({ headers }: HttpRequest, parameters: ReadonlyMap<string, readonly string[]>): string {
  const bearer = /^Bearer (.+)$/i.exec(headers['authorization'] ?? '')?.[1];
  return headers['x-consul-token'] ?? bearer ?? parameters.get('token')?.[0] ?? '';
}

function policyOf({ tokens }: ConsulState, ports: FakePorts, token: string): Policy | 'none' {
  const revoked = ports.suffers('consul-acl');
  revoked?.strike();
  const known = revoked === undefined ? (tokens === undefined ? 'write' : tokens.get(token)) : undefined;
  if (known === undefined && (token !== '' || revoked !== undefined)) throw new ConsulRefusal(403, 'ACL not found');
  return known ?? 'none';
}
