import { fromRfc3339 } from '../../wall-time.ts';
import type { BackendCalls } from '../backend-calls.ts';
import { textOfFile } from '../cloud/advised.ts';
import type { Budget } from '../cloud/budget.ts';
import { pairsEncoded } from '../cloud/encoding.ts';
import { Held, type Lent } from '../cloud/held.ts';
import { jsonFrom, textAt } from '../cloud/loose.ts';
import { REFUSALS } from '../cloud/refusal.ts';
import type { SourcePorts } from '../source-type.ts';
import { SourceFailed } from '../source.ts';
import { awsRefusal } from './aws-errors.ts';
import type { Imds } from './imds.ts';
import { awsHost } from './place.ts';
import type { AwsCredentials } from './sigv4.ts';
import { elementsAt, readXml, textOf } from './xml.ts';

type LentCredentials = Promise<Lent<AwsCredentials>>;

export interface Lender {
  readonly method: string;
  readonly ports: SourcePorts;
  readonly calls: BackendCalls;
  readonly imds: Imds;
  /** '' when it is not known without asking. */
  readonly region: string;
}

const CONTAINER_HOST = 'http://169.254.170.2';
/** Plain HTTP is for addresses that are on the same machine: ECS, EKS and loopback. */
const CONTAINER_URI =
  /^(https:\/\/|http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\]|169\.254\.170\.2|169\.254\.170\.23|\[fd00:ec2::23\])([:/]|$))/i;

/** Credentials from the first of the customary places that is told anything: keys, web identity, container, instance. */
export function awsCredentials(lender: Lender, explicit: AwsCredentials): Held<AwsCredentials> {
  const { environment, clock } = lender.ports;
  const said = (name: string): string => environment[name] ?? '';
  const own: AwsCredentials = {
    accessKeyId: said('AWS_ACCESS_KEY_ID'),
    secretAccessKey: said('AWS_SECRET_ACCESS_KEY'),
    sessionToken: said('AWS_SESSION_TOKEN'),
  };
  const keys = [explicit, own].find(({ accessKeyId }) => accessKeyId !== '');
  const relative = said('AWS_CONTAINER_CREDENTIALS_RELATIVE_URI');
  const container = relative === '' ? said('AWS_CONTAINER_CREDENTIALS_FULL_URI') : CONTAINER_HOST + relative;
  return new Held(clock, async (budget): LentCredentials => {
    if (keys !== undefined) return { value: keys, lifetimeMs: Number.POSITIVE_INFINITY };
    if (said('AWS_WEB_IDENTITY_TOKEN_FILE') !== '' && said('AWS_ROLE_ARN') !== '') return byWebIdentity(lender, budget);
    if (container !== '') return byContainer(lender, container, budget);
    return byInstance(lender, budget);
  });
}

async function byWebIdentity(lender: Lender, budget: Budget): LentCredentials {
  const { method, ports, calls, region } = lender;
  const { environment } = ports;
  const form = {
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: environment['AWS_ROLE_ARN']!,
    RoleSessionName: environment['AWS_ROLE_SESSION_NAME'] || 'rollcall',
    // Read again each time: Kubernetes replaces it.
    WebIdentityToken: await textOfFile(method, ports.files, environment['AWS_WEB_IDENTITY_TOKEN_FILE']!),
  };
  const call = {
    method: 'POST',
    url: environment['AWS_ENDPOINT_URL_STS'] || `https://${awsHost('sts', region)}/`,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: pairsEncoded(form),
    accepts: REFUSALS,
    ...budget.limits(),
  };
  const answer = await calls.text(call);
  if (answer.status >= 300) throw awsRefusal(method, call, answer, 'sts:AssumeRoleWithWebIdentity by this role');
  const root = readXml(answer.text);
  const lent = root && elementsAt(root, 'AssumeRoleWithWebIdentityResult', 'Credentials')[0];
  if (lent === undefined) throw new SourceFailed(method, 'the answer of STS holds no credentials.');
  return lentOf(lender, 'STS', {
    accessKeyId: textOf(lent, 'AccessKeyId'),
    secretAccessKey: textOf(lent, 'SecretAccessKey'),
    sessionToken: textOf(lent, 'SessionToken'),
    expiration: textOf(lent, 'Expiration'),
  });
}

async function byContainer(lender: Lender, url: string, budget: Budget): LentCredentials {
  const { method, ports, calls } = lender;
  if (!CONTAINER_URI.test(url)) {
    const says = 'AWS_CONTAINER_CREDENTIALS_FULL_URI must begin with https, or name an address of this machine';
    throw new SourceFailed(method, `${says}: credentials travel there.`);
  }
  const file = ports.environment['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] ?? '';
  const plain = ports.environment['AWS_CONTAINER_AUTHORIZATION_TOKEN'] ?? '';
  const token = file === '' ? plain : await textOfFile(method, ports.files, file);
  const headers: Record<string, string> = token === '' ? {} : { authorization: token };
  const { json } = await calls.json({ url, headers, ...budget.limits() });
  return fromJson(lender, 'the container', json);
}

async function byInstance(lender: Lender, budget: Budget): LentCredentials {
  const { method, ports, imds } = lender;
  if ((ports.environment['AWS_EC2_METADATA_DISABLED'] ?? '').toLowerCase() === 'true') {
    throw new SourceFailed(method, 'no credentials: give access_key_id and secret_access_key.');
  }
  const folder = '/latest/meta-data/iam/security-credentials/';
  const role = (await imds.read(budget, folder))?.trim().split('\n', 1)[0] ?? '';
  const text = role === '' ? undefined : await imds.read(budget, folder + role);
  if (text === undefined) {
    throw new SourceFailed(method, 'this instance has no role. Attach an instance profile that allows what is needed.');
  }
  return fromJson(lender, 'the metadata service', jsonFrom(text));
}

function fromJson(lender: Lender, from: string, json: unknown): Lent<AwsCredentials> {
  return lentOf(lender, from, {
    accessKeyId: textAt(json, 'AccessKeyId'),
    secretAccessKey: textAt(json, 'SecretAccessKey'),
    sessionToken: textAt(json, 'Token'),
    expiration: textAt(json, 'Expiration'),
  });
}

function lentOf(
  { method, ports }: Lender,
  from: string,
  { expiration, ...value }: AwsCredentials & { readonly expiration: string },
): Lent<AwsCredentials> {
  const end = fromRfc3339(expiration);
  if (value.accessKeyId === '' || value.secretAccessKey === '' || end === undefined) {
    throw new SourceFailed(method, `what ${from} answered are no credentials with an expiration.`);
  }
  return { value, lifetimeMs: end - ports.clock.wallTime() };
}
