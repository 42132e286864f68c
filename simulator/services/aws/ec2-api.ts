import type { HttpResponse } from '../../../core/ports/http.ts';
import type { CloudMachine } from '../cloud/account.ts';
import { answer, pageOf, type CloudDesk } from '../cloud/cloud-fake.ts';
import type { SignatureProblem } from './signature-check.ts';
import { xmlOf, type XmlContent } from './xml-answer.ts';

const SIGNATURE_ANSWERS: Readonly<Record<SignatureProblem, readonly [status: number, code: string, message: string]>> =
  {
    unsigned: [400, 'MissingAuthenticationToken', 'Request is missing Authentication Token'],
    skewed: [400, 'RequestExpired', 'Request has expired. Timestamp date is out of range.'],
    expired: [400, 'RequestExpired', 'Request has expired.'],
    'unknown-key': [401, 'AuthFailure', 'AWS was not able to validate the provided access credentials'],
    // The real one goes on like this: what was signed holds the session token.
    mismatch: [
      401,
      'AuthFailure',
      'AWS was not able to validate the credentials\n\nThe Canonical String should have been x',
    ],
  };

/** Launches of several instances are one reservation: whoever reads only the first of each misses some. */
const RESERVED_TOGETHER = 2;

export function ec2Refusal(status: number, code: string, message: string): HttpResponse {
  return answer(status, xmlOf('Response', { Errors: { Error: { Code: code, Message: message } }, RequestID: 'fake' }));
}

export function describeInstances(
  desk: CloudDesk,
  problem: SignatureProblem | undefined,
  form: Readonly<Record<string, string>>,
): HttpResponse {
  if (desk.isTooMuch()) return ec2Refusal(503, 'RequestLimitExceeded', 'Request limit exceeded.');
  if (problem !== undefined) return ec2Refusal(...SIGNATURE_ANSWERS[problem]);
  if (desk.suffers('cloud-denied') !== undefined) {
    return ec2Refusal(403, 'UnauthorizedOperation', 'You are not authorized to perform this operation.');
  }
  const wanted = Number(form['MaxResults']);
  if (!(wanted >= 5 && wanted <= 1_000)) return ec2Refusal(500, 'InternalError', 'An internal error has occurred');
  const machines = desk.machines().filter((machine) => isWanted(machine, form));
  const size = Math.min(wanted, desk.account.options.pageSize);
  const { page, next } = pageOf(machines, form['NextToken'] ?? '', size);
  desk.changes();
  const reservations: XmlContent[] = [];
  for (let at = 0; at < page.length; at += RESERVED_TOGETHER) {
    const item = page.slice(at, at + RESERVED_TOGETHER).map(instanceOf);
    reservations.push({ reservationId: `r-${at}`, groupSet: '', instancesSet: { item } });
  }
  const reservationSet = reservations.length === 0 ? '' : { item: reservations };
  const rest = next === '' ? {} : { nextToken: next };
  return answer(200, xmlOf('DescribeInstancesResponse', { requestId: 'fake', reservationSet, ...rest }));
}

/** `Filter.1.Name`, `Filter.1.Value.1` ...: all filters hold, each with any of its values. */
function isWanted({ tags = {}, state = 'running' }: CloudMachine, form: Readonly<Record<string, string>>): boolean {
  for (let i = 1; form[`Filter.${i}.Name`] !== undefined; i += 1) {
    const name = form[`Filter.${i}.Name`]!;
    const values = Object.entries(form).flatMap(([key, value]) =>
      key.startsWith(`Filter.${i}.Value.`) ? [value] : [],
    );
    const has = name.startsWith('tag:')
      ? values.includes(tags[name.slice(4)] ?? '\0')
      : name === 'tag-key'
        ? values.some((key) => key in tags)
        : name === 'instance-state-name' && values.includes(state);
    if (!has) return false;
  }
  return true;
}

function instanceOf({ name, ip, publicIp = '', ipv6, zone = 'a', tags = {} }: CloudMachine): XmlContent {
  const item = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const ipv6AddressesSet = ipv6 === undefined ? '' : { item: { ipv6Address: ipv6, isPrimaryIpv6: 'false' } };
  return {
    instanceId: name,
    instanceState: { code: '16', name: 'running' },
    privateIpAddress: ip,
    ...(publicIp && { ipAddress: publicIp }),
    placement: { availabilityZone: zone, tenancy: 'default' },
    tagSet: item.length === 0 ? '' : { item },
    networkInterfaceSet: { item: { privateIpAddress: ip, ipv6AddressesSet } },
  };
}
