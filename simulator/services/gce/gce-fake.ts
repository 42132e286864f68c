import { bytesFromText, textFromBytes } from '../../../core/wire/text.ts';
import { base64Url } from '../../../core/discovery/cloud/encoding.ts';
import { jsonFrom, numberAt, textAt } from '../../../core/discovery/cloud/loose.ts';
import type { HttpRequest, HttpResponse } from '../../../core/ports/http.ts';
import { fromBase64 } from '../../../core/base64.ts';
import type { CloudAccount } from '../cloud/account.ts';
import { answer, cloudDesk, cloudFake, jsonAnswer, type CloudDesk } from '../cloud/cloud-fake.ts';
import { addressed, pairsOf } from '../cloud/pairs.ts';
import type { FakePorts, FakeService } from '../fake-service.ts';
import { aggregatedInstances, gceRefusal } from './compute-api.ts';

export interface GceAccess {
  readonly project: string;
  /** In PEM: the key of the service account that may ask for tokens, if any may. */
  readonly privateKey?: string;
}

const SCOPE_SECONDS = 3_600;
const SKEW_SECONDS = 300;

/**
 * Compute Engine, the token service and the metadata server, by the path of the request. Its own effect
 * `cloud-zone-down` silences { zone }: the rest answers and warns about it, or lists it as unreachable when { listed }.
 */
export function createGce(ports: FakePorts, account: CloudAccount, access: GceAccess): FakeService {
  const desk = cloudDesk(ports, account);
  return cloudFake(
    desk,
    (request) => {
      const { path, query } = addressed(request.url);
      if (path.startsWith('/computeMetadata/')) return metadata(desk, access, path, request);
      if (path === '/token' && request.method === 'POST') return tokenFor(desk, access, request);
      if (desk.isTooMuch()) return gceRefusal(403, 'rateLimitExceeded', 'Rate Limit Exceeded');
      const bearer = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
      if (account.secretOf(bearer, desk.nowMs()) === undefined) {
        return gceRefusal(401, 'authError', 'Request had invalid authentication credentials.');
      }
      if (desk.suffers('cloud-denied') !== undefined) {
        return gceRefusal(
          403,
          'forbidden',
          `Required 'compute.instances.list' permission for 'projects/${access.project}'`,
        );
      }
      if (path !== `/compute/v1/projects/${access.project}/aggregated/instances`) {
        return gceRefusal(404, 'notFound', "The resource 'projects/x' was not found");
      }
      return aggregatedInstances(desk, query);
    },
    ['cloud-zone-down'],
  );
}

function metadata(
  { account, nowMs, suffers }: CloudDesk,
  { project }: GceAccess,
  path: string,
  request: HttpRequest,
): HttpResponse {
  const google = { 'metadata-flavor': 'Google' };
  const down = suffers('metadata-down');
  if (down !== undefined) return answer(Number(down['status'] ?? 503), '', google);
  if (request.headers['metadata-flavor'] !== 'Google')
    return answer(403, 'Missing Metadata-Flavor:Google header.', google);
  const value = path.slice('/computeMetadata/v1/'.length);
  if (value === 'project/project-id') return answer(200, project, google);
  if (value === 'instance/zone') return answer(200, 'projects/1/zones/europe-west1-b', google);
  if (value !== 'instance/service-accounts/default/token') return answer(404, '', google);
  const { id } = account.lend('ya29', nowMs());
  return jsonAnswer(
    200,
    { access_token: id, expires_in: account.options.credentialSeconds, token_type: 'Bearer' },
    google,
  );
}

/** Signs again with the key of the account: signatures of this kind are the same each time. */
function tokenFor(
  { account, ports, nowMs }: CloudDesk,
  { privateKey }: GceAccess,
  { body }: HttpRequest,
): HttpResponse {
  const refuse = (said: string): HttpResponse => jsonAnswer(400, { error: 'invalid_grant', error_description: said });
  if (privateKey === undefined) return refuse('Invalid grant: account not found');
  const form = pairsOf(textFromBytes(body));
  const [header = '', claims = '', signature] = (form['assertion'] ?? '').split('.');
  const expected = base64Url(ports.crypto.signRsa(privateKey, bytesFromText(`${header}.${claims}`)));
  if (form['grant_type'] !== 'urn:ietf:params:oauth:grant-type:jwt-bearer' || signature !== expected) {
    return refuse('Invalid JWT Signature.');
  }
  const said = jsonFrom(textFromBytes(fromBase64(padded(claims))));
  const [issued, end] = [numberAt(said, 'iat') ?? 0, numberAt(said, 'exp') ?? 0];
  const now = nowMs() / 1_000;
  if (Math.abs(now - issued) > SKEW_SECONDS || end - issued > SCOPE_SECONDS || end < now) {
    return refuse('Invalid JWT: Token must be a short-lived token and in a reasonable timeframe.');
  }
  if (textAt(said, 'iss') === '' || !textAt(said, 'scope').includes('compute')) return refuse('Invalid JWT');
  const { id } = account.lend('ya29', nowMs());
  return jsonAnswer(200, { access_token: id, expires_in: account.options.credentialSeconds, token_type: 'Bearer' });
}

function padded(text: string): string {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/');
  return plain + '='.repeat((4 - (plain.length % 4)) % 4);
}
