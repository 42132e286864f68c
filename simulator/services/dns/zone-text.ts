import { isIp } from '../../../core/discovery/host-port.ts';
import type { DnsData, DnsRecord } from '../../../core/dns/message.ts';
import { plainName } from '../../../core/dns/names.ts';
import { InvalidSetting } from '../../../core/errors.ts';

/** The IP address of a host of the world. */
export type AddressOf = (host: string) => string | undefined;

const LINE = /^(\S+)\s+(\d+)\s+(A|AAAA|CNAME|NS|SRV|TXT)\s+(.+)$/;

/**
 * Reads a line such as `n1.disco.test 30 A 10.0.0.1`, `_swim._tcp.disco.test 30 SRV 0 0 7946 n1.disco.test` or
 * `n1.disco.test 30 TXT "node=n1"`. `A @n1` takes the address that host n1 has at this moment.
 */
export function recordFrom(line: string, addressOf: AddressOf): DnsRecord {
  const [, name = '', ttl = '', type = '', data = ''] = LINE.exec(line.trim()) ?? [];
  const read = readData(type, data.trim(), addressOf);
  if (read === undefined) {
    throw new InvalidSetting('a record', line, 'a name, seconds, a type and its data, such as a.test 30 A 10.0.0.1');
  }
  return { name: plainName(name), ttl: Number(ttl), ...read };
}

function readData(type: string, data: string, addressOf: AddressOf): DnsData | undefined {
  if (type === 'A' || type === 'AAAA') {
    const address = data.startsWith('@') ? addressOf(data.slice(1)) : data;
    const isRight = address !== undefined && isIp(address) && address.includes(':') === (type === 'AAAA');
    return isRight ? { type, address } : undefined;
  }
  if (type === 'CNAME' || type === 'NS') return { type, target: plainName(data) };
  if (type === 'TXT') {
    const quoted = [...data.matchAll(/"([^"]*)"/g)].map(([, text = '']) => text);
    return { type, texts: quoted.length > 0 ? quoted : [data] };
  }
  const [, priority, weight, port, target = ''] = /^(\d+)\s+(\d+)\s+(\d+)\s+(\S+)$/.exec(data) ?? [];
  if (type !== 'SRV' || port === undefined) return undefined;
  return {
    type,
    priority: Number(priority),
    weight: Number(weight),
    port: Number(port),
    target: target === '.' ? '' : plainName(target),
  };
}
