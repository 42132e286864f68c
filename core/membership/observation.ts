import type { State } from '../wire/messages.ts';

/**
 * Why a view changed: 'gossip' and 'push-pull' heard it, 'probe' and 'suspicion' are our own finding, 'self' is about us,
 * 'operator' was told to this very node.
 */
export type Cause = 'gossip' | 'push-pull' | 'probe' | 'suspicion' | 'self' | 'reap' | 'operator';

/**
 * What happens inside a node, told in the very step in which it happens, before anything can overwrite it. For
 * invariants, metrics and stories; applications listen to `MembershipEvent` instead.
 */
export type Observation =
  /** A view changed about one subject. `from` is undefined when the subject was unknown, `to` when it was forgotten. */
  | {
      readonly type: 'transition';
      readonly subject: string;
      readonly from: State | undefined;
      readonly to: State | undefined;
      readonly fromIncarnation: number;
      readonly incarnation: number;
      readonly address: string;
      readonly meta: Uint8Array;
      readonly cause: Cause;
      /** Who accused; '' when nobody did. */
      readonly by: string;
    }
  /** A probe turn of this node's own began; `subject` is '' when there was nobody to probe. `listed` counts live others. */
  | { readonly type: 'probe'; readonly subject: string; readonly listed: number }
  /** The subject entered this node's probe list. */
  | { readonly type: 'inserted'; readonly subject: string }
  /** The local health score moved. */
  | { readonly type: 'health'; readonly score: number }
  | { readonly type: 'refuted'; readonly incarnation: number; readonly accuser: string }
  | { readonly type: 'joined'; readonly contacted: number; readonly failed: number }
  | { readonly type: 'leaving' }
  /** The node closed everything: from here on it may hold no timer, stream or endpoint. */
  | { readonly type: 'stopped' }
  | { readonly type: 'conflict'; readonly subject: string; readonly address: string }
  /** One side of an exchange was sent. */
  | { readonly type: 'push-pull'; readonly bytes: number; readonly states: number; readonly join: boolean }
  | { readonly type: 'broadcast'; readonly origin: string; readonly id: string; readonly own: boolean }
  | { readonly type: 'message'; readonly from: string };

export type Observe = (observation: Observation) => void;
