import { badRequest, type Target } from '../../admin/call.ts';
import { AdminRefusal } from '../../admin/refusal.ts';
import { canonicalAddress } from '../../address.ts';
import { MILLISECOND, SECOND, type Clock, type Micros } from '../../ports/clock.ts';
import type { HttpBody, HttpHeaders, HttpRequest } from '../../ports/http.ts';
import { addressFrom, enrolmentFrom, HEARTBEATS_PER_TTL } from './enrolment.ts';
import type { EventLog } from './event-log.ts';
import type { Enrolled, Roll } from './roll.ts';

/** What the routes of one registry work with. */
export interface RegistryDesk {
  readonly roll: Roll;
  readonly log: EventLog;
  readonly clock: Clock;
  /** Another one after every start: revisions begin anew. */
  readonly epoch: string;
  readonly startedAt: Micros;
  /** Whether everybody who was registered before the start has had the time to come back. */
  readonly isSettled: () => boolean;
  readonly ttlMs: number;
  readonly entriesMax: number;
  readonly streamsMax: number;
  streams: number;
}

interface RegistryCall {
  readonly request: HttpRequest;
  readonly target: Target;
  /** What stands in the path in place of `:id`. */
  readonly id: string;
}

export interface RegistryReply {
  readonly status?: number;
  readonly headers?: HttpHeaders;
  /** JSON unless there is a body. */
  readonly json?: unknown;
  readonly body?: HttpBody;
}

export interface RegistryRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Whoever watches over processes has no token. */
  readonly open?: true;
  readonly reply: (desk: RegistryDesk, call: RegistryCall) => RegistryReply;
}

export const REGISTRY_ROUTES: readonly RegistryRoute[] = [
  { method: 'POST', path: '/register', reply: register },
  { method: 'PUT', path: '/heartbeat/:id', reply: heartbeat },
  { method: 'DELETE', path: '/unregister/:id', reply: unregister },
  { method: 'GET', path: '/discover/all', reply: discoverAll },
  { method: 'GET', path: '/discover/instance/:id', reply: discoverOne },
  { method: 'GET', path: '/discover/worker/:id', reply: discoverOne },
  { method: 'GET', path: '/health', open: true, reply: () => ({ json: { status: 'ok' } }) },
  { method: 'GET', path: '/api/status', reply: (desk) => ({ json: status(desk) }) },
  { method: 'GET', path: '/api/clusters', reply: (desk) => ({ json: { clusters: clusters(desk) } }) },
  { method: 'GET', path: '/api/instances', reply: instances },
  { method: 'GET', path: '/api/events', reply: events },
];

function register({ roll, ttlMs, entriesMax }: RegistryDesk, { request }: RegistryCall): RegistryReply {
  const enrolment = enrolmentFrom(request, ttlMs);
  const { label, id } = enrolment;
  const outcome = roll.enrol(enrolment);
  if (outcome === 'taken') throw collision(roll.get(label, id)!);
  if (outcome === 'full') {
    const words = `${entriesMax} nodes are registered, as many as may be. Start the registry with room for more.`;
    throw new AdminRefusal(503, 'FULL', words, { 'retry-after': '30' });
  }
  return { status: outcome === 'new' ? 201 : 200, json: confirmed(roll.get(label, id)!) };
}

function heartbeat({ roll }: RegistryDesk, { request, target, id }: RegistryCall): RegistryReply {
  const label = target.query.get('label') ?? '';
  checkHolder(roll.get(label, id), addressFrom(request));
  const entry = roll.renew(label, id);
  if (entry === undefined) throw unknown(label, id);
  return { json: confirmed(entry) };
}

function unregister({ roll }: RegistryDesk, { target, id }: RegistryCall): RegistryReply {
  const label = target.query.get('label') ?? '';
  const entry = roll.get(label, id);
  if (entry === undefined) throw unknown(label, id);
  checkHolder(entry, target.query.get('address'));
  roll.remove(label, id);
  return { json: { status: 'unregistered', id } };
}

function discoverAll(desk: RegistryDesk, { request, target }: RegistryCall): RegistryReply {
  const { roll, epoch } = desk;
  const settled = desk.isSettled();
  const etag = `"${epoch}-${roll.revision}-${settled ? 'settled' : 'filling'}"`;
  if (request.headers['if-none-match'] === etag) return { status: 304, headers: { etag }, body: '' };
  const entries = roll.list(target.query.get('label')).map(shown);
  return { headers: { etag }, json: { revision: roll.revision, settled, entries } };
}

