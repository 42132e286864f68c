import { isTable } from '../../../core/config/kinds.ts';
import type { HttpRequest, HttpResponse } from '../../../core/ports/http.ts';
import { textFromBytes } from '../../../core/wire/text.ts';
import type { ConsulAgent } from './agent.ts';
import type { Catalog } from './catalog.ts';
import { definitionFrom, lower, statusFrom } from './definitions.ts';
import { JSON_HEADERS, type Asked, type Queries, type Read } from './query.ts';
import { ConsulRefusal, type CheckStatus } from './records.ts';
import {
  aggregated,
  catalogEntry,
  checkShape,
  healthEntry,
  nodeId,
  nodeShape,
  serviceShape,
  type Json,
} from './shapes.ts';
import type { ConsulState } from './state.ts';

export interface Desk {
  readonly state: ConsulState;
  readonly agent: ConsulAgent;
  readonly queries: Queries;
}

/** One request, its path taken apart. */
export interface Visit extends Asked {
  readonly request: HttpRequest;
  /** What the path names, such as the service. */
  readonly name: string;
  /** Throws unless the token may change this service. */
  readonly mayWrite: (service: string) => void;
}

type Route = (desk: Desk, visit: Visit) => HttpResponse | Promise<HttpResponse>;

const json = (value: unknown, status = 200): HttpResponse => ({
  status,
  headers: JSON_HEADERS,
  body: JSON.stringify(value),
});
const done: HttpResponse = { status: 200, headers: {}, body: '' };

