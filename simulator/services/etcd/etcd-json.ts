import { fromBase64, toBase64 } from '../../../core/base64.ts';
import type { HttpResponse } from '../../../core/ports/http.ts';
import type { Version, Written } from './etcd-store.ts';

/** etcd refuses: as a single answer says it, or as a stream does. */
export class Refused extends Error {
  readonly status: number;
  readonly grpcCode: number;

  constructor(status: number, grpcCode: number, message: string) {
    super(message);
    this.status = status;
    this.grpcCode = grpcCode;
  }
}

/** As etcd 3.4.23 says them, measured. */
export const REFUSALS = {
  noLeader: () => new Refused(503, 14, 'etcdserver: no leader'),
  timedOut: () => new Refused(503, 14, 'etcdserver: request timed out'),
  deadline: () => new Refused(500, 2, 'context deadline exceeded'),
  leaseMissing: () => new Refused(404, 5, 'etcdserver: requested lease not found'),
  leaseExists: () => new Refused(412, 9, 'etcdserver: lease already exists'),
  leaseTooLong: () => new Refused(400, 11, 'etcdserver: too large lease TTL'),
  compacted: () => new Refused(400, 11, 'etcdserver: mvcc: required revision has been compacted'),
  future: () => new Refused(400, 11, 'etcdserver: mvcc: required revision is a future revision'),
  noKey: () => new Refused(400, 3, 'etcdserver: key is not provided'),
  noSpace: () => new Refused(429, 8, 'etcdserver: mvcc: database space exceeded'),
  noUser: () => new Refused(400, 3, 'etcdserver: user name is empty'),
  badToken: () => new Refused(401, 16, 'etcdserver: invalid auth token'),
  badLogin: () => new Refused(400, 3, 'etcdserver: authentication failed, invalid user ID or password'),
  authOff: () => new Refused(412, 9, 'etcdserver: authentication is not enabled'),
  unreadable: (what: string) => new Refused(400, 3, what),
};

const JSON_TYPE = { 'content-type': 'application/json', 'grpc-metadata-content-type': 'application/grpc' };

/** Fields that are zero, false or empty are left out, as Go leaves them out; 64-bit numbers are texts. */
export function lean(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isZero = (value: unknown): boolean =>
    value === undefined || value === '' || value === '0' || value === false || (Array.isArray(value) && !value.length);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isZero(value)));
}

export function answerOf(json: unknown): HttpResponse {
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(json) };
}

export function refusalOf({ status, grpcCode, message }: Refused): HttpResponse {
  const body = JSON.stringify({ error: message, message, code: grpcCode });
  return { status, headers: { 'content-type': 'application/json' }, body };
}

/** A line of a stream that has begun, and the whole answer of one that has not. */
export function streamRefusal({ status, grpcCode, message }: Refused): { error: unknown } {
  const words = status === 503 ? 'Service Unavailable' : status === 401 ? 'Unauthorized' : 'Bad Request';
  return { error: { grpc_code: grpcCode, http_code: status, message, http_status: words } };
}

export function streamRefused(refused: Refused): HttpResponse {
  const headers = { 'content-type': 'application/json' };
  return { status: refused.status, headers, body: JSON.stringify(streamRefusal(refused)) };
}

export function keyValueOf({ key, value, lease, created, modified, version }: Version): unknown {
  return lean({
    key: base64Of(key),
    create_revision: `${created}`,
    mod_revision: `${modified}`,
    version: `${version}`,
    value,
    lease,
  });
}

/** A deletion has no value, whoever deleted. */
export function eventOf({ key, revision, now }: Written): unknown {
  if (now !== undefined) return { kv: keyValueOf(now) };
  return { type: 'DELETE', kv: { key: base64Of(key), mod_revision: `${revision}` } };
}

/** One character for each byte. */
export function keyFrom(base64: unknown): string {
  if (typeof base64 !== 'string') return '';
  try {
    return String.fromCharCode(...fromBase64(base64));
  } catch {
    throw REFUSALS.unreadable('illegal base64 data at input byte 0');
  }
}

export function base64Of(key: string): string {
  return toBase64(Uint8Array.from(key, (character) => character.charCodeAt(0)));
}