function discoverOne({ roll }: RegistryDesk, { target, id }: RegistryCall): RegistryReply {
  const label = target.query.get('label') ?? '';
  const entry = roll.get(label, id);
  if (entry === undefined) throw unknown(label, id);
  return { json: shown(entry) };
}

function instances({ roll, clock }: RegistryDesk, { target }: RegistryCall): RegistryReply {
  const all = roll.list(target.query.get('label')).map((entry) => {
    const leftMs = Math.floor((entry.expiresAt - clock.now()) / MILLISECOND);
    return {
      ...shown(entry),
      ttl_sec: entry.ttlMs / 1_000,
      expires_in_sec: leftMs / 1_000,
      health: healthOf(leftMs, entry),
    };
  });
  return { json: { instances: all } };
}

function events(desk: RegistryDesk, { request, target }: RegistryCall): RegistryReply {
  if (desk.streams >= desk.streamsMax) {
    const words = `${desk.streamsMax} streams of events are open, as many as may be. Ask for /discover/all now and then.`;
    throw new AdminRefusal(503, 'TOO_MANY_LISTENERS', words, { 'retry-after': '30' });
  }
  return {
    headers: { 'content-type': 'text/event-stream' },
    body: counted(desk, desk.log.stream(target.query.get('label'), request.signal)),
  };
}

/** A stream counts from its first line on: what nobody reads is none. */
async function* counted(desk: RegistryDesk, stream: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  desk.streams += 1;
  try {
    yield* stream;
  } finally {
    desk.streams -= 1;
  }
}

function status(desk: RegistryDesk): unknown {
  const { roll, clock, startedAt, epoch, ttlMs, entriesMax, streams } = desk;
  return {
    status: 'ok',
    uptime_sec: Math.floor((clock.now() - startedAt) / SECOND),
    epoch,
    revision: roll.revision,
    settled: desk.isSettled(),
    entries: roll.list().length,
    entries_max: entriesMax,
    clusters: clusters(desk).length,
    streams,
    ttl_sec: ttlMs / 1_000,
  };
}

function clusters({ roll }: RegistryDesk): { readonly label: string; readonly entries: number }[] {
  const counts = new Map<string, number>();
  for (const { label } of roll.list()) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, entries]) => ({ label, entries })).toSorted((a, b) => (a.label < b.label ? -1 : 1));
}

function shown({ id, address, label, tags, checksum }: Enrolled): object {
  return { id, address, label, tags, ...(checksum === undefined ? {} : { checksum }) };
}

function confirmed({ id, address, ttlMs }: Enrolled): unknown {
  return { id, address, ttl_sec: ttlMs / 1_000, heartbeat_sec: ttlMs / 1_000 / HEARTBEATS_PER_TTL };
}

/** By the heartbeats that failed to come. */
function healthOf(leftMs: number, { ttlMs }: Enrolled): 'healthy' | 'warning' | 'critical' {
  if (leftMs * HEARTBEATS_PER_TTL >= ttlMs * (HEARTBEATS_PER_TTL - 1)) return 'healthy';
  return leftMs * HEARTBEATS_PER_TTL >= ttlMs ? 'warning' : 'critical';
}

/** Nobody keeps, or takes back, the entry of another node. */
function checkHolder(entry: Enrolled | undefined, address: string | undefined): void {
  if (entry === undefined || address === undefined) return;
  if (canonicalOf(address) !== canonicalAddress(entry.address)) throw collision(entry);
}

function canonicalOf(address: string): string {
  try {
    return canonicalAddress(address);
  } catch {
    throw badRequest(`${JSON.stringify(address)} is no IP address with a port.`);
  }
}

function collision({ id, address }: Enrolled): AdminRefusal {
  return new AdminRefusal(409, 'ID_COLLISION', `${JSON.stringify(id)} is held by ${address}.`, { 'x-holder': address });
}

function unknown(label: string, id: string): AdminRefusal {
  const where = label === '' ? '' : ` in the cluster ${JSON.stringify(label)}`;
  return new AdminRefusal(404, 'NOT_REGISTERED', `Nobody is registered as ${JSON.stringify(id)}${where}.`);
}
