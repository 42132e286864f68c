import type { Micros } from '../../core/ports/clock.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Failure, Verdict } from '../result.ts';

/** What one run was, for the head of its timeline. */
export interface TimelineRun {
  readonly scenario: string;
  readonly seed: number;
  readonly token: string;
  /** The line that plays it again. */
  readonly replay: string;
  readonly version: string;
  /** How it differs from the run that the token names; '' when it does not. */
  readonly remark: string;
  readonly verdict: Verdict;
  readonly violation: Failure | null;
  /** How long it was played: a broken rule ends it early. */
  readonly played: Micros;
  readonly planned: Micros;
}

/** Which columns a row has besides those of all rows. */
export const FAMILIES = ['told', 'transition', 'message'] as const;
export type Family = (typeof FAMILIES)[number];

/** What a row can be filtered by, as `rollcall replay --kind` names it. */
export interface RowKind {
  readonly name: string;
  readonly family: Family;
}

/** How messages ended, by number: the first two always, then a loss for each reason and fault that occurred. */
export const ARRIVED = 0;
export const UNDER_WAY = 1;

export interface Loss {
  readonly why: string;
  /** The place of the fault in the schedule; -1 when none took it. */
  readonly fault: number;
}

/** What the world counted, and how much of it the rows still hold. */
export interface Totals {
  readonly events: number;
  /** Datagrams and stream messages that were sent. */
  readonly messages: number;
  readonly delivered: number;
  readonly lost: number;
  readonly bytes: number;
  readonly messagesShown: number;
  /** Rows about routine that are no messages: probes, timers of health and the like. */
  readonly routine: number;
  readonly routineShown: number;
}

/** Over the whole run, whatever rows were left out. */
export interface Density {
  readonly bucket: Micros;
  readonly messages: readonly number[];
  readonly lost: readonly number[];
  /** Everything that is neither a message nor routine. */
  readonly events: readonly number[];
}

/**
 * What happened in a run, in order, in columns. Hosts and other names are numbers into `names`: 0 for the world, then
 * the hosts in the order of the topology, then strangers. A message is one row, at the time when it was sent.
 */
export interface Rows {
  readonly at: Float64Array;
  /** A number into `kinds`. */
  readonly kind: Uint16Array;
  readonly host: Uint16Array;
  /** The other side of a message, the subject of a transition. */
  readonly peer: Uint16Array;
  /** The row that led to this one, -1 for none. Timers and other steps between the two are no rows. */
  readonly cause: Int32Array;
  /** Where the row stands in the columns of its family. */
  readonly place: Int32Array;
}

export interface ToldColumns {
  /** A number into `texts`. */
  readonly text: Int32Array;
  /** The health score of `health`; the fault, counted from 1, of `fault`: negative when it ends. */
  readonly value: Int32Array;
}

export interface TransitionColumns {
  /** See `packChange`. */
  readonly change: Uint8Array;
  readonly incarnation: Float64Array;
  /** Who accused; 0 for nobody. */
  readonly by: Uint16Array;
}

export interface MessageColumns {
  readonly size: Int32Array;
  /** How long it travelled until it was heard or lost; -1 when it never was. */
  readonly after: Float64Array;
  /** ARRIVED, UNDER_WAY, or 2 and more for a loss. */
  readonly fate: Uint16Array;
  /** What kinds of parts it carried: a number into `texts`. */
  readonly shape: Int32Array;
  /** Its first part in `parts`, -1 when they were not kept. */
  readonly firstPart: Int32Array;
  readonly partCount: Int32Array;
}

export interface PartColumns {
  /** A number into `texts`. */
  readonly name: Int32Array;
  readonly sequence: Float64Array;
  readonly subject: Uint16Array;
  readonly incarnation: Float64Array;
}

/** The same message, heard once more. */
export interface CopyColumns {
  readonly message: Int32Array;
  readonly after: Float64Array;
}

/** One run as its timeline is drawn from: plain data. */
export interface Timeline {
  readonly run: TimelineRun;
  readonly names: readonly string[];
  /** How many of the names, from the second one, are hosts. */
  readonly hosts: number;
  /** Hosts, by the number of their name, that run something beside the cluster. */
  readonly bystanders: readonly number[];
  readonly faults: readonly Fault[];
  /** Ids of the faults that had an effect. */
  readonly struck: readonly string[];
  readonly kinds: readonly RowKind[];
  readonly texts: readonly string[];
  readonly losses: readonly Loss[];
  /** The row in which a rule was broken; -1 when none was, or when that was found by looking at the clock. */
  readonly broken: number;
  readonly totals: Totals;
  readonly density: Density;
  readonly rows: Rows;
  readonly told: ToldColumns;
  readonly transitions: TransitionColumns;
  readonly messages: MessageColumns;
  readonly parts: PartColumns;
  readonly copies: CopyColumns;
}

/** Why a view changed, by number. */
export const HOW = ['gossip', 'push-pull', 'probe', 'suspicion', 'self', 'reap', 'operator'] as const;

/** Beliefs before and after (0 for unknown, then alive, suspect, dead, left) and how it came about, in one byte. */
export function packChange(before: number, after: number, how: number): number {
  return (before * 5 + after) * HOW.length + how;
}

export function unpackChange(change: number): { before: number; after: number; how: (typeof HOW)[number] } {
  const pair = Math.floor(change / HOW.length);
  return { before: Math.floor(pair / 5), after: pair % 5, how: HOW[change % HOW.length] ?? 'gossip' };
}

/** What happens all the time: left out first, and told only to those who ask for it. */
export const ROUTINE: ReadonlySet<string> = new Set([
  'send',
  'lost',
  'stream-send',
  'timer',
  'self',
  'probe',
  'inserted',
  'push-pull',
  'health',
  'broadcast',
  'connect',
  'open',
  'stream-close',
]);
