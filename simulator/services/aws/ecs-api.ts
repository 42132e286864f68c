import type { HttpResponse } from '../../../core/ports/http.ts';
import type { CloudMachine } from '../cloud/account.ts';
import { jsonAnswer, pageOf, type CloudDesk } from '../cloud/cloud-fake.ts';
import type { SignatureProblem } from './signature-check.ts';

/** The only cluster that the fake has. Machines with a group are its tasks, and the group is their family. */
export const ECS_CLUSTER = 'prod';

const SIGNATURE_ANSWERS: Readonly<Record<SignatureProblem, string>> = {
  unsigned: 'MissingAuthenticationTokenException',
  skewed: 'InvalidSignatureException',
  expired: 'ExpiredTokenException',
  'unknown-key': 'UnrecognizedClientException',
  mismatch: 'InvalidSignatureException',
};

interface Question {
  readonly cluster?: string;
  readonly family?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly tasks?: readonly string[];
  readonly include?: readonly string[];
}

export function ecs(
  desk: CloudDesk,
  problem: SignatureProblem | undefined,
  action: string,
  question: Question,
): HttpResponse {
  const refuse = (code: string, message: string): HttpResponse =>
    jsonAnswer(400, { __type: `com.amazonaws.ecs#${code}`, message });
  if (desk.isTooMuch()) return refuse('ThrottlingException', 'Rate exceeded');
  if (problem !== undefined) return refuse(SIGNATURE_ANSWERS[problem], 'The security token included is invalid.');
  if (desk.suffers('cloud-denied') !== undefined) return refuse('AccessDeniedException', 'not authorized');
  if (question.cluster !== ECS_CLUSTER) return refuse('ClusterNotFoundException', 'Cluster not found.');
  const tasks = desk.machines().filter(({ group }) => group !== undefined);
  if (action === 'ListTasks') {
    const { family, nextToken = '', maxResults = 100 } = question;
    const wanted = tasks.filter(({ group }) => family === undefined || group === family);
    const { page, next } = pageOf(wanted, nextToken, Math.min(maxResults, 100, desk.account.options.pageSize));
    desk.changes();
    return jsonAnswer(200, { taskArns: page.map(({ name }) => arnOf(name)), ...(next && { nextToken: next }) });
  }
  const { tasks: arns = [], include = [] } = question;
  if (arns.length > 100) return refuse('InvalidParameterException', 'at most 100 tasks');
  const found = tasks.filter(({ name }) => arns.includes(arnOf(name)));
  const missing = arns.filter((arn) => !found.some(({ name }) => arnOf(name) === arn));
  return jsonAnswer(200, {
    tasks: found.map((task) => taskOf(task, include.includes('TAGS'))),
    failures: missing.map((arn) => ({ arn, reason: 'MISSING' })),
  });
}

function arnOf(name: string): string {
  return `arn:aws:ecs:eu-central-1:123456789012:task/${ECS_CLUSTER}/${name}`;
}

function taskOf({ name, ip, ipv6, state = 'running', tags = {} }: CloudMachine, tagged: boolean): unknown {
  const card = { attachmentId: name, privateIpv4Address: ip, ...(ipv6 === undefined ? {} : { ipv6Address: ipv6 }) };
  return {
    taskArn: arnOf(name),
    lastStatus: state.toUpperCase(),
    containers: [{ name: 'node', networkInterfaces: ip === '' ? [] : [card] }],
    tags: tagged ? Object.entries(tags).map(([key, value]) => ({ key, value })) : [],
  };
}