/** Method and path; a star stands for a name, and is the last part. */
export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /v1/health/service/*': (desk, visit) => desk.queries.answer(visit, instancesOf(desk, visit, healthEntry)),
  'GET /v1/catalog/service/*': (desk, visit) => desk.queries.answer(visit, instancesOf(desk, visit, catalogEntry)),
  'GET /v1/catalog/services': (desk, visit) => desk.queries.answer(visit, services),
  'GET /v1/catalog/nodes': (desk, visit) =>
    desk.queries.answer(visit, (catalog) => ({
      index: catalog.index,
      value: catalog.sortedNodes().map((node) => nodeShape(desk.state.datacenter, node)),
    })),
  'GET /v1/catalog/datacenters': ({ state }) => json([state.datacenter]),
  'GET /v1/health/checks/*': (desk, visit) =>
    desk.queries.answer(
      visit,
      checks(({ name }) => name === visit.name),
    ),
  'GET /v1/health/state/*': (desk, visit) =>
    desk.queries.answer(
      visit,
      checks((_, status) => visit.name === 'any' || status === visit.name),
    ),

  'PUT /v1/agent/service/register': ({ agent }, visit) => {
    const definition = definitionFrom(bodyOf(visit));
    visit.mayWrite(definition.service.name);
    agent.register(definition);
    return done;
  },
  'PUT /v1/agent/service/deregister/*': ({ agent }, { name, mayWrite }) => {
    mayWrite(agent.services.get(name)?.service.name ?? name);
    agent.deregister(name);
    return done;
  },
  'PUT /v1/agent/service/maintenance/*': ({ agent }, { name, parameters }) => {
    agent.maintain(name, parameters.get('enable')?.[0] === 'true', parameters.get('reason')?.[0] ?? '');
    return done;
  },
  'GET /v1/agent/services': ({ agent }) =>
    json(Object.fromEntries([...agent.services.values()].map(({ service }) => [service.id, serviceShape(service)]))),
  'GET /v1/agent/service/*': ({ agent, state }, { name }) => {
    const service = agent.services.get(name)?.service;
    if (service === undefined) throw new ConsulRefusal(404, `unknown service ID: ${name}`);
    return json({ ...serviceShape(service), ContentHash: nodeId(service.id).slice(-12), Datacenter: state.datacenter });
  },
  'GET /v1/agent/health/service/id/*': ({ agent }, { name }) => {
    const local = agent.services.get(name);
    if (local === undefined) return json({ AggregatedStatus: 'critical', Service: null, Checks: null }, 404);
    const records = [...local.states.values()].map(({ record }) => record);
    const status = aggregated(records);
    const shapes = records.map((check) => checkShape(agent.name, check, local.service));
    const codes = { passing: 200, warning: 429, critical: 503 };
    return json({ AggregatedStatus: status, Service: serviceShape(local.service), Checks: shapes }, codes[status]);
  },
  'GET /v1/agent/checks': ({ agent }) =>
    json(Object.fromEntries(agent.checks().map((check) => [check.id, checkShape(agent.name, check)]))),
  'PUT /v1/agent/check/pass/*': (desk, visit) => word(desk, visit, 'passing'),
  'PUT /v1/agent/check/warn/*': (desk, visit) => word(desk, visit, 'warning'),
  'PUT /v1/agent/check/fail/*': (desk, visit) => word(desk, visit, 'critical'),
  'PUT /v1/agent/check/update/*': (desk, visit) => {
    const { status, output } = lower(bodyOf(visit));
    const known = statusFrom(status);
    if (known === undefined) throw new ConsulRefusal(400, `Invalid check status: '${String(status)}'`);
    return word(desk, visit, known, typeof output === 'string' ? output : '');
  },
  'GET /v1/agent/members': ({ state }) => json([...state.members.values()].map((member) => memberShape(state, member))),
  'GET /v1/agent/self': ({ state, agent }) => {
    const { name, isServer: server } = agent;
    const config = {
      Datacenter: state.datacenter,
      NodeName: name,
      NodeID: nodeId(name),
      Server: server,
      Version: '1.20.0',
    };
    return json({ Config: config, Member: memberShape(state, agent), Meta: {} });
  },
  'GET /v1/status/leader': ({ state, agent }) => {
    const leader = agent.server?.leader();
    return json(leader === undefined ? '' : `${state.members.get(leader.name)!.address}:8300`);
  },
  'GET /v1/status/peers': ({ state }) =>
    json([...state.replicas.values()].map(({ name }) => `${state.members.get(name)!.address}:8300`)),
};

function instancesOf(
  { state, agent }: Desk,
  { name, parameters }: Visit,
  shape: (datacenter: string, instance: ReturnType<Catalog['instances']>[number]) => Json,
): Read {
  const tags = parameters.get('tag') ?? [];
  const near = parameters.get('near')?.[0] === '_agent' ? agent.name : parameters.get('near')?.[0];
  const passing = parameters.has('passing') && !['0', 'false'].includes(parameters.get('passing')![0]!);
  return (catalog) => {
    const found = catalog
      .instances(name)
      .filter(({ service }) => tags.every((tag) => service.tags.includes(tag)))
      .filter(({ checks }) => !passing || aggregated(checks) === 'passing')
      .toSorted((a, b) => Number(b.node.name === near) - Number(a.node.name === near));
    return { index: catalog.indexOf(name), value: found.map((instance) => shape(state.datacenter, instance)) };
  };
}

const services: Read = (catalog) => {
  const tags = new Map<string, Set<string>>([['consul', new Set()]]);
  for (const node of catalog.sortedNodes()) {
    for (const service of node.services.values()) {
      const all = tags.get(service.name) ?? new Set();
      tags.set(service.name, all);
      for (const tag of service.tags) all.add(tag);
    }
  }
  return { index: catalog.index, value: Object.fromEntries([...tags].map(([name, all]) => [name, [...all]])) };
};

function checks(wanted: (service: { name: string }, status: CheckStatus) => boolean): Read {
  return (catalog) => {
    const value = catalog.sortedNodes().flatMap((node) =>
      [...node.checks.values()].flatMap((check) => {
        const service = node.services.get(check.serviceId);
        return wanted(service ?? { name: '' }, check.status) ? [checkShape(node.name, check, service)] : [];
      }),
    );
    return { index: catalog.index, value };
  };
}

function word(
  { agent }: Desk,
  { name, parameters, mayWrite }: Visit,
  status: CheckStatus,
  output?: string,
): HttpResponse {
  const check = agent.checks().find(({ id }) => id === name);
  mayWrite(agent.services.get(check?.serviceId ?? '')?.service.name ?? name);
  agent.hears(name, status, output ?? parameters.get('note')?.[0] ?? '');
  return done;
}

function memberShape(
  { datacenter }: ConsulState,
  { name, address, isServer }: Pick<ConsulAgent, 'name' | 'address' | 'isServer'>,
): Json {
  const tags = { dc: datacenter, role: isServer ? 'consul' : 'node', id: nodeId(name), build: '1.20.0' };
  return { Name: name, Addr: address, Port: 8_301, Tags: tags, Status: 1, ProtocolCur: 2 };
}

function bodyOf({ request }: Visit): unknown {
  try {
    const body: unknown = JSON.parse(textFromBytes(request.body));
    if (isTable(body)) return body;
  } catch {
    // Told below.
  }
  throw new ConsulRefusal(400, 'Request decode error: the body is no JSON object');
}
