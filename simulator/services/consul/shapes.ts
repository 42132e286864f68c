import type { Instance, NodeEntry, Stamped } from './catalog.ts';
import type { CheckRecord, CheckStatus, ServiceRecord } from './records.ts';

/* What Consul answers, field by field, as its clients expect it. */

export type Json = Readonly<Record<string, unknown>>;

export function healthEntry(datacenter: string, { node, service, checks }: Instance): Json {
  return {
    Node: { ...nodeShape(datacenter, node), Meta: {}, ...stamps(node) },
    Service: { ...serviceShape(service), ...stamps(service) },
    Checks: checks.map((check) => checkShape(node.name, check, service)),
  };
}

export function catalogEntry(datacenter: string, { node, service }: Instance): Json {
  return {
    ...nodeShape(datacenter, node),
    NodeMeta: {},
    ServiceKind: '',
    ServiceID: service.id,
    ServiceName: service.name,
    ServiceTags: service.tags,
    ServiceAddress: service.address,
    ServicePort: service.port,
    ServiceMeta: service.meta,
    ServiceWeights: { Passing: 1, Warning: 1 },
    ServiceEnableTagOverride: false,
    ...stamps(service),
  };
}

export function nodeShape(datacenter: string, { name, address }: Pick<NodeEntry, 'name' | 'address'>): Json {
  return {
    ID: nodeId(name),
    Node: name,
    Address: address,
    Datacenter: datacenter,
    TaggedAddresses: { lan: address, wan: address },
  };
}

export function serviceShape(service: ServiceRecord): Json {
  const { id, name, tags, meta, address, port } = service;
  return {
    ID: id,
    Service: name,
    Tags: tags,
    Meta: meta,
    Port: port,
    Address: address,
    Weights: { Passing: 1, Warning: 1 },
    EnableTagOverride: false,
  };
}

export function checkShape(node: string, check: CheckRecord & Partial<Stamped>, service?: ServiceRecord): Json {
  const own = check.serviceId === '' ? undefined : service;
  return {
    Node: node,
    CheckID: check.id,
    Name: check.name,
    Status: check.status,
    Notes: '',
    Output: check.output,
    ServiceID: check.serviceId,
    ServiceName: own?.name ?? '',
    ServiceTags: own?.tags ?? [],
    Type: check.type,
    ...(check.created !== undefined && stamps(check as Stamped)),
  };
}

/** The worst of them. */
export function aggregated(checks: readonly CheckRecord[]): CheckStatus {
  const has = (status: CheckStatus): boolean => checks.some((check) => check.status === status);
  return has('critical') ? 'critical' : has('warning') ? 'warning' : 'passing';
}

function stamps({ created, modified }: Stamped): Json {
  return { CreateIndex: Number(created), ModifyIndex: Number(modified) };
}

/** A UUID of the name: nodes keep theirs. */
export function nodeId(name: string): string {
  const hex = [...name].reduce((text, letter) => text + letter.charCodeAt(0).toString(16), '');
  const digits = hex.padEnd(32, '0').slice(0, 32);
  return [8, 12, 16, 20].reduceRight((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, digits);
}
