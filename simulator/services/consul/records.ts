export type CheckStatus = 'passing' | 'warning' | 'critical';

export interface ServiceRecord {
  readonly id: string;
  readonly name: string;
  /** '' for that of the node. */
  readonly address: string;
  readonly port: number;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string>>;
}

export interface CheckRecord {
  readonly id: string;
  readonly name: string;
  readonly status: CheckStatus;
  readonly output: string;
  readonly type: string;
  /** '' for a check of the node itself. */
  readonly serviceId: string;
}

/** What the log of the servers consists of. */
export type Change =
  | { readonly kind: 'node'; readonly node: string; readonly address: string }
  | { readonly kind: 'node-gone'; readonly node: string }
  | { readonly kind: 'service'; readonly node: string; readonly service: ServiceRecord }
  | { readonly kind: 'service-gone'; readonly node: string; readonly id: string }
  | { readonly kind: 'check'; readonly node: string; readonly check: CheckRecord }
  | { readonly kind: 'check-gone'; readonly node: string; readonly id: string }
  /** What does not concern the catalog, such as keys and sessions: the index moves all the same. */
  | { readonly kind: 'other' };

/** An error as Consul answers it: a status and a sentence. */
export class ConsulRefusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}
