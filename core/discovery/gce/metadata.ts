import type { BackendCalls } from '../backend-calls.ts';
import { advised } from '../cloud/advised.ts';
import type { Budget } from '../cloud/budget.ts';
import { SourceFailed } from '../source.ts';

/** It is next to the machine: it answers at once, or is not there. */
const PATIENCE_MS = 2_000;

/** What the metadata server of an instance says at a path; undefined where it has nothing. */
export type GceMetadata = (budget: Budget, path: string) => Promise<string | undefined>;

export function gceMetadata(method: string, calls: BackendCalls, host: string): GceMetadata {
  return async (budget, path) => {
    const url = `http://${host}/computeMetadata/v1/${path}`;
    const call = { url, headers: { 'metadata-flavor': 'Google' }, accepts: [404], ...budget.limits(PATIENCE_MS) };
    const { status, headers, text } = await calls.text(call).catch((error: unknown) => {
      throw advised(method, error, 'Outside of Google Cloud give project_name and credentials_file.');
    });
    // Captive portals and other people's DNS answer for any name.
    if (headers['metadata-flavor'] !== 'Google') {
      throw new SourceFailed(method, `${host} is no metadata server: its answer lacks "Metadata-Flavor: Google".`);
    }
    return status === 404 ? undefined : text;
  };
}
