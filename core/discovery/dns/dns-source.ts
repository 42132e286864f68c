import { ResolveFailed, type DnsService, type Resolver } from '../../ports/resolver.ts';
import { isIp, locate, withPort } from '../host-port.ts';
import { nobody, SourceFailed, type Found, type Source } from '../source.ts';

export interface DnsSourceOptions {
  /** An SRV name when it begins with an underscore; a name with addresses otherwise. */
  readonly service: string;
  /** For names with addresses, and for SRV records that leave the port open (0). */
  readonly port: number;
  readonly refreshIntervalMs: number;
}

/** Names are not asked for more often than this, whatever their TTL. */
const FLOOR_MS = 5_000;

/** Peers from the name service: what lives as long as its TTL, within bounds. */
export function dnsSource(options: DnsSourceOptions, resolver: Resolver): Source {
  const method = 'dns';
  const { service, port, refreshIntervalMs } = options;
  const bounded = (lifetimeMs: number): number => Math.min(refreshIntervalMs, Math.max(FLOOR_MS, lifetimeMs));

  const byAddress = async (): Promise<Found> => {
    const { records, lifetimeMs, complete, absent } = await resolver.addresses(service);
    if (records.length === 0) return nobody(absence(service, absent), bounded(lifetimeMs));
    const candidates = records.map((ip) => ({ address: withPort(ip, port) }));
    return { candidates, lifetimeMs: bounded(lifetimeMs), complete, warnings: [] };
  };

  const byService = async (): Promise<Found> => {
    const answer = await resolver.services(service);
    if (answer.records.length === 0) return nobody(absence(service, answer.absent), bounded(answer.lifetimeMs));
    const portOf = (record: DnsService): number => (record.port === 0 ? port : record.port);
    const open = answer.records.filter((record) => record.addresses.length === 0);
    const places = open.map((record) => ({ host: fullName(record.target), port: portOf(record) }));
    const asked = await locate(places, resolver, answer.lifetimeMs);
    const given = answer.records.flatMap((record) => record.addresses.map((ip) => withPort(ip, portOf(record))));
    const addresses = [...new Set([...given, ...asked.addresses])];
    if (addresses.length === 0 && asked.failures.length > 0) throw new SourceFailed(method, asked.failures.join(' '));
    const warnings = [...asked.failures, ...asked.warnings];
    if (!answer.complete) warnings.push(`${service} has more records than the answer held`);
    const complete = answer.complete && asked.complete;
    const candidates = addresses.map((address) => ({ address }));
    const found = { candidates, lifetimeMs: bounded(asked.lifetimeMs), complete, warnings };
    return addresses.length > 0 ? found : { ...found, nobody: `the targets of ${service} have no addresses` };
  };

  return {
    method,
    async discover(): Promise<Found> {
      try {
        return await (service.startsWith('_') ? byService() : byAddress());
      } catch (error) {
        if (error instanceof ResolveFailed) throw new SourceFailed(method, error.message, { cause: error });
        throw error;
      }
    },
  };
}

/** Targets are full names, so search domains have no say: the dot tells. Some zones put an address there. */
function fullName(target: string): string {
  return isIp(target) ? target : `${target}.`;
}

function absence(name: string, absent: 'no-such-name' | 'no-such-records' | undefined): string {
  return absent === 'no-such-name' ? `NXDOMAIN: ${name} does not exist` : `${name} has no records of this type`;
}
