import type { Invariant } from 'rollcall/simulator';

/** Once somebody else was elected, the old leader must not act any more: two would write to the same disk. */
export const oneLeader: Invariant = {
  id: 'one-leader',
  words: 'Only the leader that was elected last acts.',
  create(world) {
    let leader = '';
    return {
      onEvent(host, event) {
        if (event.type === 'elected') {
          if (leader !== '' && leader !== host.name) world.reached('leadership moved');
          leader = host.name;
        }
        if (event.type !== 'acted' || host.name === leader) return;
        const detail = `${host.name} acted although ${leader} has been elected since`;
        world.violate({ invariant: 'one-leader', subject: `${host.name}>${leader}`, phase: 'always', detail });
      },
    };
  },
};
