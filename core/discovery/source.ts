import { RollcallError } from '../errors.ts';
import type { Address } from '../ports/transport.ts';

/** Somebody who might be there. */
export interface Candidate {
  readonly address: Address;
  /** The name among the members, where the source knows it. */
  readonly id?: string;
}

/** An answer of a source. It is an answer also when it names nobody: then `nobody` says why. */
export interface Found {
  readonly candidates: readonly Candidate[];
  /** How long it may be believed, in milliseconds. */
  readonly lifetimeMs: number;
  /** False when there may be more: such an answer takes nothing back. */
  readonly complete: boolean;
  readonly warnings: readonly string[];
  readonly nobody?: string;
}

/** How long one question may take, and who may give it up. */
export interface Ask {
  /** For everything that is done to answer it. */
  readonly deadlineMs: number;
  /** Nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** How this node is entered where others look for it. */
export interface Self {
  readonly id: string;
  readonly address: Address;
  /** Keeps clusters that share a backend apart; '' for none. */
  readonly label: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Where the admin interface listens: what health checks of a backend may ask. */
  readonly admin: Address | undefined;
}

/** A peer as a backend has it entered. */
export interface Entry {
  readonly id: string;
  readonly address: Address;
  /** `addressChecksum` of the two above, where the backend keeps it: an entry that does not match is damaged. */
  readonly checksum?: string;
}

/** What a registration lives by. */
export interface Lease {
  /** How often `keep` is to be called: at most a third of what the backend waits. */
  readonly keepEveryMs: number;
  /** Renews. False when the backend knows nothing of it any more: a new one is needed. Throws when it cannot be asked. */
  keep(ask: Ask): Promise<boolean>;
  /** Takes the entry back: the node leaves. */
  release(ask: Ask): Promise<void>;
}

/** Hears what a watched source has to say. */
export interface Watcher {
  /** All that the source knows now, whenever that has changed or was confirmed. */
  found(found: Found): void;
}

/**
 * One way of finding peers. A capability that a backend lacks is absent; every method throws `SourceFailed` when the
 * backend could not be asked: that is never an empty answer.
 */
export interface Source {
  /** Stable: metrics and health reports carry it. */
  readonly method: string;
  discover(ask: Ask): Promise<Found>;
  /**
   * One sitting of following the backend: tells everything at first and at every change, until the signal aborts or the
   * backend ends it (both resolve), or it fails. Whoever calls begins the next sitting, and spaces them.
   */
  watch?(watcher: Watcher, signal: AbortSignal): Promise<void>;
  /**
   * Enters this node, or finds it entered as it should be. Throws `Collision` when another node holds the id: never takes
   * an entry from somebody who is there.
   */
  register?(self: Self, ask: Ask): Promise<Lease>;
  /** The entry of one peer; undefined when the backend says that there is none. */
  lookup?(id: string, ask: Ask): Promise<Entry | undefined>;
}

export class SourceFailed extends RollcallError {
  /** The backend has asked not to be asked again before this has passed, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(method: string, problem: string, options?: { cause?: unknown; retryAfterMs?: number }) {
    super('SOURCE_FAILED', `${method}: ${problem}`, options);
    this.retryAfterMs = options?.retryAfterMs;
  }
}

/** What a failure says, for sentences that have named the source already. */
export function reasonOf(method: string, message: string): string {
  return message.startsWith(`${method}: `) ? message.slice(method.length + 2) : message;
}

/** The id is taken by somebody else. */
export class Collision extends RollcallError {
  readonly id: string;
  readonly holder: Address;

  constructor(method: string, id: string, holder: Address) {
    super(
      'ID_COLLISION',
      `${method}: the id ${JSON.stringify(id)} is held by ${holder}. Give one of the two nodes another cluster.node_id, or ` +
        'wait until the entry of a node that is gone has expired.',
    );
    this.id = id;
    this.holder = holder;
  }
}

/** Addresses that somebody else keeps up to date, or that never change, are asked for again after this long. */
export const STEADY_LIFETIME_MS = 60_000;

export function nobody(reason: string, lifetimeMs = STEADY_LIFETIME_MS): Found {
  return { candidates: [], lifetimeMs, complete: true, warnings: [], nobody: reason };
}
