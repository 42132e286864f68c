import type { Invariant } from '../invariant.ts';
import type { NodeEvent } from '../node-events.ts';
import { inWords, isWithin, type Window } from './discovery-window.ts';

/** While sources cannot be asked, or are known to say too little, nobody may conclude that he is the first. */
export function nobodyBeginsAlone(window: Window = {}): Invariant {
  const id = 'nobody-begins-alone';
  return {
    id,
    words: `No node begins a cluster of its own ${inWords(window)}.`,
    create: (world) => ({
      onEvent(host, heard) {
        const event = heard as NodeEvent;
        if (event.type !== 'discovery' || event.what !== 'alone' || !isWithin(window, world)) return;
        const detail = `${host.name} begins its cluster alone at ${world.now() / 1_000_000} s`;
        world.violate({ invariant: id, subject: host.name, phase: 'always', detail });
      },
    }),
  };
}
