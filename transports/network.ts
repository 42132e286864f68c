import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { isWildcard, sameAddress } from '../core/address.ts';
import { noNetwork } from '../core/cluster/no-network.ts';
import type { ClusterConfig, NetworkConfig } from '../core/config/node-config.ts';
import { withPort } from '../core/discovery/host-port.ts';
import { RollcallError } from '../core/errors.ts';
import type { Traffic } from '../core/metrics/watched.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Log } from '../core/ports/log.ts';
import type { Address, Transport } from '../core/ports/transport.ts';
import { whyUnreadable } from './config-file.ts';
import { advertisedAddress } from './sockets/advertise.ts';
import { bindTransport, type BoundTransport } from './sockets/bind.ts';
import { TransportCounters } from './sockets/counters.ts';
import { placeOf } from './sockets/place.ts';

/** The network of one node: what is bound, what others are told, and what reaches this very node. */
export interface Network {
  readonly transport: Transport;
  readonly bind: Address;
  readonly address: Address;
  readonly isOwn: (address: Address) => boolean;
  /** Undefined where nothing is bound. */
  readonly bound: BoundTransport | undefined;
  readonly traffic: Traffic;
}

/** What a single node calls itself: nobody else will ever use it. */
const NOWHERE: Address = '127.0.0.1:7946';

export async function openNetwork(cluster: ClusterConfig, clock: Clock, log: Log): Promise<Network> {
  if (!cluster.enabled) {
    return {
      transport: noNetwork,
      bind: NOWHERE,
      address: NOWHERE,
      isOwn: () => false,
      bound: undefined,
      traffic: new TransportCounters(),
    };
  }
  const { network } = cluster;
  const tls = network.mode === 'tls' ? await readTls(network) : undefined;
  const bound = await bindingFor('cluster.network.swim_bind', '--bind', () =>
    bindTransport({
      bind: network.swimBind,
      mode: network.mode,
      clock,
      streamsMax: network.streamsMax,
      acceptDeadlineMs: cluster.membership.streamTimeoutMs,
      receiveBufferBytes: network.receiveBufferBytes,
      ...(tls === undefined ? {} : { tls }),
    }),
  );
  try {
    const address = advertisedAddress(bound.address, network.advertiseAddr, networkInterfaces());
    const granted = bound.counters.receiveBufferBytes;
    if (network.mode === 'udp' && granted < network.receiveBufferBytes) {
      const advice = 'Raise net.core.rmem_max if datagrams are lost in bursts.';
      log.debug(
        { operation: 'start', granted },
        `the system grants a smaller receive buffer than asked for. ${advice}`,
      );
    }
    return {
      transport: bound,
      bind: bound.address,
      address,
      isOwn: ownAddresses(bound.address, address),
      bound,
      traffic: bound.counters,
    };
  } catch (error) {
    await bound.close();
    throw error;
  }
}

/** Ours are what we advertise, what we bind and, behind a wildcard, our port at every address of this machine. */
function ownAddresses(bind: Address, advertised: Address): (address: Address) => boolean {
  const { host, port } = placeOf(bind);
  const interfaces = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const own = [bind, advertised, ...(isWildcard(host) ? interfaces.map(({ address }) => withPort(address, port)) : [])];
  return (address) => own.some((one) => sameAddress(one, address));
}

async function readTls({ tls }: NetworkConfig) {
  const [cert, key, ca] = await Promise.all([
    readNamedFile('cluster.network.tls.cert_file', tls.certFile),
    readNamedFile('cluster.network.tls.key_file', tls.keyFile),
    readNamedFile('cluster.network.tls.ca_file', tls.caFile),
  ]);
  return { cert, key, ca, ...(tls.serverName === '' ? {} : { serverName: tls.serverName }) };
}

/** Binds what a setting names; what goes wrong names the setting, too. */
export async function bindingFor<T>(setting: string, flag: string, bind: () => Promise<T>): Promise<T> {
  try {
    return await bind();
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    throw new RollcallError(error.code, `${setting} (${flag}): ${error.message}`, { cause: error });
  }
}

/** The text of a file that a setting names. */
export async function readNamedFile(setting: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const message = `${setting} names ${path}, which cannot be read: ${whyUnreadable(error)}.`;
    throw new RollcallError('FILE_FAILED', message, { cause: error });
  }
}
