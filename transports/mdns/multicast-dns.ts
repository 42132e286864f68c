import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { decodeDns } from '../../core/dns/decode.ts';
import { encodeDns } from '../../core/dns/encode.ts';
import type { DnsMessage } from '../../core/dns/message.ts';
import { messageOf } from '../../core/errors.ts';
import {
  MULTICAST_DNS_PORT,
  MulticastUnavailable,
  type MulticastDns,
  type MulticastEndpoint,
  type MulticastHandlers,
} from '../../core/ports/multicast-dns.ts';
import type { Address } from '../../core/ports/transport.ts';
import { addressOf, placeOf } from '../sockets/place.ts';
import { neighboursOf, type IsNeighbour } from './neighbours.ts';

/** One family of addresses on one interface of this machine. */
interface Link {
  readonly name: string;
  readonly family: 4 | 6;
  /** What the system knows the interface by. */
  readonly by: string;
  readonly group: string;
  readonly isNeighbour: IsNeighbour;
}

/** Packets that came through a router had a smaller one: links tell by it (RFC 6762, section 11). */
const TTL = 255;

/** Multicast of this machine; its owner closes what is still open at the end. */
export class NodeMulticastDns implements MulticastDns {
  readonly #open = new Set<NodeEndpoint>();

  async open(interfaces: readonly string[], handlers: MulticastHandlers): Promise<MulticastEndpoint> {
    const links = linksOf(interfaces);
    const opened = await Promise.allSettled(links.map((link) => openLink(link, handlers)));
    const sockets = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    if (sockets.length === 0) throw unavailable(links, opened);
    const endpoint = new NodeEndpoint(sockets, () => this.#open.delete(endpoint));
    this.#open.add(endpoint);
    return endpoint;
  }

  close(): void {
    for (const endpoint of this.#open) endpoint.close();
  }
}

interface LinkSocket {
  readonly link: Link;
  readonly socket: Socket;
}

class NodeEndpoint implements MulticastEndpoint {
  readonly #sockets: readonly LinkSocket[];
  readonly #onClose: () => void;
  #isOpen = true;

  constructor(sockets: readonly LinkSocket[], onClose: () => void) {
    this.#sockets = sockets;
    this.#onClose = onClose;
  }

  send(message: DnsMessage, to?: Address): void {
    if (!this.#isOpen) return;
    const bytes = encodeDns(message);
    const place = to === undefined ? undefined : placeOf(to);
    // Whoever cannot be reached is asked, or told, again: nothing is lost for good.
    const ignore = (): void => {};
    if (place !== undefined) {
      const one = this.#sockets.find(({ link }) => link.family === place.family);
      return one?.socket.send(bytes, place.port, place.host, ignore);
    }
    for (const { link, socket } of this.#sockets) socket.send(bytes, MULTICAST_DNS_PORT, link.group, ignore);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    // What was sent last is a goodbye: it leaves before the socket closes.
    setImmediate(() => {
      for (const { socket } of this.#sockets) socket.close();
    });
    this.#onClose();
  }
}

/** Every interface takes a socket of its own, because a socket sends on one alone. */
async function openLink(link: Link, { onMessage }: MulticastHandlers): Promise<LinkSocket> {
  // Others on this machine, such as Avahi, listen on the same port.
  const socket = createSocket({
    type: link.family === 4 ? 'udp4' : 'udp6',
    reuseAddr: true,
    ipv6Only: link.family === 6,
  });
  try {
    await once(socket.bind(MULTICAST_DNS_PORT), 'listening');
    socket.addMembership(link.family === 4 ? GROUP_4 : GROUP_6, link.by);
    socket.setMulticastInterface(link.by);
    socket.setMulticastTTL(TTL);
    socket.setMulticastLoopback(true);
  } catch (error) {
    socket.close();
    throw error;
  }
  // An interface that goes away takes its link with it; the others stay.
  socket.on('error', () => {});
  socket.on('message', (bytes, from) => {
    if (!link.isNeighbour(from)) return;
    const message = readable(bytes);
    if (message !== undefined) onMessage(message, addressOf(from.address, from.port));
  });
  return { link, socket };
}

const GROUP_4 = '224.0.0.251';
const GROUP_6 = 'ff02::fb';

/** Interfaces by name or address; all but loopback when none are named. */
function linksOf(wanted: readonly string[]): Link[] {
  const links = Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) => {
    const isWanted = (address: string, internal: boolean): boolean =>
      wanted.length === 0 ? !internal : wanted.includes(name) || wanted.includes(address);
    const chosen = addresses.filter(({ address, internal }) => isWanted(address, internal));
    const isNeighbour = neighboursOf(addresses);
    const four = chosen.find(({ address }) => isIP(address) === 4);
    const six = chosen.find(({ address }) => isIP(address) === 6);
    const by4: Link[] = four === undefined ? [] : [{ name, family: 4, by: four.address, group: GROUP_4, isNeighbour }];
    const by6: Link[] =
      six === undefined ? [] : [{ name, family: 6, by: `::%${name}`, group: `${GROUP_6}%${name}`, isNeighbour }];
    return [...by4, ...by6];
  });
  if (links.length > 0) return links;
  const known = Object.keys(networkInterfaces()).join(', ');
  const what = wanted.length === 0 ? 'no interface besides loopback' : `no interface ${wanted.join(', ')}`;
  throw new MulticastUnavailable(`this machine has ${what} (it has ${known}): name its peers otherwise.`);
}

function unavailable(
  links: readonly Link[],
  opened: readonly PromiseSettledResult<LinkSocket>[],
): MulticastUnavailable {
  const problems = opened.flatMap((one, i) => {
    return one.status === 'rejected' ? [`${links[i]!.name} (IPv${links[i]!.family}): ${messageOf(one.reason)}`] : [];
  });
  const advice = 'Networks of clouds and containers seldom carry multicast: name the peers otherwise there.';
  return new MulticastUnavailable(`no interface takes part in multicast: ${problems.join('; ')}. ${advice}`);
}

function readable(bytes: Uint8Array): DnsMessage | undefined {
  try {
    return decodeDns(bytes);
  } catch {
    return undefined;
  }
}
