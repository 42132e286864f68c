import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { BroadcastQueue } from './broadcast-queue.ts';
import type { Counters } from './counters.ts';
import type { DepartedMembers } from './departed.ts';
import type { EventHub } from './events.ts';
import type { Layers } from './layers.ts';
import type { LocalHealth } from './local-health.ts';
import type { MemberTable } from './member-table.ts';
import type { Observe } from './observation.ts';
import type { MembershipSettings } from './settings.ts';

/** What all parts of one node stand on. Each part owns its own state; this is what they share. */
export interface Ground {
  readonly name: string;
  readonly settings: MembershipSettings;
  readonly clock: Clock;
  readonly random: Random;
  readonly table: MemberTable;
  readonly queue: BroadcastQueue;
  readonly health: LocalHealth;
  readonly departed: DepartedMembers;
  readonly layers: Layers;
  readonly hub: EventHub;
  readonly counters: Counters;
  readonly observe: Observe | undefined;
}

/** Wraps what the outside calls (timers, packets), so that events are delivered when it is over. */
export function entry(hub: EventHub, task: () => void): () => void {
  return () => {
    hub.enter();
    try {
      task();
    } finally {
      hub.exit();
    }
  };
}
