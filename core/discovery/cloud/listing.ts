import { isIp, withPort } from '../host-port.ts';
import { nobody, SourceFailed, type Found } from '../source.ts';

/** A machine as a cloud lists it. */
export interface Machine {
  /** For people: what the cloud calls it. */
  readonly name: string;
  /** '' where it has none of the wanted kind. */
  readonly ip: string;
  /** The value of its tag `rollcall-label`; '' where it has none. */
  readonly label: string;
}

/** What a whole listing came to. */
export interface Listing {
  readonly machines: readonly Machine[];
  /** Parts of the cloud that did not answer: there may be more machines. */
  readonly missing: readonly string[];
}

/** A tag or label of this name keeps a machine for the cluster with that label. */
export const LABEL_TAG = 'rollcall-label';

const PAGES_MAX = 200;

/** Reads page after page: `read` gets the token of a page, '' for the first, and gives the token of the next. */
export async function everyPage(method: string, read: (token: string) => Promise<string>): Promise<void> {
  let token = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const next = await read(token);
    if (next === '') return;
    if (next === token) throw new SourceFailed(method, 'the next page of the list is the same page again.');
    token = next;
  }
  throw new SourceFailed(method, `the list has more than ${PAGES_MAX} pages. Select fewer machines.`);
}

export interface Reading {
  readonly method: string;
  readonly port: number;
  readonly label: string;
  readonly lifetimeMs: number;
  /** Whom was asked for, such as `running instances with tag role=db`. */
  readonly sought: string;
  /** What machines without a usable address lack, such as `private IPv4 address`. */
  readonly lacks: string;
}

/** Candidates from a listing. Parts that are missing make it incomplete; with nobody in the rest, it is no answer. */
export function foundIn({ machines, missing }: Listing, reading: Reading): Found {
  const { method, port, label, lifetimeMs, sought, lacks } = reading;
  const ours = machines.filter((machine) => machine.label === '' || machine.label === label);
  const reachable = ours.filter(({ ip }) => isIp(ip));
  const candidates = [...new Set(reachable.map(({ ip }) => withPort(ip, port)))].map((address) => ({ address }));
  if (candidates.length === 0 && missing.length > 0) throw new SourceFailed(method, missing.join(' '));
  const warnings = [...missing];
  const without = ours.filter(({ ip }) => !isIp(ip));
  if (without.length > 0) warnings.push(`${without.length} of the ${sought} have no ${lacks}: ${named(without)}`);
  const foreign = machines.length - ours.length;
  if (foreign > 0) warnings.push(`${foreign} of the ${sought} have another ${LABEL_TAG}`);
  if (candidates.length === 0) return { ...nobody(nobodyOf(machines, ours, reading), lifetimeMs), warnings };
  return { candidates, lifetimeMs, complete: missing.length === 0, warnings };
}

function nobodyOf(machines: readonly Machine[], ours: readonly Machine[], { sought, lacks }: Reading): string {
  if (machines.length === 0) return `there are no ${sought}`;
  return ours.length === 0 ? `all ${sought} have another ${LABEL_TAG}` : `the ${sought} have no ${lacks}`;
}

const NAMED_MAX = 3;

function named(machines: readonly Machine[]): string {
  const names = machines.slice(0, NAMED_MAX).map(({ name }) => name);
  return names.join(', ') + (machines.length > NAMED_MAX ? ' …' : '');
}
