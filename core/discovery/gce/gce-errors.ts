import type { BackendAnswer, BackendCall } from '../backend-calls.ts';
import { jsonFrom, textAt, valueAt } from '../cloud/loose.ts';
import { refused, type Advice } from '../cloud/refusal.ts';
import type { SourceFailed } from '../source.ts';

const ADVICES: readonly Advice[] = [
  {
    codes: ['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'RATE_LIMIT_EXCEEDED', '429'],
    says: 'The project asks more than its quota allows; all its nodes and tools share it.',
    retryAfterMs: 10_000,
  },
  { codes: ['accessNotConfigured', 'SERVICE_DISABLED'], says: 'Enable the Compute Engine API in this project.' },
  {
    codes: ['insufficientPermissions', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'],
    says: 'The access scopes of this instance do not include compute-ro.',
  },
  { codes: ['401'], says: 'The token is not accepted any more.', credentials: true },
  { codes: ['403'], says: 'Allow compute.instances.list (roles/compute.viewer) to the service account.' },
  { codes: ['404'], says: 'Check project_name.' },
];

export function gceRefusal(method: string, call: BackendCall, answer: BackendAnswer): SourceFailed {
  const error = valueAt(jsonFrom(answer.text), 'error');
  const code = textAt(error, 'errors', 0, 'reason') || textAt(error, 'details', 0, 'reason') || textAt(error, 'status');
  return refused(method, call, answer, { code, said: textAt(error, 'message') }, ADVICES);
}
