import { randomBytes, randomUUID } from 'node:crypto';
import { adminHandler } from '../core/admin/handler.ts';
import { checkAdmin } from '../core/admin/access.ts';
import { Cluster } from '../core/cluster/cluster.ts';
import type { AdminConfig, NodeConfig } from '../core/config/node-config.ts';
import type { Source } from '../core/discovery/source.ts';
import type { Layer } from '../core/membership/layers.ts';
import type { Membership } from '../core/membership/membership.ts';
import { declareDistributions } from '../core/metrics/distributions.ts';
import { watchNode } from '../core/metrics/watch-node.ts';
import { RollcallError } from '../core/errors.ts';
import type { HttpHandler } from '../core/ports/http.ts';
import type { Log } from '../core/ports/log.ts';
import type { Address } from '../core/ports/transport.ts';
import { seededRandom } from '../core/random.ts';
import { systemClock } from './clock.ts';
import { nodeCrypto } from './crypto.ts';
import { httpClients } from './http/clients.ts';
import { parseYaml } from './yaml.ts';
import { dnsResolver } from './dns/resolver.ts';
import { nodeFiles } from './files.ts';
import { serveHttp, type HttpServer } from './http/server.ts';
import { NodeMulticastDns } from './mdns/multicast-dns.ts';
import { pinoLog, type PinoLog } from './log.ts';
import { promMeter } from './meter.ts';
import { bindingFor, openNetwork, readNamedFile, type Network } from './network.ts';
import { packageVersion } from './version.ts';

