import { isReady, KINDS, type EndpointSlice, type Pod, type SliceEndpoint } from './api-object.ts';
import type { Store } from './store.ts';

export interface Service {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  /** Number by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** The most endpoints of one slice: 100 unless given. */
  readonly perSlice?: number;
}

const FAMILIES = ['IPv4', 'IPv6'] as const;
type Family = (typeof FAMILIES)[number];
const PER_SLICE = 100;
const SERVICE_NAME = 'kubernetes.io/service-name';

/** Brings the slices of a service up to date with its pods, as the controller does: endpoints stay where they are. */
export function reconcileSlices(store: Store, service: Service, serial: () => number): void {
  for (const family of FAMILIES) {
    const wanted = new Map(endpointsOf(store, service, family).map((one) => [one.targetRef.uid, one]));
    const placed = new Set<string>();
    const contents = slicesOf(store, service, family).map((slice) => {
      const kept = slice.endpoints.flatMap(({ targetRef }) => wanted.get(targetRef.uid) ?? []);
      for (const { targetRef } of kept) placed.add(targetRef.uid);
      return { slice, endpoints: kept };
    });
    const homeless = [...wanted.values()].filter(({ targetRef }) => !placed.has(targetRef.uid));
    for (const { endpoints } of contents) {
      endpoints.push(...homeless.splice(0, Math.max(0, (service.perSlice ?? PER_SLICE) - endpoints.length)));
    }
    for (const { slice, endpoints } of contents) {
      if (endpoints.length === 0) store.remove('endpointslices', service.namespace, slice.metadata.name);
      else if (!isSame(endpoints, slice.endpoints)) store.put('endpointslices', { ...slice, endpoints });
    }
    addSlices(store, service, family, homeless, serial);
  }
}

/**
 * Packs all endpoints into as few slices as they need, and gives the names of those that they were in before: until
 * these are removed, every endpoint is listed twice.
 */
export function repackSlices(store: Store, service: Service, serial: () => number): readonly string[] {
  const before = FAMILIES.flatMap((family) => slicesOf(store, service, family)).map(({ metadata }) => metadata.name);
  for (const family of FAMILIES) addSlices(store, service, family, endpointsOf(store, service, family), serial);
  return before;
}

export function podsOf(store: Store, { namespace, selector }: Pick<Service, 'namespace' | 'selector'>): Pod[] {
  const wanted = Object.entries(selector);
  const pods = [...store.objects.values()].filter((one): one is Pod => one.kind === KINDS.pods.kind);
  const matches = ({ metadata }: Pod): boolean =>
    metadata.namespace === namespace && wanted.every(([key, value]) => metadata.labels[key] === value);
  return pods.filter(matches).toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function addSlices(
  store: Store,
  service: Service,
  addressType: Family,
  endpoints: readonly SliceEndpoint[],
  serial: () => number,
): void {
  const { perSlice = PER_SLICE, namespace } = service;
  const ports = Object.entries(service.ports).map(([name, port]) => ({ name, port, protocol: 'TCP' as const }));
  for (let at = 0; at < endpoints.length; at += perSlice) {
    const suffix = serial().toString(36).padStart(5, '0');
    const name = `${service.name}-${suffix}`;
    const labels = { [SERVICE_NAME]: service.name };
    const slice: EndpointSlice = {
      ...KINDS.endpointslices,
      metadata: { name, namespace, uid: `slice-${suffix}`, labels, annotations: {} },
      addressType,
      endpoints: endpoints.slice(at, at + perSlice),
      ports,
    };
    store.put('endpointslices', slice);
  }
}

function endpointsOf(store: Store, service: Service, family: Family): SliceEndpoint[] {
  return podsOf(store, service).flatMap((pod) => {
    const { name, namespace, uid, deletionTimestamp } = pod.metadata;
    const address = addressesOf(pod).find((ip) => ip.includes(':') === (family === 'IPv6'));
    if (address === undefined || pod.status.phase !== 'Running') return [];
    const conditions = { ready: isReady(pod), serving: isReady(pod), terminating: deletionTimestamp !== undefined };
    return [{ addresses: [address], conditions, targetRef: { kind: 'Pod', name, namespace, uid } }];
  });
}

export function addressesOf({ status }: Pod): readonly string[] {
  return (status.podIPs ?? []).map(({ ip }) => ip);
}

function slicesOf(store: Store, { name, namespace }: Service, family: Family): EndpointSlice[] {
  const isOurs = ({ metadata }: EndpointSlice): boolean =>
    metadata.namespace === namespace && metadata.labels[SERVICE_NAME] === name;
  return [...store.objects.values()]
    .filter((one): one is EndpointSlice => one.kind === KINDS.endpointslices.kind)
    .filter((slice) => isOurs(slice) && slice.addressType === family)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function isSame(one: readonly SliceEndpoint[], other: readonly SliceEndpoint[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
