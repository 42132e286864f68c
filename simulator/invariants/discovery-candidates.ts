import { sameAddress } from '../../core/address.ts';
import type { HostView, Invariant, WorldView } from '../invariant.ts';
import type { NodeEvent } from '../node-events.ts';
import type { NodeInspection } from '../node-program.ts';
import { inWords, isWithin, type JudgedTime } from './discovery-time.ts';

/** An outage of sources, or answers that are cut short, take nobody away who is there. */
export function theLivingStayCandidates(window: JudgedTime = {}): Invariant {
  const id = 'the-living-stay-candidates';
  return {
    id,
    words: `No node strikes a host that has run all along off its list of places to try, ${inWords(window)}.`,
    create: (world) => ({
      onEvent(host, heard) {
        const event = heard as NodeEvent;
        if (event.type !== 'discovery' || event.what !== 'removed' || !isWithin(window, world)) return;
        // One that has restarted may be entered elsewhere, and its old entry is struck off rightly.
        const living = world.hosts.find(
          ({ name, address, up, boot }) => up && boot === 1 && (name === event.about || address === event.about),
        );
        // An entry that is replaced by one with an id, or without, is the same place.
        if (living === undefined || placesOf(host).some((place) => sameAddress(place, living.address))) return;
        const detail = `${host.name} strikes off ${living.name} at ${world.now() / 1_000_000} s, which has run all along`;
        world.violate({ invariant: id, subject: `${host.name}>${living.name}`, phase: 'always', detail });
      },
    }),
  };
}

/** Once sources know the truth again, so does every node, by itself: nothing that changed in between is lost. */
export function everybodyKnowsTheRest(window: JudgedTime): Invariant {
  const id = 'everybody-knows-the-rest';
  return {
    id,
    words: `Every node has exactly the other nodes that run as places to try, ${inWords(window)}.`,
    create(world) {
      let reported = false;
      return {
        onTick() {
          if (reported || !isWithin(window, world)) return;
          const error = firstError(world);
          if (error === undefined) return;
          reported = true;
          const detail = `${error.host.name} ${error.problem} at ${world.now() / 1_000_000} s`;
          world.violate({ invariant: id, subject: error.host.name, phase: 'after-healing', detail });
        },
      };
    },
  };
}

function firstError(world: WorldView): { readonly host: HostView; readonly problem: string } | undefined {
  const nodes = world.hosts.filter(({ up, bystander }) => up && bystander !== true);
  for (const host of nodes) {
    const places = placesOf(host);
    const others = nodes.filter((other) => other !== host);
    const missing = others.find(({ address }) => !places.some((place) => sameAddress(place, address)));
    if (missing !== undefined) return { host, problem: `does not know ${missing.name} at ${missing.address}` };
    const extra = places.find((place) => !others.some(({ address }) => sameAddress(place, address)));
    if (extra !== undefined) return { host, problem: `would still try ${extra}, where nobody is` };
  }
  return undefined;
}

function placesOf(host: HostView): string[] {
  const node = host.running?.inspect as NodeInspection | undefined;
  return node?.cluster.discovery.chain.candidates.map(({ address }) => address) ?? [];
}
