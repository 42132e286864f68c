import { readFile } from 'node:fs/promises';
import { plainName } from '../../core/dns/names.ts';
import { StubResolver, type NameService } from '../../core/dns/stub-resolver.ts';
import { withPort } from '../../core/discovery/host-port.ts';
import type { Random } from '../../core/ports/random.ts';
import type { Resolver } from '../../core/ports/resolver.ts';
import type { Address } from '../../core/ports/transport.ts';
import { systemClock } from '../clock.ts';
import { placeOf } from '../sockets/place.ts';
import { socketExchange } from './exchange.ts';
import { addressesInHosts } from './hosts-file.ts';
import { fullNames, parseResolvConf } from './resolv-conf.ts';

export interface DnsResolverOptions {
  /** Draws the order of services of one priority. */
  readonly random: Random;
  /** Name servers to ask, the first one first, for full names. Empty or not given: those of `resolvConf`, with its search domains. */
  readonly servers?: readonly Address[];
  /** Read for every question, so that changes count at once. `/etc/resolv.conf` unless given. */
  readonly resolvConf?: string;
  /** Looked into before the name service is asked for addresses. `/etc/hosts` unless given. */
  readonly hostsFile?: string;
  /** For one question to one server; unless given as `resolvConf` says. */
  readonly timeoutMs?: number;
  /** Rounds through the servers; unless given as `resolvConf` says. */
  readonly attempts?: number;
}

/** The resolver of the core on the sockets and files of this machine. */
export function dnsResolver(options: DnsResolverOptions): Resolver {
  const { random, resolvConf = '/etc/resolv.conf', hostsFile = '/etc/hosts' } = options;
  const own = (options.servers ?? []).map(placeOf);
  const service = async (): Promise<NameService> => {
    const conf = parseResolvConf(await textOf(resolvConf));
    const places = own.length > 0 ? own : conf.servers;
    return {
      servers: places.map(({ host, port }) => withPort(host, port)),
      fullNames: (name) => (own.length > 0 ? [plainName(name)] : fullNames(name, conf)),
      timeoutMs: options.timeoutMs ?? conf.timeoutMs,
      attempts: options.attempts ?? conf.attempts,
      rotate: conf.rotate && own.length === 0,
    };
  };
  const hosts = async (name: string): Promise<string[]> => addressesInHosts(await textOf(hostsFile), name);
  return new StubResolver({ exchange: socketExchange, clock: systemClock(), random, service, hosts });
}

/** A file that cannot be read says nothing: the defaults hold, as for everybody else on this machine. */
async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
