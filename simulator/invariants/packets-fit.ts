import type { Bounds } from './bounds.ts';
import type { Rule } from './rule.ts';

/** A datagram that is cut in pieces, or dropped, on the way is worse than two datagrams. */
export function packetsFit(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: 'packets-fit',
    words: 'No datagram is larger than the packet budget of the settings, envelope included.',
    create({ world }) {
      const { packetBytes } = boundsFor(world.hosts.length);
      return {
        onSend(from, to, size) {
          if (size <= packetBytes) return;
          world.violate({
            invariant: 'packets-fit',
            subject: from.name,
            phase: 'always',
            detail: `${from.name} sent ${size} bytes to ${to}; the budget is ${packetBytes}`,
          });
        },
      };
    },
  };
}
