import type { Micros } from '../../core/ports/clock.ts';
import type { HostView, Invariant } from '../invariant.ts';
import type { NodeInspection } from '../node-program.ts';

/** At a time that the story fixes, every node that runs lists every other one: sources were of use in time. */
export function allMet(by: Micros): Invariant {
  const id = 'all-met';
  return {
    id,
    words: 'By the time that the story allows for it, every node lists every other one as alive.',
    create(world) {
      let judged = false;
      return {
        onTick() {
          if (judged || world.now() < by) return;
          judged = true;
          const nodes = world.hosts.filter((host) => host.up && host.bystander !== true);
          for (const host of nodes) {
            const alive = aliveIn(host);
            const missing = nodes.filter(({ name }) => !alive.has(name)).map(({ name }) => name);
            if (missing.length === 0) continue;
            const detail = `${host.name} does not list ${missing.join(', ')} at ${world.now() / 1_000_000} s`;
            world.violate({ invariant: id, subject: host.name, phase: 'always', detail });
          }
        },
      };
    },
  };
}

function aliveIn(host: HostView): ReadonlySet<string> {
  const node = host.running?.inspect as NodeInspection | undefined;
  const alive = (node?.cluster.membership.members() ?? []).filter(({ state }) => state === 'alive');
  return new Set(alive.map(({ name }) => name));
}
