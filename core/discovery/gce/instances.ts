import { isTable } from '../../config/kinds.ts';
import type { BackendCalls } from '../backend-calls.ts';
import type { Budget } from '../cloud/budget.ts';
import { pairsEncoded, percentEncoded } from '../cloud/encoding.ts';
import type { Held } from '../cloud/held.ts';
import { everyPage, LABEL_TAG, type Listing, type Machine } from '../cloud/listing.ts';
import { jsonFrom, listAt, textAt, valueAt } from '../cloud/loose.ts';
import { REFUSALS } from '../cloud/refusal.ts';
import { SourceFailed } from '../source.ts';
import { gceRefusal } from './gce-errors.ts';

export interface InstanceSelection {
  /** A network tag; '' for any. */
  readonly tagValue: string;
  /** '' for any. */
  readonly labelKey: string;
  readonly labelValue: string;
  /** A regular expression for whole names of zones; '' for all. */
  readonly zonePattern: string;
}

export interface Compute {
  readonly method: string;
  readonly calls: BackendCalls;
  readonly token: Held<string>;
  /** Without a slash at the end. */
  readonly endpoint: string;
}

const PAGE = 500;

/** Every running instance of a project that is selected, in all zones at once; zones that are silent are told apart. */
export async function listGceInstances(
  { method, calls, token, endpoint }: Compute,
  project: string,
  selection: InstanceSelection,
  budget: Budget,
): Promise<Listing> {
  const wanted = new RegExp(`^(?:${selection.zonePattern || '.*'})$`, 'u');
  const machines: Machine[] = [];
  const missing = new Set<string>();
  await everyPage(method, async (pageToken) => {
    const query = pairsEncoded({
      filter: filterOf(selection),
      maxResults: String(PAGE),
      returnPartialSuccess: 'true',
      ...(pageToken && { pageToken }),
    });
    const url = `${endpoint}/compute/v1/projects/${percentEncoded(project)}/aggregated/instances?${query}`;
    const answer = await token.use(budget, async (bearer) => {
      const headers = { authorization: `Bearer ${bearer}` };
      const call = { url, headers, accepts: REFUSALS, ...budget.limits() };
      const got = await calls.text(call);
      if (got.status >= 300) throw gceRefusal(method, call, got);
      return jsonFrom(got.text);
    });
    const items = valueAt(answer, 'items');
    if (textAt(answer, 'kind') !== 'compute#instanceAggregatedList' || !(items === undefined || isTable(items))) {
      throw new SourceFailed(method, 'what Compute Engine answered is no list of instances: check endpoint.');
    }
    for (const [place, zone] of Object.entries(items ?? {})) {
      if (!wanted.test(lastPart(place))) continue;
      machines.push(...listAt(zone, 'instances').map(machineOf));
      const silent = troubleIn(zone);
      if (silent !== undefined) missing.add(`${place}: ${silent}.`);
    }
    for (const place of listAt(answer, 'unreachables')) {
      if (typeof place === 'string' && wanted.test(lastPart(place))) missing.add(`${place} cannot be reached.`);
    }
    return textAt(answer, 'nextPageToken');
  });
  return { machines, missing: [...missing] };
}

function filterOf({ tagValue, labelKey, labelValue }: InstanceSelection): string {
  const parts = ['(status = "RUNNING")'];
  if (tagValue !== '') parts.push(`(tags.items : ${quoted(tagValue)})`);
  if (labelKey !== '') parts.push(`(labels.${labelKey} ${labelValue === '' ? ': *' : `= ${quoted(labelValue)}`})`);
  return parts.join(' AND ');
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** Every zone without a match is told about, too: that is no trouble. */
function troubleIn(zone: unknown): string | undefined {
  const code = textAt(zone, 'warning', 'code');
  return code === '' || code === 'NO_RESULTS_ON_PAGE'
    ? undefined
    : `${code} ${textAt(zone, 'warning', 'message')}`.trim();
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function machineOf(instance: unknown): Machine {
  return {
    name: textAt(instance, 'name'),
    ip: textAt(instance, 'networkInterfaces', 0, 'networkIP'),
    label: textAt(instance, 'labels', LABEL_TAG),
  };
}
