import { expect, test } from 'vitest';
import { pushPullPeriodMs } from '../../core/membership/formulas.ts';
import { Names } from '../../core/membership/names.ts';
import { lan } from '../../core/membership/settings.ts';
import { SECOND } from '../../core/ports/clock.ts';
import { Kind, type PeerState, State } from '../../core/wire/messages.ts';
import { streamMessageSize } from '../../core/wire/sizes.ts';
import type { Invariant } from '../../simulator/invariant.ts';
import { scalingBroken, type SteadyLoad } from '../../simulator/invariants/scaling.ts';
import type { MemberEvent } from '../../simulator/member-events.ts';
import { memberProgram } from '../../simulator/member.ts';
import type { Host } from '../../simulator/program.ts';
import { World } from '../../simulator/world.ts';

/** Every member's own news is told and over by then, and its first exchange was made. */
const SETTLED = 40;

const nameOf = (index: number): string => `n${index + 1}`;

function everybody(host: Host, nodes: number): PeerState[] {
  const incarnation = Math.floor(host.clock.wallTime() / 1_000);
  return Array.from({ length: nodes }, (_, index) => {
    const name = nameOf(index);
    const about = {
      name,
      address: host.addressOf(name)!,
      meta: new Uint8Array(0),
      vsn: Uint8Array.of(1, 5, 2, 2, 5, 4),
    };
    return { about: Object.freeze(about), incarnation, state: State.alive };
  });
}

/** What `nodes` members that know each other send over one period of their exchanges. */
function steadyLoad(nodes: number): SteadyLoad {
  let exchanged = 0;
  const meter: Invariant = {
    id: 'meter',
    words: 'Never broken: counts the bytes of exchanges.',
    create: () => ({
      onEvent(_, event) {
        const told = event as MemberEvent;
        if (told.type === 'push-pull') exchanged += told.bytes;
      },
    }),
  };
  const names = new Names();
  let known: PeerState[] | undefined;
  const program = (host: Host) => {
    known ??= everybody(host, nodes);
    return memberProgram({ settings: lan, names, known })(host);
  };
  const hosts = Array.from({ length: nodes }, (_, index) => ({ name: nameOf(index), program }));
  const seconds = pushPullPeriodMs(lan, nodes) / 1_000;
  const world = new World({
    seed: 'load',
    hosts,
    faults: [],
    duration: (SETTLED + seconds) * SECOND,
    invariants: [meter],
  });
  world.runUntil(SETTLED * SECOND);
  const [datagrams, bytes] = [world.counters.datagramsSent, exchanged];
  world.runUntil((SETTLED + seconds) * SECOND);

  const stated = (states: PeerState[]) =>
    streamMessageSize({ kind: Kind.pushPull, join: false, states, userState: new Uint8Array(0) });
  const all = stated(known!);
  const none = stated([]);
  return {
    nodes,
    seconds,
    datagrams: world.counters.datagramsSent - datagrams,
    pushPullBytes: exchanged - bytes,
    bytesPerState: (all - none) / nodes,
    bytesPerExchange: none,
  };
}

test('50, 200 and 800 members send equally much each, and exchange as much state as the formula says', () => {
  const loads = [50, 200, 800].map(steadyLoad);
  expect(scalingBroken(lan, loads)).toEqual([]);
  // SWIM: one ping and one ack per member and period.
  const [smallest] = loads as [SteadyLoad, ...SteadyLoad[]];
  expect(smallest.datagrams / smallest.nodes / smallest.seconds).toBeCloseTo(2, 1);
});
