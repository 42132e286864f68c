import type { Invariant } from 'rollcall/simulator';

const LIMIT = 10;

/** A storm of refutations means that accusations echo: whoever is accused answers once, and that ends it. */
export const calmRefutations: Invariant = {
  id: 'calm-refutations',
  words: `No host refutes more than ${LIMIT} accusations between two ticks of the world, which are a second apart.`,
  create(world) {
    const refutations = new Map<string, number>();
    return {
      onEvent(host, event) {
        if (event.type !== 'refuted') return;
        const count = (refutations.get(host.name) ?? 0) + 1;
        refutations.set(host.name, count);
        if (count <= LIMIT) return;
        const detail = `${host.name} refuted ${count} accusations within a second`;
        world.violate({ invariant: 'calm-refutations', subject: host.name, phase: 'always', detail });
      },
      onTick: () => refutations.clear(),
    };
  },
};
