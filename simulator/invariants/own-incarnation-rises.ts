import type { HostView } from '../invariant.ts';
import { forgetfulHosts } from './forgetful.ts';
import type { Rule } from './rule.ts';

/**
 * A member outranks its own past: within a life its incarnation never falls, and a new life starts above all that
 * the member ever claimed, or the cluster would hold the newcomer for the one that it mourns. Hosts that lost what they
 * stored are exempt: nothing but the cluster can tell them where they were.
 */
export const ownIncarnationRises: Rule = {
  id: 'own-incarnation-rises',
  words: 'A member never lowers its own incarnation, and a restarted one starts above its past.',
  create({ world, cluster }) {
    const forgetful = forgetfulHosts(world.faults);
    const current: { life: number; incarnation: number }[] = [];
    const report = (host: HostView, detail: string) =>
      world.violate({ invariant: 'own-incarnation-rises', subject: host.name, phase: 'always', detail });
    return {
      onTransition(change) {
        if (!change.own) return;
        const host = change.observer;
        const before = current[host.index];
        current[host.index] = { life: cluster.lifeOf(host), incarnation: change.incarnation };
        if (before === undefined) return;
        if (before.life === cluster.lifeOf(host)) {
          if (change.incarnation < before.incarnation) {
            report(host, `${host.name} fell from incarnation ${before.incarnation} to ${change.incarnation}`);
          }
        } else if (change.incarnation <= before.incarnation && !forgetful.has(host.name)) {
          if (cluster.isDisputed(change.subject)) return;
          report(
            host,
            `${host.name} started again at ${change.incarnation}, after ${before.incarnation} in its last life`,
          );
        }
      },
    };
  },
};
