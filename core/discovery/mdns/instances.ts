import type { DnsQuestion, DnsRecord } from '../../dns/message.ts';
import { plainName } from '../../dns/names.ts';
import { withPort } from '../host-port.ts';
import type { Candidate } from '../source.ts';
import { TEXT_VERSION } from './own-records.ts';
import type { Heard } from './record-cache.ts';

/** Who is there, as far as all is known of it; and what is strange about others. */
export interface Instances {
  readonly candidates: readonly Candidate[];
  readonly warnings: readonly string[];
}

/** All nodes of the cluster `label` among those of a service. */
export function instancesIn(heard: readonly Heard[], service: string, label: string): Instances {
  const known = new Known(heard);
  const candidates: Candidate[] = [];
  const warnings: string[] = [];
  for (const instance of known.instancesOf(service)) {
    const texts = known.under(instance).flatMap((record) => (record.type === 'TXT' ? record.texts : []));
    const told = new Map(texts.map((text) => splitAt(text, text.indexOf('='))));
    const version = told.get('txtvers');
    if (version !== undefined && version !== TEXT_VERSION) warnings.push(`${instance} speaks version ${version}`);
    else if (version !== undefined && told.get('cluster') === label) {
      const id = told.get('id');
      const addresses = known.addressesOf(instance);
      candidates.push(...addresses.map((address) => (id === undefined ? { address } : { address, id })));
    }
  }
  return { candidates: candidates.toSorted((a, b) => (a.address < b.address ? -1 : 1)), warnings };
}

/** What is still to be asked about instances that have been heard of. */
export function missingParts(heard: readonly Heard[], service: string): DnsQuestion[] {
  const known = new Known(heard);
  return known.instancesOf(service).flatMap((instance) => {
    const types = new Set(known.under(instance).map(({ type }) => type));
    const parts = (['SRV', 'TXT'] as const).filter((type) => !types.has(type));
    const hosts = known.hostsOf(instance).filter(({ target }) => known.ipsOf(target).length === 0);
    return [
      ...parts.map((type): DnsQuestion => ({ name: instance, type })),
      ...hosts.flatMap(({ target }): DnsQuestion[] => [
        { name: target, type: 'A' },
        { name: target, type: 'AAAA' },
      ]),
    ];
  });
}

class Known {
  readonly #byName = new Map<string, DnsRecord[]>();

  constructor(heard: readonly Heard[]) {
    for (const { record } of heard) {
      const name = plainName(record.name);
      const same = this.#byName.get(name);
      if (same === undefined) this.#byName.set(name, [record]);
      else same.push(record);
    }
  }

  under(name: string): readonly DnsRecord[] {
    return this.#byName.get(plainName(name)) ?? [];
  }

  instancesOf(service: string): string[] {
    return this.under(service).flatMap((record) => (record.type === 'PTR' ? [record.target] : []));
  }

  hostsOf(instance: string): { target: string; port: number }[] {
    return this.under(instance).flatMap((record) => (record.type === 'SRV' ? [record] : []));
  }

  /** Link-local addresses mean nothing without the interface that they were heard on. */
  ipsOf(host: string): string[] {
    const ips = this.under(host).flatMap((one) => (one.type === 'A' || one.type === 'AAAA' ? [one.address] : []));
    return ips.filter((ip) => !/^fe[89ab]/i.test(ip));
  }

  addressesOf(instance: string): string[] {
    return this.hostsOf(instance).flatMap(({ target, port }) => this.ipsOf(target).map((ip) => withPort(ip, port)));
  }
}

function splitAt(text: string, at: number): [key: string, value: string] {
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
