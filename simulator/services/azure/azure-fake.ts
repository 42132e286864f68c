import { textFromBytes } from '../../../core/wire/text.ts';
import type { HttpRequest, HttpResponse } from '../../../core/ports/http.ts';
import type { CloudAccount } from '../cloud/account.ts';
import { answer, cloudDesk, cloudFake, jsonAnswer, type CloudDesk } from '../cloud/cloud-fake.ts';
import { addressed, pairsOf } from '../cloud/pairs.ts';
import type { FakePorts, FakeService } from '../fake-service.ts';
import { azureRefusal, resources } from './resources-api.ts';

export interface AzureAccess {
  readonly subscription: string;
  readonly tenant: string;
  readonly client: string;
  readonly secret: string;
}

/** What the fake takes for the token of another issuer. */
export const FEDERATED_TOKEN = 'federated-token';

/**
 * Resource Manager, the login service and the metadata service, by the path of the request. Its own effects:
 * `cloud-link-astray` sends readers of the next page to another host; `metadata-warming` answers { status } to the
 * first { times } questions for a token.
 */
export function createAzure(ports: FakePorts, account: CloudAccount, access: AzureAccess): FakeService {
  const desk = cloudDesk(ports, account);
  const warmed = { times: 0 };
  return cloudFake(
    desk,
    (request) => {
      const { path, query } = addressed(request.url);
      if (path === '/metadata/identity/oauth2/token') return ofMachine(desk, access, query, request, warmed);
      if (path.endsWith('/oauth2/v2.0/token')) return ofLogin(desk, access, path, request);
      if (desk.isTooMuch()) {
        return azureRefusal(429, 'TooManyRequests', 'The request is being throttled.', { 'retry-after': '17' });
      }
      const bearer = /^Bearer (.+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
      if (account.secretOf(bearer, desk.nowMs()) === undefined) {
        return azureRefusal(401, 'ExpiredAuthenticationToken', 'The access token expiry UTC time is earlier than now.');
      }
      if (desk.suffers('cloud-denied') !== undefined) {
        return azureRefusal(403, 'AuthorizationFailed', 'The client does not have authorization to perform action.');
      }
      return resources(desk, access.subscription, path, query, request.headers['host'] ?? '');
    },
    ['cloud-link-astray', 'metadata-warming'],
  );
}

function ofMachine(
  { account, nowMs, suffers }: CloudDesk,
  { client }: AzureAccess,
  query: Readonly<Record<string, string>>,
  { headers }: HttpRequest,
  warmed: { times: number },
): HttpResponse {
  const down = suffers('metadata-down');
  if (down !== undefined) return answer(Number(down['status'] ?? 503), '');
  const warming = suffers('metadata-warming');
  if (warming !== undefined && warmed.times < Number(warming['times'] ?? 1)) {
    warmed.times += 1;
    return answer(Number(warming['status'] ?? 404), '');
  }
  const isAsked = headers['metadata'] === 'true' && query['resource'] !== undefined;
  if (!isAsked || (query['client_id'] ?? client) !== client) {
    return jsonAnswer(400, { error: 'invalid_request', error_description: 'Identity not found' });
  }
  const { id, endMs } = account.lend('eyJ0', nowMs());
  // Texts, as the real one has them.
  const seconds = String(account.options.credentialSeconds);
  return jsonAnswer(200, { access_token: id, expires_in: seconds, expires_on: String(Math.floor(endMs / 1_000)) });
}

function ofLogin(
  { account, nowMs }: CloudDesk,
  access: AzureAccess,
  path: string,
  { body }: HttpRequest,
): HttpResponse {
  const form = pairsOf(textFromBytes(body));
  const isKnown = path === `/${access.tenant}/oauth2/v2.0/token` && form['client_id'] === access.client;
  if (!isKnown) return jsonAnswer(400, { error: 'unauthorized_client', error_description: 'AADSTS700016: not found' });
  const isProven = form['client_secret'] === access.secret || form['client_assertion'] === FEDERATED_TOKEN;
  if (!isProven || form['scope']?.endsWith('/.default') !== true) {
    return jsonAnswer(401, { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret.' });
  }
  const { id } = account.lend('eyJ0', nowMs());
  return jsonAnswer(200, { access_token: id, expires_in: account.options.credentialSeconds, token_type: 'Bearer' });
}
