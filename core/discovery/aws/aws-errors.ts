import type { BackendAnswer, BackendCall } from '../backend-calls.ts';
import { jsonFrom, textAt } from '../cloud/loose.ts';
import { refused, type Advice } from '../cloud/refusal.ts';
import type { SourceFailed } from '../source.ts';
import { elementsAt, readXml, textOf } from './xml.ts';

const LATER = 'The account asks more than AWS allows; all its nodes and tools share one allowance.';
const CLOCK = 'Check the keys, and the clock of this machine: it may be off by 5 minutes at most.';

const ADVICES: readonly Advice[] = [
  {
    codes: ['RequestLimitExceeded', 'Throttling', 'ThrottlingException', 'TooManyRequestsException', '429'],
    says: LATER,
    retryAfterMs: 10_000,
  },
  // EC2 says RequestExpired for a session that has ended as well as for a clock that is wrong.
  { codes: ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'], says: CLOCK, credentials: true },
  {
    codes: ['AuthFailure', 'SignatureDoesNotMatch', 'InvalidSignatureException', 'RequestTimeTooSkewed', '401'],
    says: CLOCK,
    credentials: true,
  },
  {
    codes: ['InvalidClientTokenId', 'UnrecognizedClientException', 'InvalidAccessKeyId'],
    says: 'The access key does not exist, or belongs to another partition of AWS than the region.',
    credentials: true,
  },
  {
    codes: ['InvalidIdentityToken', 'IDPCommunicationError'],
    says: 'AWS does not accept the web identity: check the OIDC provider and AWS_WEB_IDENTITY_TOKEN_FILE.',
  },
  { codes: ['ClusterNotFoundException'], says: 'Check ecs_cluster and region.' },
];

/** A refusal by AWS in words. `permissions` is what the identity needs for this call. */
export function awsRefusal(
  method: string,
  call: BackendCall,
  answer: BackendAnswer,
  permissions: string,
): SourceFailed {
  const denied = {
    codes: ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'],
    says: `Allow ${permissions} to the identity that this node uses.`,
  };
  return refused(method, call, answer, codeOf(answer.text), [denied, ...ADVICES]);
}

/** EC2 and STS refuse in XML, in two shapes; ECS in JSON. */
function codeOf(text: string): { code: string; said: string } {
  const root = readXml(text);
  if (root !== undefined) {
    const error = elementsAt(root, 'Errors', 'Error')[0] ?? elementsAt(root, 'Error')[0] ?? root;
    return { code: textOf(error, 'Code'), said: textOf(error, 'Message') };
  }
  const json = jsonFrom(text);
  // Such as `com.amazonaws.ecs#ThrottlingException`.
  const code = textAt(json, '__type').replace(/^.*#/, '');
  return { code, said: textAt(json, 'message') || textAt(json, 'Message') };
}
