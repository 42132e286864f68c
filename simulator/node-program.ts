import { adminHandler } from '../core/admin/handler.ts';
import { Cluster } from '../core/cluster/cluster.ts';
import type { ConfigTable } from '../core/config/layers.ts';
import type { NodeConfig } from '../core/config/node-config.ts';
import { readConfig } from '../core/config/read.ts';
import type { Source } from '../core/discovery/source.ts';
import { sameAddress } from '../core/address.ts';
import { InvalidSetting } from '../core/errors.ts';
import type { HttpClients } from '../core/ports/http.ts';
import type { Log, LogLevel } from '../core/ports/log.ts';
import type { Address } from '../core/ports/transport.ts';
import type { Resolver } from '../core/ports/resolver.ts';
import { type HostNames, simulatedHttpClient } from './http/client.ts';
import { serveSimulatedHttp } from './http/server.ts';
import { discoveryEvent, logLine, startFailed } from './node-events.ts';
import type { Host, Program, Running } from './program.ts';
import { MDNS_EFFECTS, simulatedMulticastDns, type LanSegment } from './services/mdns/segment.ts';
import { FILE_EFFECTS, simulatedFiles, type Disk } from './sim-files.ts';
import { hostNamesResolver, simulatedResolver } from './sim-resolver.ts';

export interface NodeProgramOptions {
  /** In the shape of a configuration file. The node is called like its host unless this says otherwise. */
  readonly config?: ConfigTable;
  /** In place of the environment of a process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Hosts of the world that stand for names of the outside, such as `metadata.google.internal`. */
  readonly names?: HostNames;
  /** Folders that are on disks of others. */
  readonly mounts?: Readonly<Record<string, Disk>>;
  /** Hosts of the world that are its name servers; unless given, names are those of the hosts of the world. */
  readonly nameServers?: readonly string[];
  /** A name service of your own, in place of the above. */
  readonly resolver?: (host: Host, servers: readonly string[]) => Resolver;
  /** What multicast reaches; none unless given. */
  readonly links?: readonly LanSegment[];
  /** Sources of your own, asked before the configured ones. */
  readonly sources?: (host: Host) => readonly Source[];
}

/** What of a whole node a world lets checkers and tests look at. */
export interface NodeInspection {
  readonly cluster: Cluster;
  readonly queued: number;
}

/**
 * A whole node, as `rollcall node` runs it, as a program of a simulated host: configuration, discovery, membership,
 * admin interface. It obeys the commands `leave`, `stop` and `reload` (with another configuration).
 */
export function nodeProgram(options: NodeProgramOptions = {}): Program {
  return async (host): Promise<Running> => {
    const config = configOf(host, options.config ?? {}, options.environment ?? {});
    const http = clientsOf(host, options.names ?? {});
    const multicast = simulatedMulticastDns(host, options.links ?? []);
    const cluster = await Cluster.create({
      config,
      ports: {
        clock: host.clock,
        random: host.random,
        transport: host.transport,
        crypto: host.crypto,
        files: simulatedFiles(host, options.mounts),
        log: logOf(host),
        resolver: (servers) => options.resolver?.(host, servers) ?? resolverOf(host, servers, options.nameServers),
        http,
        multicastDns: multicast,
        environment: options.environment ?? {},
        parseYaml: () =>
          Promise.reject(new InvalidSetting('YAML', 'a text', 'absent: it cannot be read in a simulation')),
      },
      version: 'simulated',
      address: host.address,
      bind: host.address,
      isOwn: (address) => sameAddress(address, host.address),
      freshName: () => `${host.name}-${host.boot}`,
      observe: (observation) => host.emit(observation),
      sources: options.sources?.(host) ?? [],
      admin: () => admin,
    });
    const admin = serveAdmin(host, cluster, config);
    cluster.onEnded(() => multicast.close());
    cluster.discovery.on((event) => host.emit(discoveryEvent(event)));
    // A start that fails ends the node, as it ends the process; the world goes on.
    void cluster.begin().catch((error: unknown) => host.emit(startFailed(error)));
    const commands: Readonly<Record<string, (argument: unknown) => void>> = {
      leave: () => void cluster.leave(),
      stop: () => void cluster.stop(),
      reload: (table) => cluster.reload(configOf(host, table as ConfigTable, options.environment ?? {})),
    };
    return {
      inspect: {
        cluster,
        get queued() {
          return cluster.membership.queued;
        },
      } satisfies NodeInspection,
      effects: [...FILE_EFFECTS, ...MDNS_EFFECTS],
      command(name, argument) {
        const command = commands[name];
        if (command === undefined) {
          throw new InvalidSetting('command', name, `one of ${Object.keys(commands).join(', ')}`);
        }
        command(argument);
      },
    };
  };
}

function configOf(host: Host, values: ConfigTable, environment: Readonly<Record<string, string>>): NodeConfig {
  const { config } = readConfig({ values, environment });
  const { cluster } = config;
  return { ...config, cluster: { ...cluster, enabled: true, nodeId: cluster.nodeId || host.name } };
}

function resolverOf(host: Host, configured: readonly string[], own: readonly string[] = []): Resolver {
  const servers = configured.length > 0 ? configured : own;
  return servers.length > 0 ? simulatedResolver(host, servers) : hostNamesResolver(host);
}

function clientsOf(host: Host, names: HostNames): HttpClients {
  const client = simulatedHttpClient(host, names);
  return () => client;
}

function serveAdmin(host: Host, cluster: Cluster, { admin }: NodeConfig): Address | undefined {
  if (!admin.enabled) return undefined;
  const { clock, crypto } = host;
  const handler = adminHandler(cluster, {
    config: admin,
    crypto,
    clock,
    log: logOf(host),
    scrape: async () => ({ contentType: 'text/plain', text: '' }),
  });
  const server = serveSimulatedHttp(host, Number(admin.bind.slice(admin.bind.lastIndexOf(':') + 1)), handler);
  cluster.onEnded(() => server.close());
  return server.address;
}

/** Lines that operators would read are events of the run: stories tell them, and the hash covers them. */
function logOf(host: Host): Log {
  const say =
    (level: LogLevel) =>
    (_: unknown, message: string): void =>
      host.emit(logLine(level, message));
  const log: Log = { debug() {}, info: say('info'), warn: say('warn'), error: say('error'), child: () => log };
  return log;
}
