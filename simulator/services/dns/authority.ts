import type { DnsMessage, DnsQuestion, DnsRecord } from '../../../core/dns/message.ts';
import { RCODE } from '../../../core/dns/message.ts';
import { plainName } from '../../../core/dns/names.ts';
import type { DnsZone, ZoneCopy } from './zone.ts';

/** Longer chains of aliases are left to the asker. */
const ALIASES = 16;

/** Some servers do not load a zone with more records of one name and type (BIND since 9.18.28: 100). */
export function isTooLarge({ records }: ZoneCopy, recordsMax: number): boolean {
  const sizes = new Map<string, number>();
  for (const { name, type } of records) sizes.set(`${type} ${name}`, (sizes.get(`${type} ${name}`) ?? 0) + 1);
  return [...sizes.values()].some((size) => size > recordsMax);
}

/** What a server with authority over a zone says: aliases inside of it are followed, absence comes with the reason. */
export function authorityOf(zone: DnsZone, copy: ZoneCopy, { name, type }: DnsQuestion): Partial<DnsMessage> {
  const under = (owner: string): DnsRecord[] => copy.records.filter((record) => record.name === owner);
  const chain: DnsRecord[] = [];
  let owner = plainName(name);
  for (let alias = cnameOf(under(owner)); alias !== undefined; alias = cnameOf(under(owner))) {
    if (type === 'CNAME' || chain.length >= ALIASES) break;
    chain.push(alias);
    owner = alias.target;
  }
  const found = under(owner).filter((record) => type === 'ANY' || record.type === type);
  const answers = [...chain, ...found];
  if (found.length > 0) return { authoritative: true, answers, additionals: helpersOf(found, under) };
  // Where an alias leads out of the zone, or round in a circle, others must say what is there.
  if (chain.length >= ALIASES || !zone.holds(owner)) return { authoritative: true, answers };
  const exists = copy.records.some((record) => record.name === owner || record.name.endsWith(`.${owner}`));
  const rcode = exists || owner === zone.origin ? RCODE.noError : RCODE.noSuchName;
  return { authoritative: true, rcode, answers, authorities: [authorityRecord(zone, copy.serial)] };
}

/** The record that says for how long absence may be believed. */
export function authorityRecord({ origin, absentSeconds }: DnsZone, serial: number): DnsRecord {
  const [primary, mailbox] = [`ns.${origin}`, `admin.${origin}`];
  return { name: origin, ttl: 3_600, type: 'SOA', primary, mailbox, serial, minimum: absentSeconds };
}

function cnameOf(records: readonly DnsRecord[]): Extract<DnsRecord, { target: string }> | undefined {
  for (const record of records) if (record.type === 'CNAME') return record;
  return undefined;
}

/** Addresses of the services' targets, so that nobody needs to ask for them. */
function helpersOf(found: readonly DnsRecord[], under: (owner: string) => DnsRecord[]): DnsRecord[] {
  const targets = [...new Set(found.flatMap((record) => (record.type === 'SRV' ? [record.target] : [])))];
  return targets.flatMap((target) => under(target).filter(({ type }) => type === 'A' || type === 'AAAA'));
}
