import type { SourceContext, SourcePorts } from '../source-type.ts';
import type { Ask, Found, Source } from '../source.ts';
import { BackendCalls, type BackendAnswer } from '../backend-calls.ts';
import { Documents } from './documents.ts';
import type { Listing } from './listing.ts';
import { entryIn, foundIn, type Choice } from './peers.ts';
import { Credentials, type RegistryAccess } from './registry-calls.ts';

export interface DocumentSourceOptions extends RegistryAccess {
  /** Where any web server has a registry in JSON. */
  readonly url: string;
  readonly refreshIntervalMs: number;
  readonly maxAgeMs: number;
  readonly publicKeys: readonly string[];
}

export const METHOD = 'registry';

/** Peers from a registry that is a file on a web server: asked whether it has changed, and read when it has. */
export function documentSource(options: DocumentSourceOptions, ports: SourcePorts, context: SourceContext): Source {
  const { url, maxAgeMs, refreshIntervalMs: lifetimeMs } = options;
  // What follows the question mark may be a credential, as in signed links to an object store.
  const place = url.replace(/\?.*$/, '');
  const credentials = new Credentials(METHOD, options, ports);
  const documents = new Documents(METHOD, options.publicKeys, ports, context);
  let held: { readonly etag: string; readonly text: string } | undefined;

  const call = async ({ deadlineMs, signal }: Ask, etag: string | undefined): Promise<BackendAnswer> => {
    const known = etag === undefined ? {} : { 'if-none-match': etag };
    const headers = { accept: 'application/json', ...known, ...(await credentials.headers()) };
    const calls = new BackendCalls(METHOD, await credentials.client());
    return calls.text({ url, headers, deadlineMs, idleMs: deadlineMs, signal, accepts: [304] });
  };
  const textNow = async (ask: Ask): Promise<string> => {
    const answer = await call(ask, held?.etag);
    if (answer.status === 304 && held !== undefined) return held.text;
    const { etag } = answer.headers;
    held = etag === undefined ? undefined : { etag, text: answer.text };
    return answer.text;
  };
  // Read anew even when it has not changed: a signed registry expires by itself.
  const listing = async (ask: Ask): Promise<Listing> => documents.read(await textNow(ask), place);
  const choice = (): Choice => ({
    label: context.label,
    maxAgeMs: maxAgeMs === 0 ? undefined : maxAgeMs,
    now: ports.clock.wallTime(),
  });
  return {
    method: METHOD,
    async discover(ask): Promise<Found> {
      return foundIn(await listing(ask), {
        method: METHOD,
        lifetimeMs,
        choice: choice(),
        resolver: ports.resolver([]),
      });
    },
    lookup: async (id, ask) => entryIn(await listing(ask), choice(), id),
  };
}
