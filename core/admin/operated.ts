import type { Directory } from '../discovery/directory.ts';
import type { DiscoveryHealth } from '../health/discovery-health.ts';
import type { Membership } from '../membership/membership.ts';

/** What the admin interface needs of a running node. */
export interface Operated {
  readonly membership: Membership;
  readonly version: string;
  /** Seconds since the node was started. */
  uptime(): number;
  /** Start-up is over, and leaving has not begun. */
  readiness(): Readiness;
  discoveryHealth(): DiscoveryHealth;
  /** Seconds since this node last had proof of life from that member: an ack of its own, or fresh evidence; undefined before the first, 0 for itself. */
  lastSeen(name: string): number | undefined;
  /** Says goodbye, stops, and lets the process end. */
  leave(): Promise<void>;
  readonly keys: OperatedKeys;
  readonly directory: Pick<Directory, 'lookup'>;
  sealing(): Sealing;
}

/** Without keys nothing is sealed; with them all is, unless the cluster is on its way there. */
export type Sealing = 'none' | 'sealed' | 'accepts-plain' | 'speaks-plain';

export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** A key as operators see it: never the key itself. */
export interface KeyInfo {
  /** The first 8 bytes of the key's SHA-256, in hex. */
  readonly fingerprint: string;
  readonly bits: number;
  readonly primary: boolean;
}

/**
 * The keyring of this node and the file that keeps it. Keys are base64; `use` and `remove` also take a fingerprint.
 * A change counts only once the file has it: when that fails the ring is as before, and the error says so.
 */
export interface OperatedKeys {
  list(): readonly KeyInfo[];
  install(key: string): Promise<void>;
  use(key: string): Promise<void>;
  remove(key: string): Promise<void>;
}
