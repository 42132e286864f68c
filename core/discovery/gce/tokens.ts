import { InvalidSetting } from '../../errors.ts';
import { bytesFromText } from '../../wire/text.ts';
import type { BackendCalls } from '../backend-calls.ts';
import { textOfFile } from '../cloud/advised.ts';
import type { Budget } from '../cloud/budget.ts';
import { base64Url, pairsEncoded } from '../cloud/encoding.ts';
import type { Lent } from '../cloud/held.ts';
import { jsonFrom, numberAt, textAt } from '../cloud/loose.ts';
import { REFUSALS, refused } from '../cloud/refusal.ts';
import type { SourcePorts } from '../source-type.ts';
import { SourceFailed } from '../source.ts';
import type { GceMetadata } from './metadata.ts';

/** The key of a service account, as Google writes its file. */
export interface ServiceAccount {
  readonly email: string;
  readonly projectId: string;
  readonly keyId: string;
  readonly privateKey: string;
  readonly tokenUri: string;
}

const SCOPE = 'https://www.googleapis.com/auth/compute.readonly';
const LIFETIME_SECONDS = 3_600;

export async function readServiceAccount(
  method: string,
  { files }: SourcePorts,
  path: string,
): Promise<ServiceAccount> {
  const json = jsonFrom(await textOfFile(method, files, path));
  const account = {
    email: textAt(json, 'client_email'),
    projectId: textAt(json, 'project_id'),
    keyId: textAt(json, 'private_key_id'),
    privateKey: textAt(json, 'private_key'),
    tokenUri: textAt(json, 'token_uri') || 'https://oauth2.googleapis.com/token',
  };
  if (textAt(json, 'type') === 'service_account' && account.email !== '' && account.privateKey !== '') return account;
  throw new SourceFailed(method, `${path} is not the JSON key of a service account.`);
}

/** A token for the service account of this instance. */
export async function tokenOfInstance(method: string, metadata: GceMetadata, budget: Budget): Promise<Lent<string>> {
  const text = await metadata(budget, 'instance/service-accounts/default/token');
  if (text === undefined) {
    throw new SourceFailed(method, 'this instance has no service account. Attach one, or give credentials_file.');
  }
  return tokenIn(method, 'the metadata server', text);
}

/** A token for a service account whose key is here: the key signs that it may have one (RFC 7523). */
export async function tokenOfAccount(
  method: string,
  { clock, crypto }: SourcePorts,
  calls: BackendCalls,
  account: ServiceAccount,
  budget: Budget,
): Promise<Lent<string>> {
  const iat = Math.floor(clock.wallTime() / 1_000);
  const header = { alg: 'RS256', typ: 'JWT', ...(account.keyId && { kid: account.keyId }) };
  const claims = { iss: account.email, scope: SCOPE, aud: account.tokenUri, iat, exp: iat + LIFETIME_SECONDS };
  const signed = [header, claims].map((part) => base64Url(bytesFromText(JSON.stringify(part)))).join('.');
  let signature: Uint8Array;
  try {
    signature = crypto.signRsa(account.privateKey, bytesFromText(signed));
  } catch (error) {
    if (!(error instanceof InvalidSetting)) throw error;
    throw new SourceFailed(method, `private_key of ${account.email} cannot be read. Download a new key.`);
  }
  const call = {
    method: 'POST',
    url: account.tokenUri,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: pairsEncoded({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: `${signed}.${base64Url(signature)}`,
    }),
    accepts: REFUSALS,
    ...budget.limits(),
  };
  const answer = await calls.text(call);
  if (answer.status < 300) return tokenIn(method, account.tokenUri, answer.text);
  const json = jsonFrom(answer.text);
  throw refused(method, call, answer, { code: textAt(json, 'error'), said: textAt(json, 'error_description') }, [
    {
      codes: ['invalid_grant'],
      says: 'The key may be deleted, or the clock of this machine may be wrong.',
    },
  ]);
}

function tokenIn(method: string, from: string, text: string): Lent<string> {
  const json = jsonFrom(text);
  const [value, seconds] = [textAt(json, 'access_token'), numberAt(json, 'expires_in')];
  if (value === '' || seconds === undefined) throw new SourceFailed(method, `what ${from} answered is no token.`);
  return { value, lifetimeMs: seconds * 1_000 };
}
