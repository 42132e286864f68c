import type { HttpResponse } from '../../../core/ports/http.ts';
import type { CloudMachine } from '../cloud/account.ts';
import { jsonAnswer, pageOf, type CloudDesk } from '../cloud/cloud-fake.ts';

/** Zones without machines are told about too, on every page. */
const EMPTY_ZONE = 'zones/us-central1-a';
const DEFAULT_ZONE = 'europe-west1-b';

export function gceRefusal(code: number, reason: string, message: string): HttpResponse {
  return jsonAnswer(code, { error: { code, message, errors: [{ message, domain: 'global', reason }] } });
}

export function aggregatedInstances(desk: CloudDesk, query: Readonly<Record<string, string>>): HttpResponse {
  const conditions = conditionsOf(query['filter'] ?? '');
  if (conditions === undefined) return gceRefusal(400, 'invalid', "Invalid value for field 'filter'");
  const trouble = desk.suffers('cloud-zone-down');
  const down = trouble?.['zone'];
  if (down !== undefined && query['returnPartialSuccess'] !== 'true') {
    return gceRefusal(503, 'backendError', 'The service is currently unavailable.');
  }
  const wanted = desk.machines().filter((machine) => conditions.every((holds) => holds(machine)));
  const answering = wanted.filter(({ zone = DEFAULT_ZONE }) => zone !== down);
  const size = Math.min(Number(query['maxResults'] ?? 500), desk.account.options.pageSize);
  const { page, next } = pageOf(answering, query['pageToken'] ?? '', size);
  desk.changes();
  const zones = [...new Set(page.map(({ zone = DEFAULT_ZONE }) => zone))];
  const items = Object.fromEntries(
    zones.map((zone) => {
      const here = page.filter((machine) => (machine.zone ?? DEFAULT_ZONE) === zone);
      return [`zones/${zone}`, { instances: here.map(instanceOf) }] as const;
    }),
  );
  const isListed = trouble?.['listed'] === true;
  const nothing = { warning: { code: 'NO_RESULTS_ON_PAGE', message: 'There are no results for scope on this page.' } };
  const silent = { warning: { code: 'UNREACHABLE', message: 'The zone is unreachable.' } };
  return jsonAnswer(200, {
    kind: 'compute#instanceAggregatedList',
    items: {
      ...items,
      [EMPTY_ZONE]: nothing,
      ...(typeof down === 'string' && !isListed ? { [`zones/${down}`]: silent } : {}),
    },
    ...(next && { nextPageToken: next }),
    ...(isListed ? { unreachables: [`projects/p/zones/${String(down)}`] } : {}),
  });
}

type Condition = (machine: CloudMachine) => boolean;

const CONDITION = /^\((status|tags\.items|labels\.([^ ]+)) (=|:) (?:"((?:\\.|[^"\\])*)"|(\*))\)$/u;

/** Conditions in parentheses, joined by AND; undefined for what this fake cannot read. */
function conditionsOf(filter: string): Condition[] | undefined {
  const parts = filter === '' ? [] : filter.split(/ AND (?=\()/);
  const conditions = parts.map(conditionOf);
  return conditions.includes(undefined) ? undefined : (conditions as Condition[]);
}

function conditionOf(text: string): Condition | undefined {
  const [, field, label, , quoted, star] = CONDITION.exec(text) ?? [];
  const value = quoted?.replaceAll(/\\(.)/g, '$1');
  if (field === 'status') return ({ state = 'running' }) => value === state.toUpperCase();
  if (field === 'tags.items') return ({ networkTags = [] }) => value !== undefined && networkTags.includes(value);
  if (label === undefined) return undefined;
  return ({ tags = {} }) => (star === undefined ? tags[label] === value : tags[label] !== undefined);
}

function instanceOf({ name, ip, publicIp, tags = {}, networkTags = [], zone = DEFAULT_ZONE }: CloudMachine): unknown {
  const accessConfigs = publicIp === undefined ? [] : [{ type: 'ONE_TO_ONE_NAT', natIP: publicIp }];
  return {
    kind: 'compute#instance',
    name,
    status: 'RUNNING',
    zone: `https://www.googleapis.com/compute/v1/projects/p/zones/${zone}`,
    labels: tags,
    tags: { items: networkTags },
    networkInterfaces: ip === '' ? [] : [{ name: 'nic0', networkIP: ip, accessConfigs }],
  };
}
