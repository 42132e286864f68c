import type { NetworkInterfaceInfo } from 'node:os';
import { isWildcard } from '../../core/address.ts';
import { parseHostPort, withPort } from '../../core/discovery/host-port.ts';
import { InvalidSetting, RollcallError } from '../../core/errors.ts';
import { allowList } from '../../core/membership/allow-list.ts';
import type { Address } from '../../core/ports/transport.ts';
import { addressOf, placeOf } from './place.ts';

const SETTING = 'cluster.network.advertise_addr';

/** As `os.networkInterfaces()` gives it. */
export type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/**
 * What a node tells others to reach it by. `configured` decides: an IP address, with a port or without; '' leaves it to
 * what is bound. Behind a wildcard that is the first address of the best kind, in the order of the interfaces: private
 * before public ones, and those of bridges to containers and virtual machines only when there are no others.
 */
export function advertisedAddress(bound: Address, configured: string, interfaces: Interfaces): Address {
  const place = placeOf(bound);
  if (configured !== '') return configuredAddress(configured, place.port);
  if (!isWildcard(place.host)) return bound;
  const usable = candidatesOf(interfaces).filter(({ family }) => place.family === 6 || family === 4);
  // A socket for IPv6 serves IPv4 too, but whoever binds it means IPv6, if this machine has that.
  const family = usable.some((one) => one.family === 6) ? 6 : 4;
  const [best] = usable.filter((one) => one.family === family).toSorted((a, b) => a.rank - b.rank);
  if (best === undefined) throw new AdvertiseUnknown(bound, interfaces);
  return addressOf(best.host, place.port);
}

function configuredAddress(configured: string, port: number): Address {
  try {
    const given = parseHostPort(configured, port);
    const place = placeOf(withPort(given.host, given.port));
    if (!isWildcard(place.host)) return withPort(place.host, place.port);
  } catch {
    // Said below, in words about this setting.
  }
  const example = 'such as 10.0.0.7, 10.0.0.7:7946 or [fd00::7]:7946. Names and wildcards lead nobody here';
  throw new InvalidSetting(SETTING, configured, `the IP address by which others reach this node, ${example}`);
}

interface Candidate {
  readonly host: string;
  readonly family: 4 | 6;
  /** Less is better. */
  readonly rank: number;
}

const BRIDGE = /^(docker|br-|veth|virbr|cni|flannel|cali|lxc|lxd|podman|vmnet|vboxnet|kube)/;

const isLocal = allowList(['127.0.0.0/8', '169.254.0.0/16', '::1/128', 'fe80::/10']);
const isPrivate = allowList(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);

function candidatesOf(interfaces: Interfaces): Candidate[] {
  return Object.entries(interfaces).flatMap(([name, infos]) =>
    (infos ?? []).flatMap(({ address: host, internal }) => {
      const address = addressOf(host, 0);
      if (internal || isLocal(address)) return [];
      const rank = (BRIDGE.test(name) ? 2 : 0) + (isPrivate(address) ? 0 : 1);
      return [{ host, family: placeOf(address).family, rank }];
    }),
  );
}

class AdvertiseUnknown extends RollcallError {
  constructor(bound: Address, interfaces: Interfaces) {
    const seen = Object.entries(interfaces).flatMap(([name, infos]) =>
      (infos ?? []).map(({ address }) => `${name} ${address}`),
    );
    const found = seen.length === 0 ? 'no addresses at all' : `only ${seen.join(', ')}`;
    super(
      'ADVERTISE_UNKNOWN',
      `${bound} is bound, but what others should be told is unknown: of use to them this machine has nothing, ${found}. ` +
        `Set ${SETTING} to the IP address by which they reach this node.`,
    );
  }
}
