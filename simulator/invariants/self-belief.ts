import type { HostView } from '../invariant.ts';
import { Belief, beliefInWords } from './beliefs.ts';
import type { Rule } from './rule.ts';

/** A running member knows that it is alive, whatever the others say. It holds itself left while it leaves, and only then. */
export const selfBelief: Rule = {
  id: 'self-belief',
  words: 'A member never holds itself suspect or dead, and left only when it leaves.',
  create({ world, cluster }) {
    const leaving = new Set<HostView>();
    return {
      onOther(host, event) {
        if (event.type === 'leaving' || event.type === 'stopped') leaving.add(host);
      },
      onFresh(host) {
        leaving.delete(host);
      },
      onTransition(change) {
        if (!change.own) return;
        const host = change.observer;
        const allowed = change.after === Belief.alive || (change.after === Belief.left && leaving.has(host));
        if (change.after === Belief.alive) leaving.delete(host);
        if (allowed) return;
        world.violate({
          invariant: 'self-belief',
          subject: host.name,
          phase: 'always',
          detail: `${host.name} runs and holds itself (${cluster.nameOf(change.subject)}) ${beliefInWords(change.after)}`,
        });
      },
    };
  },
};
