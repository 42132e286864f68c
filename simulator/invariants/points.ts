import { Belief, isGone, isListed } from './beliefs.ts';
import type { Rule } from './rule.ts';

/** What runs may reach, by name; scenarios list those that their suites must reach at least once. */
export const POINTS = [
  'suspected',
  'declared-dead',
  'left',
  'refuted',
  'rejoined',
  'forgotten',
  'address-changed',
  'metadata-changed',
  'conflict',
  'health-rose',
  'health-recovered',
  'broadcast-relayed',
  'message-delivered',
] as const;
export type Point = (typeof POINTS)[number];

/** No rule, but the witness that a suite is not vacuous: it marks what happened at all. */
export const pointsReached: Rule = {
  id: 'points-reached',
  words: 'Never broken: marks the turns of the story that were reached.',
  create({ world, cluster }) {
    const reached = new Set<Point>();
    const reach = (point: Point) => {
      if (reached.has(point)) return;
      reached.add(point);
      world.reached(point);
    };
    return {
      onTransition(change) {
        if (change.own) return;
        if (change.after === Belief.suspect) reach('suspected');
        if (change.after === Belief.dead) reach('declared-dead');
        if (change.after === Belief.left) reach('left');
        if (change.after === Belief.unknown) reach('forgotten');
        if (isGone(change.before) && isListed(change.after)) reach('rejoined');
        if (change.before === Belief.unknown || change.description === change.beforeDescription) return;
        const address = cluster.descriptions.addressOf(change.beforeDescription);
        reach(address === change.event.address ? 'metadata-changed' : 'address-changed');
      },
      onOther(_host, event) {
        if (event.type === 'refuted') reach('refuted');
        if (event.type === 'conflict') reach('conflict');
        if (event.type === 'health') reach(event.score > 0 ? 'health-rose' : 'health-recovered');
        if (event.type === 'broadcast' && !event.own) reach('broadcast-relayed');
        if (event.type === 'message') reach('message-delivered');
      },
    };
  },
};
