/** How current an answer must be. `cached`: as the agent's own cache has it. */
export type Consistency = 'default' | 'stale' | 'consistent' | 'cached';

/** What keeps the entry of this node: its own word, or questions of the agent to it. */
export type CheckKind = 'ttl' | 'http' | 'tcp';

export interface ConsulConfig {
  readonly type: 'consul';
  /** `host:port`, or a URL; '' for what the environment says, or this machine. */
  readonly addr: string;
  readonly serviceName: string;
  readonly tag: string;
  readonly dc: string;
  readonly namespace: string;
  readonly near: string;
  readonly query: 'health' | 'catalog';
  readonly passing: boolean;
  readonly consistency: Consistency;
  readonly maxStaleMs: number;
  readonly waitMs: number;
  readonly refreshIntervalMs: number;
  readonly token: string;
  readonly tokenFile: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly register: boolean;
  readonly check: CheckKind;
  readonly checkTtlMs: number;
  readonly checkIntervalMs: number;
  readonly deregisterAfterMs: number;
}
