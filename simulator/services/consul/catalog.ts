import type { Change, CheckRecord, ServiceRecord } from './records.ts';

/** Unsigned 64 bits. */
export type Index = bigint;

export interface Stamped {
  readonly created: Index;
  modified: Index;
}

export interface NodeEntry extends Stamped {
  readonly name: string;
  readonly address: string;
  readonly services: Map<string, ServiceRecord & Stamped>;
  readonly checks: Map<string, CheckRecord & Stamped>;
}

export interface Instance {
  readonly node: NodeEntry;
  readonly service: ServiceRecord & Stamped;
  /** Those of the node and those of the service. */
  readonly checks: readonly (CheckRecord & Stamped)[];
}

/** Who offers what, as one server has applied it. */
export class Catalog {
  readonly nodes = new Map<string, NodeEntry>();
  /** Of the last change that concerned the catalog at all. */
  index: Index = 1n;
  readonly #byService = new Map<string, Index>();
  /** When an instance of any service vanished last: what a query for a service without instances waits for. */
  #extinction: Index = 0n;

  apply(index: Index, change: Change): void {
    if (change.kind === 'other') return;
    this.index = index;
    if (change.kind === 'node') return this.#node(index, change.node, change.address);
    const node = this.nodes.get(change.node);
    if (node === undefined) return;
    if (change.kind === 'node-gone') {
      for (const id of node.services.keys()) this.#serviceGone(index, node, id);
      this.nodes.delete(node.name);
    } else if (change.kind === 'service') {
      const { service } = change;
      const created = node.services.get(service.id)?.created ?? index;
      node.services.set(service.id, { ...service, created, modified: index });
      this.#byService.set(service.name, index);
    } else if (change.kind === 'service-gone') this.#serviceGone(index, node, change.id);
    else if (change.kind === 'check') {
      const { check } = change;
      const created = node.checks.get(check.id)?.created ?? index;
      node.checks.set(check.id, { ...check, created, modified: index });
      this.#touched(index, node, check.serviceId);
    } else {
      const { serviceId } = node.checks.get(change.id) ?? {};
      node.checks.delete(change.id);
      if (serviceId !== undefined) this.#touched(index, node, serviceId);
    }
  }

  /** Instances in the order of their nodes and ids. */
  instances(service: string): Instance[] {
    return this.sortedNodes().flatMap((node) =>
      sorted(node.services.values(), ({ id }) => id)
        .filter(({ name }) => name === service)
        .map((found) => ({ node, service: found, checks: checksOf(node, found.id) })),
    );
  }

  sortedNodes(): NodeEntry[] {
    return sorted(this.nodes.values(), ({ name }) => name);
  }

  /** What a blocking query for a service compares with. Without instances it is shared with all other services. */
  indexOf(service: string): Index {
    return this.#byService.get(service) ?? (this.#extinction || this.index);
  }

  #node(index: Index, name: string, address: string): void {
    const before = this.nodes.get(name);
    const { services = new Map(), checks = new Map(), created = index } = before ?? {};
    this.nodes.set(name, { name, address, services, checks, created, modified: index });
    for (const service of services.values()) this.#byService.set(service.name, index);
  }

  #serviceGone(index: Index, node: NodeEntry, id: string): void {
    const gone = node.services.get(id);
    if (gone === undefined) return;
    node.services.delete(id);
    for (const check of [...node.checks.values()]) if (check.serviceId === id) node.checks.delete(check.id);
    this.#extinction = index;
    const isLast = this.instances(gone.name).length === 0;
    if (isLast) this.#byService.delete(gone.name);
    else this.#byService.set(gone.name, index);
  }

  /** A check of a node concerns all that it offers. */
  #touched(index: Index, node: NodeEntry, serviceId: string): void {
    for (const service of node.services.values()) {
      if (serviceId === '' || service.id === serviceId) this.#byService.set(service.name, index);
    }
  }
}

export function checksOf(node: NodeEntry, serviceId: string): (CheckRecord & Stamped)[] {
  const concerned = [...node.checks.values()].filter(
    (check) => check.serviceId === '' || check.serviceId === serviceId,
  );
  return sorted(concerned, ({ id }) => id);
}

function sorted<T>(items: Iterable<T>, key: (item: T) => string): T[] {
  return [...items].toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
