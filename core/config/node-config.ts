import type { Address } from '../ports/transport.ts';
import type { SourceConfig } from '../discovery/source-type.ts';
import type { LogLevel } from '../ports/log.ts';
import type { MembershipSettings, PresetName } from '../membership/settings.ts';

/** What a node is told, complete and checked: every key of the configuration file has its value here. */
export interface NodeConfig {
  readonly cluster: ClusterConfig;
  readonly admin: AdminConfig;
  readonly log: LogConfig;
}

export interface ClusterConfig {
  /** False: a single node that opens no cluster sockets. */
  readonly enabled: boolean;
  /** '' lets the node take the name that its snapshot remembers, or else a fresh UUID. */
  readonly nodeId: string;
  /** Keeps clusters that share a network apart. '' for none. */
  readonly label: string;
  /** What every member sees of this node; on the wire as Serf's tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** There are Serf agents in the cluster: says when it comes and that it means to leave, as they do. */
  readonly serf: boolean;
  /** Where snapshot and keyring are kept; '' keeps nothing. */
  readonly dataDir: string;
  /** CIDR blocks that members may come from; empty for all. */
  readonly allow: readonly string[];
  readonly preset: PresetName;
  /** The preset with the changes made in `[cluster.membership]`. */
  readonly membership: MembershipSettings;
  readonly network: NetworkConfig;
  readonly encryption: EncryptionConfig;
  readonly discovery: DiscoveryConfig;
  readonly health: { readonly intervalMs: number };
  readonly snapshot: { readonly intervalMs: number };
}

/** `udp`: datagrams over UDP, streams over TCP. `tcp`: both over TCP. `tls`: both over TLS. */
export type NetworkMode = 'udp' | 'tcp' | 'tls';

export interface NetworkConfig {
  readonly mode: NetworkMode;
  /** What is bound; the host part may be a wildcard. */
  readonly swimBind: Address;
  /** What others are told, `ip` or `ip:port`; '' derives it from `swimBind` or the machine's addresses. */
  readonly advertiseAddr: string;
  readonly streamsMax: number;
  readonly receiveBufferBytes: number;
  /** PEM files; used by mode `tls` alone. */
  readonly tls: TlsConfig;
}

export interface TlsConfig {
  readonly certFile: string;
  readonly keyFile: string;
  /** Who must have signed the certificates of peers: both sides show one (mutual TLS). */
  readonly caFile: string;
  /** The name that certificates of peers carry; '' for their IP address. */
  readonly serverName: string;
}

export interface EncryptionConfig {
  /** Base64 of 16, 24 or 32 bytes, the primary first. A keyring file that exists takes their place. */
  readonly keys: readonly string[];
  /** '' means `keyring.json` in the data directory, if there is one. */
  readonly keyringFile: string;
  readonly acceptPlain: boolean;
  readonly sealOutgoing: boolean;
}

/** What to do when every source has answered and none knows anybody. */
export type OnNoPeers = 'single-node' | 'retry' | 'fail';

/**
 * How several sources make one answer. `first`: the first in their order that finds somebody. `race`: whichever finds
 * somebody soonest. `union`: all together.
 */
export type DiscoveryMode = 'first' | 'race' | 'union';

export interface DiscoveryConfig {
  /** Sources in the order of the chain, at least one. */
  readonly sources: readonly SourceConfig[];
  readonly mode: DiscoveryMode;
  /** How long one look through all sources may take. */
  readonly deadlineMs: number;
  /** How long what a source has found is kept while it cannot be asked. */
  readonly staleMs: number;
  readonly onNoPeers: OnNoPeers;
  /** Contacts to join before start-up is done. */
  readonly joinTarget: number;
  /** Members, this node included, that must be there before it counts itself ready. */
  readonly expect: number;
  /** Contacts what is found and is no member. */
  readonly autoConnect: boolean;
}

export interface AdminConfig {
  readonly enabled: boolean;
  readonly bind: Address;
  /** Unset: changes are allowed when the address is a loopback one, or when `token` or a client authority is set. */
  readonly allowChanges: boolean | undefined;
  /** Bearer token for changes; '' for none. */
  readonly token: string;
  /** A file that holds the token in its place; '' for none. */
  readonly tokenFile: string;
  /** PEM files; '' for plain HTTP. With `caFile`, callers with a certificate of that authority may change things. */
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

export interface LogConfig {
  readonly level: LogLevel;
  /** `auto`: pretty on a terminal, JSON elsewhere. */
  readonly format: 'auto' | 'json' | 'pretty';
}
