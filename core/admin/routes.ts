import { clusterHealth, nodeInfo, tallyOf, type NodeInfo } from '../health/cluster-health.ts';
import { rosterOf } from '../health/roster.ts';
import { STATE_NAMES } from '../membership/events.ts';
import { NotRunning } from '../membership/membership.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpBody, HttpRequest } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import { badRequest, textField } from './call.ts';
import type { EventStreams } from './event-streams.ts';
import type { Operated } from './operated.ts';

/** What the routes of one node work with. */
export interface Desk {
  readonly node: Operated;
  readonly clock: Clock;
  readonly log: Log;
  readonly streams: EventStreams;
  /** All metrics in the text format of Prometheus. */
  readonly scrape: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface Call {
  readonly request: HttpRequest;
  readonly query: ReadonlyMap<string, string>;
}

/** What a route answers: JSON with 200 unless it says otherwise. */
export type Reply =
  | { readonly json: unknown; readonly status?: number }
  | { readonly contentType: string; readonly body: HttpBody };

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Only for those who may change things. */
  readonly guarded: boolean;
  readonly query: readonly string[];
  readonly reply: (desk: Desk, call: Call) => Reply | Promise<Reply>;
}

export const ROUTES: readonly Route[] = [
  open('/healthz', liveness),
  open('/health', liveness),
  open('/readyz', ({ node }) => {
    const readiness = node.readiness();
    return { json: readiness, status: readiness.ready ? 200 : 503 };
  }),
  open('/metrics', async ({ scrape }) => {
    const { contentType, text } = await scrape();
    return { contentType, body: text };
  }),
  open('/cluster/health', ({ node }) => ({
    json: clusterHealth(rosterOf(node.membership), (name) => node.lastSeen(name)),
  })),
  open('/cluster/nodes', (desk, { query }) => ({ json: nodes(desk.node, query) }), ['state', 'name']),
  open('/cluster/discovery/health', ({ node }) => ({ json: node.discoveryHealth() })),
  open('/cluster/info', ({ node }) => ({ json: info(node) })),
  open('/cluster/events', ({ node: { membership }, clock, streams }, { request }) => {
    if (!membership.running) throw new NotRunning('/cluster/events');
    return { contentType: 'application/x-ndjson', body: streams.open(membership, clock, request.signal) };
  }),
  {
    method: 'GET',
    path: '/cluster/directory',
    // Each question may cost one of every backend.
    guarded: true,
    query: ['id'],
    reply: async ({ node }, { query }) => ({ json: await node.directory.lookup(needed(query, 'id')) }),
  },
  { method: 'GET', path: '/cluster/keys', guarded: true, query: [], reply: ({ node }) => ({ json: keys(node) }) },

  change('/cluster/leave', ({ node, clock, log }) => {
    // The answer goes out first: leaving closes the door that it would have to take.
    clock.after(0, () => {
      node.leave().catch((error: unknown) => log.error({ operation: 'admin', error }, 'leaving failed'));
    });
    return { json: { status: 'leaving' }, status: 202 };
  }),
  change('/cluster/force-leave', ({ node }, { request }) => {
    const name = textField(request, 'name');
    node.membership.forceLeave(name);
    return { json: { status: 'left', name } };
  }),
  ...(['install', 'use', 'remove'] as const).map((action) =>
    change(`/cluster/keys/${action}`, async ({ node }, { request }) => {
      await node.keys[action](textField(request, 'key'));
      return { json: keys(node) };
    }),
  ),
];

function open(path: string, reply: Route['reply'], query: readonly string[] = []): Route {
  return { method: 'GET', path, guarded: false, query, reply };
}

function change(path: string, reply: Route['reply']): Route {
  return { method: 'POST', path, guarded: true, query: [], reply };
}

function needed(query: ReadonlyMap<string, string>, name: string): string {
  const value = query.get(name) ?? '';
  if (value === '') throw badRequest(`Say which: ?${name}=…`);
  return value;
}

function liveness({ node }: Desk): Reply {
  const { membership, version } = node;
  return { json: { status: 'ok', name: membership.name, uptime_seconds: node.uptime(), version } };
}

function keys(node: Operated): unknown {
  return { keys: node.keys.list() };
}

function nodes(node: Operated, query: ReadonlyMap<string, string>): NodeInfo[] {
  const name = query.get('name');
  const states = query.get('state')?.split(',');
  const known: readonly string[] = Object.values(STATE_NAMES);
  const strange = states?.find((state) => !known.includes(state));
  if (strange !== undefined) {
    throw badRequest(`No state is called ${JSON.stringify(strange)}. States: ${known.join(', ')}.`);
  }
  return rosterOf(node.membership)
    .filter((member) => name === undefined || member.name === name)
    .filter((member) => states === undefined || states.includes(member.state))
    .map((member) => nodeInfo(member, node.lastSeen(member.name)));
}

function info(node: Operated): unknown {
  const { membership, version } = node;
  return {
    ...nodeInfo(membership.local(), 0),
    version,
    uptime_seconds: node.uptime(),
    ...node.readiness(),
    health_score: membership.healthScore,
    queue_length: membership.queued,
    keys: node.keys.list().length,
    sealing: node.sealing(),
    members: tallyOf(rosterOf(membership)),
    counters: inSnakeCase({ ...membership.counters }),
  };
}

function inSnakeCase(counters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(counters).map(([name, value]) => [name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value]),
  );
}