export interface NodeOptions {
  /** A log of your own; otherwise lines go to standard output as `[log]` says. */
  readonly log?: Log;
  /** Protocols of your own on top of membership. */
  readonly layers?: readonly Layer[];
  /** Ways of finding peers of your own, asked before the configured ones. */
  readonly sources?: readonly Source[];
  /** Where sources find what is said by custom, such as `AWS_REGION`; the variables of this process unless given. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A node on real sockets. */
export interface Node {
  readonly name: string;
  /** What others reach it at. */
  readonly address: Address;
  /** Members and their events, messages and broadcasts. */
  readonly membership: Membership;
  /** Where its admin interface listens; undefined when `admin.enabled` is false. */
  readonly admin: Address | undefined;
  /** The admin interface as a function, to be mounted into a server of your own (`requestListener`). */
  readonly handler: HttpHandler;
  readonly cluster: Cluster;
  readonly log: Log;
  /** Resolves when it has left or stopped, for whatever reason. */
  readonly ended: Promise<void>;
  /** Joins the cluster. Resolves after the first look for it; `cluster.readiness()` says whether it was found. */
  begin(): Promise<void>;
  /** Takes over what may change while the node runs (`changedKeys` tells), and leaves the rest as it is. */
  reload(config: NodeConfig): Promise<void>;
  /** Says goodbye and closes everything. */
  leave(): Promise<void>;
  /** Closes everything without a goodbye: the others will find out. */
  stop(): Promise<void>;
}

const SHUTDOWN_GRACE_MS = 1_000;

/** A node with its addresses bound and its admin interface up; it joins nobody before `begin`. */
export async function createNode(config: NodeConfig, options: NodeOptions = {}): Promise<Node> {
  const access = await withToken(config.admin);
  checkAdmin(access);
  const version = packageVersion();
  const ownLog = options.log === undefined ? await logFor(config) : undefined;
  const log = options.log ?? ownLog!;
  const clock = systemClock();
  const crypto = nodeCrypto();
  const random = seededRandom(randomBytes(32).toString('hex'));
  const meter = await promMeter({ process: true });
  const distributions = declareDistributions(meter);
  const network = await openNetwork(config.cluster, clock, log);
  let admin: HttpServer | undefined;
  const multicast = new NodeMulticastDns();
  try {
    const cluster = await Cluster.create({
      config,
      ports: {
        clock,
        random,
        crypto,
        transport: network.transport,
        files: nodeFiles(),
        log,
        resolver: (servers) => dnsResolver({ random: random.fork('dns'), servers }),
        http: httpClients(),
        multicastDns: multicast,
        environment: options.environment ?? process.env,
        parseYaml,
      },
      version,
      address: network.address,
      bind: network.bind,
      isOwn: network.isOwn,
      freshName: randomUUID,
      layers: options.layers ?? [],
      sources: options.sources ?? [],
      admin: () => admin?.address,
      trouble: network.traffic,
      onAsked: (method, seconds) => distributions.discoveryDuration(method, seconds),
      onRoundTrip: (seconds) => distributions.roundTrip(seconds),
      onExchange: (seconds) => distributions.exchangeDuration(seconds),
      onStatement: (bytes) => distributions.statementBytes(bytes),
    });
    watchNode(meter, { node: cluster, clock, traffic: network.traffic });
    const handlerFor = (admitted: string): HttpHandler =>
      adminHandler(cluster, {
        config: { ...access, token: admitted },
        crypto,
        clock,
        log,
        scrape: () => meter.scrape(),
      });
    let { token } = access;
    let handle = handlerFor(token);
    const handler: HttpHandler = (request) => handle(request);
    if (config.admin.enabled) admin = await serveAdmin(config.admin, handler, log);
    const ended = new Promise<void>((resolve, reject) => {
      cluster.onEnded(() => multicast.close());
      cluster.onEnded(() => void closeAll(network, admin).then(resolve, reject));
    });
    const end = (how: Promise<void>): Promise<void> => how.then(() => ended);
    return {
      name: cluster.name,
      address: network.address,
      membership: cluster.membership,
      admin: admin?.address,
      handler,
      cluster,
      log,
      ended,
      begin: () => cluster.begin(),
      async reload(next) {
        const changed = await withToken(next.admin);
        if (changed.token !== token) handle = handlerFor(changed.token);
        token = changed.token;
        ownLog?.setLevel(next.log.level);
        cluster.reload(next);
      },
      leave: () => end(cluster.leave()),
      stop: () => end(cluster.stop()),
    };
  } catch (error) {
    await closeAll(network, admin);
    throw error;
  }
}

async function closeAll(network: Network, admin: HttpServer | undefined): Promise<void> {
  await admin?.close(SHUTDOWN_GRACE_MS);
  await network.bound?.close();
}

async function withToken(admin: AdminConfig): Promise<AdminConfig> {
  if (admin.tokenFile === '') return admin;
  const token = (await readNamedFile('admin.token_file', admin.tokenFile)).trim();
  if (token !== '') return { ...admin, token };
  // Without a token whoever is on this machine may change things: that must be said, not happen.
  throw new RollcallError('TOKEN_MISSING', `admin.token_file names ${admin.tokenFile}, which is empty: write a token.`);
}

async function serveAdmin(config: AdminConfig, handler: HttpHandler, log: Log): Promise<HttpServer> {
  const { bind, certFile, keyFile, caFile } = config;
  const tls =
    certFile === ''
      ? undefined
      : {
          cert: await readNamedFile('admin.cert_file', certFile),
          key: await readNamedFile('admin.key_file', keyFile),
          ...(caFile === '' ? {} : { ca: await readNamedFile('admin.ca_file', caFile) }),
        };
  const onError = (error: unknown): void =>
    log.error({ operation: 'admin' }, error instanceof Error ? String(error.stack) : String(error));
  const server = await bindingFor('admin.bind', '--admin', () =>
    serveHttp(handler, { bind, onError, ...(tls === undefined ? {} : { tls }) }),
  );
  log.info({ operation: 'start', address: server.address }, `admin interface on ${server.address}`);
  return server;
}

/** Lines on standard output, as `[log]` says. */
function logFor({ log: { level, format } }: NodeConfig): Promise<PinoLog> {
  const onTerminal = process.stdout.isTTY ? 'pretty' : 'json';
  return pinoLog({ level, format: format === 'auto' ? onTerminal : format });
}
