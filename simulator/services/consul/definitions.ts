import { isTable } from '../../../core/config/kinds.ts';
import { goDuration } from './durations.ts';
import { ConsulRefusal, type CheckRecord, type CheckStatus, type ServiceRecord } from './records.ts';

/** What an agent does to learn how a service is. */
export interface CheckPlan {
  readonly record: CheckRecord;
  readonly ttlMs?: number;
  readonly intervalMs?: number;
  readonly target?: { readonly kind: 'http' | 'tcp'; readonly at: string };
  readonly deregisterAfterMs?: number;
}

export interface ServiceDefinition {
  readonly service: ServiceRecord;
  readonly checks: readonly CheckPlan[];
}

type Table = Readonly<Record<string, unknown>>;
/** Consul takes no shorter one. */
const DEREGISTER_MIN_MS = 60_000;

/** The body of a registration, as an agent reads it. Names of fields may be written in any case, as Go reads JSON. */
export function definitionFrom(body: unknown): ServiceDefinition {
  const { name, id, address = '', port = 0, tags, meta, check, checks } = lower(body);
  if (typeof name !== 'string' || name === '') throw new ConsulRefusal(400, 'Missing service name');
  if (!Number.isInteger(port) || (port as number) < 0 || (port as number) > 65_535) {
    throw new ConsulRefusal(400, `Request decode error: invalid port ${JSON.stringify(port)}`);
  }
  const serviceId = typeof id === 'string' && id !== '' ? id : name;
  const service: ServiceRecord = {
    id: serviceId,
    name,
    address: String(address),
    port: port as number,
    tags: Array.isArray(tags) ? tags.map(String) : [],
    meta: Object.fromEntries(Object.entries(isTable(meta) ? meta : {}).map(([key, value]) => [key, String(value)])),
  };
  const plans = [...(isTable(check) ? [check] : []), ...(Array.isArray(checks) ? (checks as unknown[]) : [])];
  const alone = plans.length === 1;
  return {
    service,
    checks: plans.map((plan, i) => planFrom(lower(plan), service, alone ? '' : `:${i + 1}`)),
  };
}

export function statusFrom(text: unknown): CheckStatus | undefined {
  return text === 'passing' || text === 'warning' || text === 'critical' ? text : undefined;
}

function planFrom(plan: Table, service: ServiceRecord, suffix: string): CheckPlan {
  const { ttl, http, tcp, interval, status, checkid, name, deregistercriticalserviceafter: after } = plan;
  const ttlMs = durationOf(ttl);
  const intervalMs = durationOf(interval);
  const target =
    typeof http === 'string' && http !== ''
      ? ({ kind: 'http', at: http } as const)
      : typeof tcp === 'string' && tcp !== ''
        ? ({ kind: 'tcp', at: tcp } as const)
        : undefined;
  if (ttlMs === undefined && (target === undefined || intervalMs === undefined)) {
    throw new ConsulRefusal(400, 'Invalid check: TTL must be > 0 for TTL checks');
  }
  const afterMs = durationOf(after);
  const record: CheckRecord = {
    id: typeof checkid === 'string' && checkid !== '' ? checkid : `service:${service.id}${suffix}`,
    name: typeof name === 'string' && name !== '' ? name : `Service '${service.name}' check`,
    status: statusFrom(status) ?? 'critical',
    output: '',
    type: target?.kind ?? 'ttl',
    serviceId: service.id,
  };
  return {
    record,
    ...(ttlMs !== undefined && { ttlMs }),
    ...(intervalMs !== undefined && { intervalMs }),
    ...(target && { target }),
    ...(afterMs !== undefined && { deregisterAfterMs: Math.max(DEREGISTER_MIN_MS, afterMs) }),
  };
}

function durationOf(text: unknown): number | undefined {
  if (text === undefined || text === '') return undefined;
  const ms = typeof text === 'string' ? goDuration(text) : undefined;
  if (ms === undefined) {
    throw new ConsulRefusal(400, `Request decode error: time: invalid duration ${JSON.stringify(text)}`);
  }
  return ms;
}

export function lower(table: unknown): Table {
  return isTable(table)
    ? Object.fromEntries(Object.entries(table).map(([key, value]) => [key.toLowerCase(), value]))
    : {};
}
