import type { Crypto } from '../../ports/crypto.ts';
import { bytesFromText } from '../../wire/text.ts';
import { rfc3339 } from '../../wall-time.ts';
import { hex, percentEncoded } from '../cloud/encoding.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** '' for keys that do not expire. */
  readonly sessionToken: string;
}

/** What a signature covers. */
export interface Signable {
  readonly method: string;
  /** Already encoded. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Names in lower case, `host` and `x-amz-date` among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where a signature counts. */
export interface Scope {
  readonly region: string;
  readonly service: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Milliseconds since 1970 as `20260102T150405Z`. */
export function amzDate(ms: number): string {
  return `${rfc3339(ms).slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** The value of the header `authorization`: AWS Signature Version 4, over all headers that are given. */
export function authorization(crypto: Crypto, what: Signable, scope: Scope, credentials: AwsCredentials): string {
  const names = Object.keys(what.headers).toSorted().join(';');
  const credential = `${credentials.accessKeyId}/${scopeOf(what, scope)}`;
  const signed = signature(crypto, what, scope, credentials.secretAccessKey);
  return `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signed}`;
}

export function signature(crypto: Crypto, what: Signable, scope: Scope, secret: string): string {
  const date = dateOf(what);
  const toSign = [ALGORITHM, date, scopeOf(what, scope), digest(crypto, canonical(crypto, what))].join('\n');
  let key = bytesFromText(`AWS4${secret}`);
  for (const part of [date.slice(0, 8), scope.region, scope.service, 'aws4_request', toSign]) {
    key = crypto.hmac(key, bytesFromText(part));
  }
  return hex(key);
}

function canonical(crypto: Crypto, { method, path, query, headers, body }: Signable): string {
  const names = Object.keys(headers).toSorted();
  const pairs = query.map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`);
  const lines = names.map((name) => `${name}:${headers[name]!.trim().replaceAll(/ +/g, ' ')}\n`);
  return [method, path, pairs.toSorted().join('&'), lines.join(''), names.join(';'), digest(crypto, body)].join('\n');
}

function dateOf({ headers }: Signable): string {
  return headers['x-amz-date'] ?? '';
}

function scopeOf(what: Signable, { region, service }: Scope): string {
  return [dateOf(what).slice(0, 8), region, service, 'aws4_request'].join('/');
}

function digest(crypto: Crypto, text: string): string {
  return hex(crypto.hash(bytesFromText(text)));
}
