import type { HostView } from '../invariant.ts';
import { isListed } from './beliefs.ts';
import type { Rule } from './rule.ts';

const ID = 'probe-order';

/** Shuffles repeat each other by chance; below one in 10^12 it is no chance any more. */
const TOO_UNLIKELY = 1e12;

/**
 * Each pass over the members is shuffled anew, so that hosts do not fall into step. A host whose turns repeat those
 * of one pass ago, turn after turn while its list stays the same, does not shuffle. How many repeated passes prove
 * that depends on how many orders there are.
 */
export const probeOrder: Rule = {
  id: ID,
  words: 'The order in which members are probed changes from pass to pass.',
  create({ world, cluster }) {
    // By host: the last pass of probes as a ring, so that a turn costs the same in every size of cluster.
    const histories = world.hosts.map(() => ({ ring: new Int32Array(0), next: 0, filled: 0, repeated: 0 }));
    const restart = (host: HostView) => {
      const history = histories[host.index] as (typeof histories)[number];
      history.filled = history.repeated = 0;
    };
    return {
      onFresh: restart,
      onTransition(change) {
        if (isListed(change.before) !== isListed(change.after)) restart(change.observer);
      },
      onProbe(host, subject) {
        const history = histories[host.index] as (typeof histories)[number];
        const pass = cluster.listed(host) - 1;
        if (subject < 0 || pass < 1) return;
        if (history.ring.length !== pass) {
          history.ring = new Int32Array(pass);
          history.filled = 0;
        }
        if (history.filled === 0) history.next = 0;
        const before = history.ring[history.next];
        history.ring[history.next] = subject;
        history.next = history.next + 1 === pass ? 0 : history.next + 1;
        if (history.filled < pass) {
          history.filled++;
          return;
        }
        history.repeated = before === subject ? history.repeated + 1 : 0;
        if (history.repeated < turnsThatProve(pass)) return;
        history.repeated = 0;
        world.violate({
          invariant: ID,
          subject: host.name,
          phase: 'always',
          detail: `${host.name} probes its ${pass} members in one and the same order, pass after pass`,
        });
      },
    };
  },
};

/** A run of (w + 1) passes in one order holds at least w independent shuffles, each equal to the last by 1 in pass!. */
function turnsThatProve(pass: number): number {
  if (pass < 2) return Number.POSITIVE_INFINITY;
  let orders = 1;
  for (let i = 2; i <= pass && orders < TOO_UNLIKELY; i++) orders *= i;
  let shuffles = 1;
  for (let odds = orders; odds < TOO_UNLIKELY; odds *= orders) shuffles++;
  return (shuffles + 1) * pass;
}
