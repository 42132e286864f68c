import type { Micros } from '../../core/ports/clock.ts';
import type { Ratio } from '../../core/ports/random.ts';

/**
 * One thing that goes wrong (or is done) at one time: data, addressable by `id`, JSON both ways. Chaos generates a
 * list of these first; the engine then executes the list, so any of them can be taken out without moving the rest.
 * `for` is how long it lasts in microseconds; what has no `for` is done at once.
 */
export type Fault = FaultBase &
  (
    | { kind: 'crash'; hosts: string[] }
    /** Boots hosts that are down; a host that is up is crashed first. */
    | { kind: 'restart'; hosts: string[]; keepStore: boolean; newAddress: boolean }
    /** `ioBlock`: timers run while sends and receives queue. `freeze`: timers stop too; overdue ones fire first. */
    | { kind: 'pause'; hosts: string[]; mode: 'ioBlock' | 'freeze'; for: Micros }
    /** Every message that a slow host receives or sends takes `perMessage` microseconds of its CPU. */
    | { kind: 'slow'; hosts: string[]; perMessage: Micros; for: Micros }
    /** Moves the wall clock by `jumpMs`; from then on this host's monotonic time runs `driftPpm` parts per million fast (or slow). */
    | { kind: 'clock'; hosts: string[]; jumpMs: number; driftPpm: number }
    /** Hosts of different groups do not hear each other; hosts in no group hear everybody. */
    | { kind: 'partition'; groups: string[][]; for: Micros; only?: 'datagram' | 'stream' }
    /** What is sent by `from` is not heard by `to`; the other way is free. */
    | { kind: 'block'; from: string[]; to: string[]; for: Micros; only?: 'datagram' | 'stream' }
    /** Each datagram on these links (every link when a list is absent) suffers each of the named harms. */
    | ({ kind: 'link'; from?: string[]; to?: string[]; for: Micros } & LinkHarm)
    | { kind: 'stream'; hosts: string[]; effect: 'refuse' | 'reset' | 'stall' | 'half-open'; for: Micros }
    /**
     * What runs on these hosts misbehaves in a way of its own: each fake lists the effects that it knows. One that does
     * something at once, such as a compaction, does it at `at`.
     */
    | { kind: 'service'; hosts: string[]; effect: string; argument?: unknown; for: Micros }
    /** Tells the programs of these hosts to do something: not a harm, but part of the story. */
    | { kind: 'command'; hosts: string[]; command: string; argument?: unknown }
  );

interface FaultBase {
  readonly id: string;
  readonly at: Micros;
}

/** Every field that is absent leaves the link as it is. */
export interface LinkHarm {
  loss?: Ratio;
  /** Gilbert-Elliott: good turns bad with `enter` and back with `leave`, drawn per `slot` of time; in bad, `loss` holds. */
  burst?: { enter: Ratio; leave: Ratio; loss: Ratio; slot: Micros };
  duplicate?: Ratio;
  /** A struck datagram is held back by up to `by` microseconds, so that later ones overtake it. */
  reorder?: { chance: Ratio; by: Micros };
  corrupt?: Ratio;
  truncate?: Ratio;
  delay?: Micros;
  bytesPerSecond?: number;
}

export type FaultKind = Fault['kind'];
