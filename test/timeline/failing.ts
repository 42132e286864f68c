import { SECOND } from '../../core/ports/clock.ts';
import { State } from '../../core/wire/messages.ts';
import { cluster } from '../../scenarios/builtin/cluster.ts';
import { defineScenario } from '../../scenarios/define.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Invariant } from '../../simulator/invariant.ts';
import type { MemberEvent } from '../../simulator/member-events.ts';

const seconds = (count: number): number => count * SECOND;

/** More than any failure detector can promise: it is broken as soon as somebody is cut off for long enough. */
const nobodyDiesAlive: Invariant = {
  id: 'nobody-dies-alive',
  words: 'Nobody who runs is declared dead.',
  create: (world) => ({
    onEvent(host, heard) {
      const event = heard as MemberEvent;
      if (event.type !== 'transition' || event.to !== State.dead || event.cause !== 'suspicion') return;
      const subject = world.host(event.subject);
      if (subject?.up !== true || world.now() < seconds(40)) return;
      const detail = `${host.name} declared ${event.subject} dead, which runs.`;
      world.violate({
        invariant: 'nobody-dies-alive',
        subject: `${host.name}>${event.subject}`,
        phase: 'always',
        detail,
      });
    },
  }),
};

const faults: Fault[] = [
  { id: 'loss', kind: 'link', at: seconds(8), for: seconds(14), loss: [1, 5] },
  { id: 'crash-4', kind: 'crash', at: seconds(10), hosts: ['n4'] },
  { id: 'pause-7', kind: 'pause', at: seconds(14), hosts: ['n7'], mode: 'freeze', for: seconds(9) },
  { id: 'leave-9', kind: 'command', at: seconds(18), hosts: ['n9'], command: 'leave' },
  { id: 'restart-4', kind: 'restart', at: seconds(24), hosts: ['n4'], keepStore: true, newAddress: false },
  { id: 'slow-2', kind: 'slow', at: seconds(26), hosts: ['n2'], perMessage: 40_000, for: seconds(12) },
  { id: 'join-9', kind: 'command', at: seconds(30), hosts: ['n9'], command: 'join' },
  {
    id: 'split',
    kind: 'partition',
    at: seconds(38),
    for: seconds(20),
    groups: [
      ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'],
      ['n8', 'n9', 'n10'],
    ],
  },
];

/** Ten nodes, eight faults of many kinds, and a rule that the last of them breaks. */
export const failing = defineScenario({
  name: 'ten-nodes-fall-apart',
  summary: 'ten nodes under a rule that a partition must break',
  stage() {
    const stage = cluster({ hosts: 10, faults });
    return { ...stage, invariants: [nobodyDiesAlive, ...stage.invariants] };
  },
});
