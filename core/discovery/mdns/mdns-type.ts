import * as kinds from '../../config/kinds.ts';
import { InvalidSetting } from '../../errors.ts';
import type { SourceTable, SourceType, SourceUrl } from '../source-type.ts';
import { mdnsSource, type MdnsSourceOptions } from './mdns-source.ts';

export interface MdnsConfig extends MdnsSourceOptions {
  readonly type: 'mdns';
}

const SERVICE = /^_[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?\._(?:udp|tcp)$/i;

/** Never unless it is asked for: anybody on the link may answer. */
export const mdnsType: SourceType<MdnsConfig> = {
  type: 'mdns',
  keys: [
    {
      name: 'service',
      field: 'service',
      kind: kinds.anyText,
      initial: '_rollcall._udp',
      says: 'what nodes are announced as on their links',
    },
    {
      name: 'interfaces',
      field: 'interfaces',
      kind: kinds.list(kinds.anyText),
      initial: [],
      says: 'interfaces of the machine to use, by name or address; none for all that take multicast',
    },
    {
      name: 'collect_sec',
      field: 'collectMs',
      kind: kinds.seconds(1, 60),
      initial: 3,
      says: 'how long answers are collected before they count as all',
    },
    {
      name: 'register',
      field: 'register',
      kind: kinds.yesOrNo,
      initial: true,
      says: 'whether this node announces itself',
    },
  ],
  inWords: ({ service }) => `whoever offers ${service} on the same link`,
  problem: ({ service }) => (SERVICE.test(service) ? undefined : 'service must be such as _rollcall._udp.'),
  urls: { mdns: tableOf },
  providers: {
    mdns: ({ service = '_rollcall._udp', timeout, domain = 'local', ...others }) => {
      const [strange] = Object.keys(others).filter((key) => key !== 'v4' && key !== 'v6');
      if (strange !== undefined) throw new InvalidSetting('a key of provider=mdns', strange, 'service or timeout');
      if (domain !== 'local') throw new InvalidSetting('domain', domain, 'local: nothing else is on a link');
      return { service, ...(timeout === undefined ? {} : { collect_sec: Number.parseInt(timeout, 10) }) };
    },
  },
  create: (config, ports, { label }) => mdnsSource(config, ports, label),
};

/** `mdns:` and `mdns:_rollcall._udp`. */
function tableOf({ hosts, path, query }: SourceUrl): SourceTable {
  const service = hosts[0] ?? path;
  return { ...(service === '' ? {} : { service }), ...query };
}
