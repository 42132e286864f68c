import { isWildcard } from '../../address.ts';
import { isTable } from '../../config/kinds.ts';
import { InvalidSetting } from '../../errors.ts';
import { addressChecksum } from '../checksum.ts';
import { isIp, parseHostPort, withPort, type HostPort } from '../host-port.ts';
import type { Self } from '../source.ts';

/** An instance of the service, as Consul has it entered. */
export interface Instance {
  /** On which agent. */
  readonly node: string;
  /** A name, or an IP address. */
  readonly place: HostPort;
  /** The name among the members, where one of us has entered it. */
  readonly id: string | undefined;
  readonly checksum: string | undefined;
  /** Undefined when whoever entered it knows nothing of labels. */
  readonly label: string | undefined;
  /** Of all its checks; the catalog has none. */
  readonly passing: boolean | undefined;
}

export interface Listed {
  readonly instances: readonly Instance[];
  /** Entries that cannot be used: why. */
  readonly warnings: readonly string[];
}

/** Letters, digits and underscores alone: Consul's filters can name these. */
const META = { id: 'rollcall_id', label: 'rollcall_label', checksum: 'rollcall_checksum' } as const;

export function metaOf({ id, label, address }: Self): Readonly<Record<string, string>> {
  return { [META.id]: id, ...(label && { [META.label]: label }), [META.checksum]: addressChecksum(id, address) };
}

/** Reads the answer of a health or of a catalog query; undefined when it is not even a list. */
export function listedIn(json: unknown): Listed | undefined {
  if (!Array.isArray(json)) return undefined;
  const instances: Instance[] = [];
  const warnings: string[] = [];
  for (const [i, entry] of json.entries()) {
    try {
      instances.push(instanceFrom(entry));
    } catch (error) {
      if (!(error instanceof InvalidSetting)) throw error;
      warnings.push(`entry ${i} (${nameOf(entry)}) is left out: ${error.message}`);
    }
  }
  return { instances, warnings };
}

function instanceFrom(entry: unknown): Instance {
  const { node, nodeAddress, address, port, meta, passing } = flat(entry);
  const host = address || nodeAddress;
  if (typeof host !== 'string') throw new InvalidSetting('its address', host, 'an IP address or a host name');
  if (!Number.isInteger(port) || (port as number) < 1 || (port as number) > 65_535) {
    throw new InvalidSetting('its port', port, 'from 1 to 65535');
  }
  const place = parseHostPort(host, port as number);
  if (place.port !== port || (isIp(place.host) && isWildcard(place.host))) {
    throw new InvalidSetting('its address', host, 'an IP address that others can reach, or a host name');
  }
  const said = isTable(meta) ? meta : {};
  const id = textIn(said, META.id);
  const checksum = textIn(said, META.checksum);
  const isDamaged =
    id !== undefined &&
    checksum !== undefined &&
    isIp(place.host) &&
    checksum !== addressChecksum(id, withPort(place.host, place.port));
  if (isDamaged) throw new InvalidSetting('its checksum', checksum, 'that of its id and address');
  return {
    node: String(node),
    place,
    id,
    checksum,
    // We leave out the label that is empty.
    label: textIn(said, META.label) ?? (id === undefined ? undefined : ''),
    passing,
  };
}

interface Flat {
  readonly node: unknown;
  readonly nodeAddress: unknown;
  readonly serviceId: unknown;
  readonly address: unknown;
  readonly port: unknown;
  readonly meta: unknown;
  readonly passing: boolean | undefined;
}

/** Both forms in one: health queries nest, catalog queries do not. */
function flat(entry: unknown): Flat {
  const all = isTable(entry) ? entry : {};
  const { Node: node, Service: service, Checks: checks } = all;
  if (isTable(node) && isTable(service)) {
    const passing = Array.isArray(checks) && checks.every((check) => isTable(check) && check['Status'] === 'passing');
    return {
      node: node['Node'],
      nodeAddress: node['Address'],
      serviceId: service['ID'],
      address: service['Address'],
      port: service['Port'],
      meta: service['Meta'],
      passing,
    };
  }
  return {
    node,
    nodeAddress: all['Address'],
    serviceId: all['ServiceID'],
    address: all['ServiceAddress'],
    port: all['ServicePort'],
    meta: all['ServiceMeta'],
    passing: undefined,
  };
}

function textIn(table: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = table[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function nameOf(entry: unknown): string {
  const { node, serviceId } = flat(entry);
  return `service ${JSON.stringify(serviceId ?? null)} on node ${JSON.stringify(node ?? null)}`;
}
