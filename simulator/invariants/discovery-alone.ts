import type { Invariant } from '../invariant.ts';
import type { NodeEvent } from '../node-events.ts';
import { inWords, isWithin, type JudgedTime } from './discovery-time.ts';

export interface Beginners extends JudgedTime {
  /** All unless said otherwise. */
  readonly hosts?: readonly string[];
}

/** While sources cannot be asked, or are known to say too little, nobody may conclude that he is the first. */
export function nobodyBeginsAlone(rule: Beginners = {}): Invariant {
  const id = 'nobody-begins-alone';
  return {
    id,
    words: `${rule.hosts === undefined ? 'No node begins' : `None of ${rule.hosts.join(', ')} begins`} a cluster of its own ${inWords(rule)}.`,
    create: (world) => ({
      onEvent(host, heard) {
        const event = heard as NodeEvent;
        if (event.type !== 'discovery' || event.what !== 'alone' || !isWithin(rule, world)) return;
        if (rule.hosts !== undefined && !rule.hosts.includes(host.name)) return;
        const detail = `${host.name} begins its cluster alone at ${world.now() / 1_000_000} s`;
        world.violate({ invariant: id, subject: host.name, phase: 'always', detail });
      },
    }),
  };
}
