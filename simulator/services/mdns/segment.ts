import { dnsProtocol } from '../../../core/dns/protocol.ts';
import type { DnsMessage } from '../../../core/dns/message.ts';
import {
  MULTICAST_DNS_PORT,
  MulticastUnavailable,
  type MulticastDns,
  type MulticastEndpoint,
  type MulticastHandlers,
} from '../../../core/ports/multicast-dns.ts';
import type { Ratio } from '../../../core/ports/random.ts';
import type { Endpoint } from '../../../core/ports/transport.ts';
import { ipOf } from '../../http/server.ts';
import type { Host } from '../../program.ts';

/** Hosts of the world on the same link: what one of them sends to the group comes to each of them as a datagram of its own. */
export interface LanSegment {
  readonly name: string;
  readonly hosts: readonly string[];
}

/**
 * `mdns-deaf`: hears nothing. `mdns-mute`: nobody hears it. `mdns-lossy`: loses what comes with the chance of `loss`.
 * `mdns-double`: hears everything twice. `mdns-no-goodbye`: its goodbyes get lost. Loss, delays and partitions of the
 * network act on each receiver besides.
 */
export const MDNS_EFFECTS = ['mdns-deaf', 'mdns-mute', 'mdns-lossy', 'mdns-double', 'mdns-no-goodbye'] as const;
type MdnsEffect = (typeof MDNS_EFFECTS)[number];

const LOSS: Ratio = [1, 2];

/** Multicast of a simulated host on the segments that it is part of; `close` ends all that is open. */
export function simulatedMulticastDns(
  host: Host,
  segments: readonly LanSegment[],
): MulticastDns & { readonly close: () => void } {
  const own = segments.filter(({ hosts }) => hosts.includes(host.name));
  const opened: MulticastEndpoint[] = [];
  return {
    close() {
      for (const endpoint of opened) endpoint.close();
    },
    async open(interfaces, handlers) {
      const links = interfaces.length === 0 ? own : own.filter(({ name }) => interfaces.includes(name));
      if (links.length === 0) {
        throw new MulticastUnavailable(`${host.name} has no such link: ${interfaces.join(', ') || 'any'}.`);
      }
      const endpoint = new SimulatedEndpoint(host, links, handlers);
      opened.push(endpoint);
      return endpoint;
    },
  };
}

class SimulatedEndpoint implements MulticastEndpoint {
  readonly #host: Host;
  readonly #others: readonly string[];
  readonly #endpoint: Endpoint<DnsMessage, DnsMessage>;

  constructor(host: Host, links: readonly LanSegment[], handlers: MulticastHandlers) {
    this.#host = host;
    this.#others = [...new Set(links.flatMap(({ hosts }) => hosts))];
    this.#endpoint = host.transport.open(`${ipOf(host.address)}:${MULTICAST_DNS_PORT}`, dnsProtocol, {
      onMalformed() {},
      onStream: (stream) => {
        stream.close();
        return { onMessage() {}, onClose() {} };
      },
      onDatagram: (message, from) => {
        if (this.#suffers('mdns-deaf') || this.#loses()) return;
        handlers.onMessage(message, from);
        if (this.#suffers('mdns-double')) handlers.onMessage(message, from);
      },
    });
  }

  send(message: DnsMessage, to?: string): void {
    if (this.#suffers('mdns-mute')) return;
    const isGoodbye = message.response && message.answers.length > 0 && message.answers.every(({ ttl }) => ttl === 0);
    if (isGoodbye && this.#suffers('mdns-no-goodbye')) return;
    if (to !== undefined) return this.#endpoint.send(to, message);
    for (const other of this.#others) {
      const address = this.#host.addressOf(other);
      if (address !== undefined) this.#endpoint.send(`${ipOf(address)}:${MULTICAST_DNS_PORT}`, message);
    }
  }

  close(): void {
    this.#endpoint.close();
  }

  #loses(): boolean {
    const suffering = this.#host.suffers('mdns-lossy');
    const { loss = LOSS } = (suffering?.argument ?? {}) as { loss?: Ratio };
    if (suffering === undefined || !this.#host.random.chance(loss)) return false;
    suffering.strike();
    return true;
  }

  #suffers(effect: MdnsEffect): boolean {
    const suffering = this.#host.suffers(effect);
    suffering?.strike();
    return suffering !== undefined;
  }
}
