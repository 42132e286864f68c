import type { DnsRecord } from '../../dns/message.ts';
import { labelsOf, nameOf } from '../../dns/names.ts';
import { parseAddress } from '../../address.ts';
import { textLength } from '../../wire/text.ts';
import { addressChecksum } from '../checksum.ts';
import type { Self } from '../source.ts';

/** Records that speak of machines live for two minutes, others for 75 (RFC 6762, section 10). */
const HOST_TTL = 120;
const OTHER_TTL = 4_500;
const LABEL_BYTES = 63;
/** Of the keys in the texts, should their meaning ever change. */
export const TEXT_VERSION = '1';

/** What a node says of itself on its links (RFC 6763). */
export interface OwnRecords {
  /** Such as `_rollcall._udp.local`. */
  readonly service: string;
  /** The name of this node among those of the service; nobody else may have it. */
  readonly instance: string;
  /** Belong to many: that there is such a service, and that this node is one of it. */
  readonly shared: readonly DnsRecord[];
  /** Belong to this node alone. */
  readonly unique: readonly DnsRecord[];
}

/** Under this name all kinds of services of a link are listed (RFC 6763, section 9). */
const ALL_SERVICES = '_services._dns-sd._udp.local';

export function ownRecords(service: string, { id, address, label }: Self): OwnRecords {
  const instance = nameOf([labelFor(id), ...labelsOf(service)]);
  const { port } = parseAddress(address);
  const ip = address.slice(0, address.lastIndexOf(':')).replaceAll(/^\[|\]$/g, '');
  const host = `rollcall-${addressChecksum(id, address)}.local`;
  const texts = [`txtvers=${TEXT_VERSION}`, `id=${id}`, `cluster=${label}`];
  return {
    service,
    instance,
    shared: [
      { name: service, ttl: OTHER_TTL, type: 'PTR', target: instance },
      { name: ALL_SERVICES, ttl: OTHER_TTL, type: 'PTR', target: service },
    ],
    unique: [
      { name: instance, ttl: HOST_TTL, flush: true, type: 'SRV', priority: 0, weight: 0, port, target: host },
      { name: instance, ttl: OTHER_TTL, flush: true, type: 'TXT', texts },
      { name: host, ttl: HOST_TTL, flush: true, type: ip.includes(':') ? 'AAAA' : 'A', address: ip },
    ],
  };
}

/** An id that is too long for a label is cut, and told apart by its checksum. */
function labelFor(id: string): string {
  if (textLength(id) <= LABEL_BYTES) return id;
  const suffix = `-${addressChecksum(id, '')}`;
  let kept = '';
  for (const letter of id) {
    if (textLength(kept + letter) > LABEL_BYTES - suffix.length) break;
    kept += letter;
  }
  return kept + suffix;
}
