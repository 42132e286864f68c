import { expect, test } from 'vitest';
import { Names } from '../../core/membership/names.ts';
import { lifeguardWith, type LifeguardParts } from '../../core/membership/settings.ts';
import { State } from '../../core/wire/messages.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { MemberEvent } from '../../simulator/member-events.ts';
import { memberProgram } from '../../simulator/member.ts';
import { World } from '../../simulator/world.ts';

const HOSTS = Array.from({ length: 32 }, (_, i) => `n${i}`);
/** The anomaly of the paper's section V: some members at once cannot send or receive, but their timers run. */
const SLOW = HOSTS.slice(1, 5);
const [BLOCKED_MS, FREE_MS] = [8_192, 64];

function blocks(): Fault[] {
  const faults: Fault[] = [];
  for (let at = 15_000; at < 75_000; at += BLOCKED_MS + FREE_MS) {
    const id = `block-${at}`;
    faults.push({ id, at: at * 1_000, kind: 'pause', mode: 'ioBlock', hosts: SLOW, for: BLOCKED_MS * 1_000 });
  }
  return faults;
}

/** How often somebody declared a member dead that was never slow. */
function falsePositives(parts: LifeguardParts): number {
  let count = 0;
  const names = new Names();
  const world = new World({
    seed: 'lifeguard',
    duration: 80_000_000,
    latency: { kind: 'uniform', min: 300, max: 700 },
    faults: blocks(),
    hosts: HOSTS.map((name, i) => ({
      name,
      seed: i === 0,
      program: memberProgram({ settings: lifeguardWith(parts), names }),
    })),
    invariants: [
      {
        id: 'count',
        words: 'counts',
        create: () => ({
          onEvent: (_host, event) => {
            const { type } = event;
            if (type !== 'transition') return;
            const { subject, to } = event as MemberEvent & { type: 'transition' };
            if (to === State.dead && !SLOW.includes(subject)) count += 1;
          },
        }),
      },
    ],
  });
  world.run();
  return count;
}

test('false positives fall as in the Lifeguard paper, component by component', () => {
  const none = { probe: false, suspicion: false, buddy: false };
  const swim = falsePositives(none);
  const buddy = falsePositives({ ...none, buddy: true });
  const probe = falsePositives({ ...none, probe: true });
  const suspicion = falsePositives({ ...none, suspicion: true });
  const lifeguard = falsePositives({ probe: true, suspicion: true, buddy: true });
  expect(swim).toBeGreaterThan(100);
  expect(buddy).toBeGreaterThan(swim * 0.8);
  expect(probe).toBeLessThan(swim * 0.7);
  expect(suspicion).toBeLessThan(swim * 0.07);
  expect(lifeguard).toBeLessThanOrEqual(swim * 0.03);
});
