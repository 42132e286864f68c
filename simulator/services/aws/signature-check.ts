import { fromRfc3339 } from '../../../core/wall-time.ts';
import { signature } from '../../../core/discovery/aws/sigv4.ts';
import type { HttpRequest } from '../../../core/ports/http.ts';
import { textFromBytes } from '../../../core/wire/text.ts';
import { sessionOf } from './lending.ts';
import { addressed } from '../cloud/pairs.ts';
import type { CloudDesk } from '../cloud/cloud-fake.ts';

/** Requests that were signed longer ago, or later, than this are refused. */
const SKEW_MS = 300_000;

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;

/** What is wrong with the signature of a request: undefined when it is right. */
export type SignatureProblem = 'unsigned' | 'skewed' | 'expired' | 'unknown-key' | 'mismatch';

/** Reckons the signature of a request again, as AWS does, with the same crypto as its sender. */
export function signatureProblem(
  { account, ports, nowMs }: CloudDesk,
  { method, url, headers, body }: HttpRequest,
): SignatureProblem | undefined {
  const [, keyId, day, region, service, names, signed] = HEADER.exec(headers['authorization'] ?? '') ?? [];
  if (keyId === undefined) return 'unsigned';
  const date = headers['x-amz-date'] ?? '';
  const signedMs = fromRfc3339(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (signedMs === undefined || !date.startsWith(day!)) return 'unsigned';
  if (Math.abs(signedMs - nowMs()) > SKEW_MS) return 'skewed';
  const secret = account.secretOf(keyId, nowMs());
  if (secret === undefined) return headers['x-amz-security-token'] === undefined ? 'unknown-key' : 'expired';
  if (sessionOf(keyId) !== (headers['x-amz-security-token'] ?? '')) return 'unknown-key';
  const { path, query } = addressed(url);
  const covered = Object.fromEntries(names!.split(';').map((name) => [name, headers[name] ?? '']));
  if (covered['host'] === undefined || covered['x-amz-date'] === undefined) return 'unsigned';
  const what = { method, path, query: Object.entries(query), headers: covered, body: textFromBytes(body) };
  const expected = signature(ports.crypto, what, { region: region!, service: service! }, secret);
  return expected === signed ? undefined : 'mismatch';
}
