/** How finding peers went, as `/cluster/discovery/health` serves it. Times are RFC 3339. */
export interface DiscoveryHealth {
  readonly enabled: boolean;
  /** The source that found peers last; the first configured one before that. */
  readonly method: string;
  readonly last_attempt: string | null;
  readonly last_success: string | null;
  readonly next_refresh: string | null;
  readonly peers_discovered: number;
  readonly seeds_reachable: number;
  readonly seeds_total: number;
  readonly discovery_methods_tried: readonly MethodTried[];
}

export type MethodTried =
  | { readonly method: string; readonly success: true; readonly peers: number; readonly duration_ms: number }
  | { readonly method: string; readonly success: false; readonly error: string; readonly duration_ms: number };
