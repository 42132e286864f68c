import type { BackendAnswer, BackendCalls } from '../backend-calls.ts';
import { advised, textOfFile } from '../cloud/advised.ts';
import type { Budget } from '../cloud/budget.ts';
import { pairsEncoded, percentEncoded } from '../cloud/encoding.ts';
import type { Lent } from '../cloud/held.ts';
import { jsonFrom, numberAt, textAt } from '../cloud/loose.ts';
import { REFUSALS } from '../cloud/refusal.ts';
import type { SourcePorts } from '../source-type.ts';
import { SourceFailed } from '../source.ts';
import { azureRefusal } from './azure-errors.ts';

export interface AzureIdentity {
  readonly tenantId: string;
  /** Of an application, or of one managed identity among several. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** With the token of another issuer, such as Kubernetes; '' for none. */
  readonly federatedTokenFile: string;
}

export interface TokenDesk {
  readonly method: string;
  readonly ports: SourcePorts;
  readonly calls: BackendCalls;
  /** Whom tokens are for: where Resource Manager is. */
  readonly resource: string;
}

/** A token by secret, by what another issuer vouches for, or by the identity of this machine. */
export async function azureToken(desk: TokenDesk, identity: AzureIdentity, budget: Budget): Promise<Lent<string>> {
  const { tenantId, clientId, clientSecret, federatedTokenFile } = identity;
  if (tenantId !== '' && clientId !== '' && clientSecret !== '') {
    return byLogin(desk, identity, { client_secret: clientSecret }, budget);
  }
  if (tenantId !== '' && clientId !== '' && federatedTokenFile !== '') {
    const proof = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      // Read again each time: Kubernetes replaces it.
      client_assertion: await textOfFile(desk.method, desk.ports.files, federatedTokenFile),
    };
    return byLogin(desk, identity, proof, budget);
  }
  return byMachine(desk, clientId, budget);
}

async function byLogin(
  { method, ports, calls, resource }: TokenDesk,
  { tenantId, clientId }: AzureIdentity,
  proof: Readonly<Record<string, string>>,
  budget: Budget,
): Promise<Lent<string>> {
  const authority = (ports.environment['AZURE_AUTHORITY_HOST'] || 'https://login.microsoftonline.com').replace(
    /\/$/,
    '',
  );
  const form = { grant_type: 'client_credentials', client_id: clientId, scope: `${resource}/.default`, ...proof };
  const call = {
    method: 'POST',
    url: `${authority}/${percentEncoded(tenantId)}/oauth2/v2.0/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: pairsEncoded(form),
    accepts: REFUSALS,
    ...budget.limits(),
  };
  const answer = await calls.text(call);
  if (answer.status >= 300) throw azureRefusal(method, call, answer);
  return tokenIn(method, ports, answer);
}

/** Some say "not yet" with 404 or 410 while the service starts or is updated; Azure wants them asked again. */
const NOT_YET: readonly number[] = [404, 410, 429, 500, 502, 503, 504];
const PATIENCE_MS = 3_000;
const TRIES = 4;
const FIRST_PAUSE_MS = 1_000;

async function byMachine(desk: TokenDesk, clientId: string, budget: Budget): Promise<Lent<string>> {
  const { method, ports, calls, resource } = desk;
  const base = (ports.environment['AZURE_POD_IDENTITY_AUTHORITY_HOST'] || 'http://169.254.169.254').replace(/\/$/, '');
  const query = pairsEncoded({ 'api-version': '2018-02-01', resource, ...(clientId && { client_id: clientId }) });
  for (let tried = 1, pauseMs = FIRST_PAUSE_MS; ; tried += 1, pauseMs *= 2) {
    const url = `${base}/metadata/identity/oauth2/token?${query}`;
    const call = { url, headers: { metadata: 'true' }, accepts: REFUSALS, ...budget.limits(PATIENCE_MS) };
    const answer = await calls.text(call).catch((error: unknown) => {
      throw advised(method, error, 'Outside of Azure give tenant_id, client_id and secret_access_key.');
    });
    if (answer.status < 300) return tokenIn(method, ports, answer);
    // A fifth more or less, so that machines that started together do not ask together again.
    const waitMs = pauseMs - pauseMs / 5 + ports.random.int((2 * pauseMs) / 5);
    const hopeless = !NOT_YET.includes(answer.status) || tried === TRIES || waitMs >= budget.leftMs;
    if (hopeless) throw notLent(desk, call, answer);
    await budget.pause(waitMs);
  }
}

function notLent({ method }: TokenDesk, call: { readonly url: string }, answer: BackendAnswer): SourceFailed {
  if (answer.status !== 400) return azureRefusal(method, { ...call, deadlineMs: 0 }, answer);
  const said = textAt(jsonFrom(answer.text), 'error_description');
  const advice = 'Assign a managed identity to this machine, and give client_id when it has several.';
  return new SourceFailed(method, `this machine has no such identity${said && ` (${said.slice(0, 200)})`}. ${advice}`);
}

/** `expires_in` is in seconds from now, `expires_on` since 1970; each comes as a number or as a text. */
function tokenIn(method: string, { clock }: SourcePorts, { text }: BackendAnswer): Lent<string> {
  const json = jsonFrom(text);
  const value = textAt(json, 'access_token');
  const on = numberAt(json, 'expires_on');
  const lifetime = numberAt(json, 'expires_in') ?? (on === undefined ? undefined : on - clock.wallTime() / 1_000);
  if (value === '' || lifetime === undefined) throw new SourceFailed(method, 'what came in place of a token is none.');
  return { value, lifetimeMs: Math.floor(lifetime * 1_000) };
}
