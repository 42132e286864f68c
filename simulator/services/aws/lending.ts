import type { HttpRequest, HttpResponse } from '../../../core/ports/http.ts';
import { rfc3339 } from '../../../core/wall-time.ts';
import { answer, jsonAnswer, type CloudDesk } from '../cloud/cloud-fake.ts';
import { xmlOf } from './xml-answer.ts';

const ROLE = 'rollcall-node';
const ROLES = '/latest/meta-data/iam/security-credentials/';
/** What containers of the fake have to show. */
export const CONTAINER_TOKEN = 'container-token';

const LENT_KEY = 'ASIA';

/** The token that goes with a lent key; '' for keys that do not expire. */
export function sessionOf(keyId: string): string {
  return keyId.startsWith(LENT_KEY) ? `session-of-${keyId}` : '';
}

/** The metadata service of an instance, version 2, and what containers are lent. */
export async function lending(desk: CloudDesk, region: string, request: HttpRequest): Promise<HttpResponse> {
  const { account, nowMs, suffers } = desk;
  const { method, url, headers } = request;
  const down = suffers('metadata-down');
  if (down !== undefined) return answer(Number(down['status'] ?? 503), '');
  if (url === '/v1/credentials') {
    return headers['authorization'] === CONTAINER_TOKEN ? jsonAnswer(200, credentials(desk)) : answer(401, '');
  }
  if (url.startsWith('/v2/credentials/')) return jsonAnswer(200, credentials(desk));
  if (method === 'PUT' && url === '/latest/api/token') {
    // Packets with a used-up hop limit are lost on their way back.
    if (suffers('metadata-far') !== undefined) return new Promise(() => {});
    const seconds = Number(headers['x-aws-ec2-metadata-token-ttl-seconds']);
    if (!(seconds >= 1 && seconds <= 21_600)) return answer(400, 'Bad Request');
    return answer(200, account.lend('imds', nowMs(), seconds).id);
  }
  const isKnown = account.secretOf(headers['x-aws-ec2-metadata-token'] ?? '', nowMs()) !== undefined;
  if (!isKnown) return answer(401, 'Unauthorized');
  if (url === ROLES) return answer(200, ROLE);
  if (url === ROLES + ROLE) return jsonAnswer(200, { Code: 'Success', Type: 'AWS-HMAC', ...credentials(desk) });
  if (url === '/latest/dynamic/instance-identity/document') return jsonAnswer(200, { region, version: '2017-09-30' });
  return answer(404, 'Not Found');
}

/** AssumeRoleWithWebIdentity: unsigned, what it shows is the token of another issuer. */
export function assumeRole(desk: CloudDesk, form: Readonly<Record<string, string>>): HttpResponse {
  if (desk.suffers('cloud-denied') !== undefined || !form['WebIdentityToken'] || !form['RoleArn']) {
    const error = { Type: 'Sender', Code: 'InvalidIdentityToken', Message: 'No OpenIDConnect provider found' };
    return answer(400, xmlOf('ErrorResponse', { Error: error, RequestId: 'fake' }));
  }
  const { Token: SessionToken, ...rest } = credentials(desk);
  const result = { Credentials: { SessionToken, ...rest }, SubjectFromWebIdentityToken: 'system:serviceaccount:a:b' };
  return answer(200, xmlOf('AssumeRoleWithWebIdentityResponse', { AssumeRoleWithWebIdentityResult: result }));
}

function credentials({
  account,
  nowMs,
}: CloudDesk): Readonly<Record<'AccessKeyId' | 'SecretAccessKey' | 'Token' | 'Expiration', string>> {
  const { id, secret, endMs } = account.lend(LENT_KEY, nowMs());
  return {
    AccessKeyId: id,
    SecretAccessKey: secret,
    Token: sessionOf(id),
    Expiration: `${rfc3339(endMs).slice(0, 19)}Z`,
  };
}
