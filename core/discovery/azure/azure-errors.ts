import type { BackendAnswer, BackendCall } from '../backend-calls.ts';
import { jsonFrom, textAt } from '../cloud/loose.ts';
import { refused, type Advice } from '../cloud/refusal.ts';
import type { SourceFailed } from '../source.ts';

const ADVICES: readonly Advice[] = [
  {
    codes: ['429', 'TooManyRequests', 'OperationNotAllowed'],
    says: 'The subscription asks more than Azure allows; all its nodes and tools share one allowance.',
    retryAfterMs: 15_000,
  },
  { codes: ['AADSTS7000215', 'invalid_client'], says: 'Check client_id and secret_access_key; secrets expire.' },
  { codes: ['unauthorized_client'], says: 'Check tenant_id and client_id.' },
  { codes: ['invalid_grant'], says: 'Check the federated credential of the application: issuer, subject, audience.' },
  { codes: ['401'], says: 'The token is not accepted any more.', credentials: true },
  {
    codes: ['403'],
    says: 'Give the identity of this node the role Reader: Microsoft.Network/networkInterfaces/read and, for scale sets, Microsoft.Compute/virtualMachineScaleSets/read and virtualMachines/read.',
  },
  { codes: ['SubscriptionNotFound'], says: 'Check subscription_id, and that the identity may see it.' },
  {
    codes: ['ResourceGroupNotFound', 'ResourceNotFound', 'ParentResourceNotFound', 'NotFound', '404'],
    says: 'Check resource_group and vm_scale_set.',
  },
];

/** Resource Manager has the code inside of `error`; the login service has it there itself. */
export function azureRefusal(method: string, call: BackendCall, answer: BackendAnswer): SourceFailed {
  const json = jsonFrom(answer.text);
  const code = textAt(json, 'error', 'code') || textAt(json, 'error');
  const said = textAt(json, 'error', 'message') || textAt(json, 'error_description');
  return refused(method, call, answer, { code, said }, ADVICES);
}
