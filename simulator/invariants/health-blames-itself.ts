import type { Rule } from './rule.ts';

const ID = 'health-blames-itself';

/**
 * What nacks are for (Lifeguard, section IV-A): a relay that answers "I got no ack either" proves that our own link
 * works, so a crashed target costs us nothing. Holds where relays are healthy and answer within the probe interval;
 * scenarios that arrange for that ask for this rule.
 */
export const healthBlamesItself: Rule = {
  id: ID,
  words: 'An untouched host whose relays answer does not doubt itself because somebody else crashed.',
  create: ({ world }) => ({
    onOther(host, event) {
      if (event.type !== 'health' || event.score === 0 || world.lastTouched(host.name) > 0) return;
      world.violate({
        invariant: ID,
        subject: host.name,
        phase: 'always',
        detail: `${host.name} was never touched and doubts itself with a score of ${event.score}`,
      });
    },
  }),
};
