import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { endOf } from '../../scenarios/builtin/schedule.ts';
import { swarm } from '../../scenarios/builtin/swarm.ts';
import { wild } from '../../scenarios/builtin/wild.ts';
import { edited } from '../../scenarios/edit.ts';
import { leftAs } from '../../scenarios/hunt/left-as.ts';
import { vary, varySettings } from '../../scenarios/hunt/variation.ts';
import { materialise } from '../../scenarios/play.ts';
import type { Stage } from '../../scenarios/scenario.ts';
import { settingsWith } from '../../scenarios/builtin/wild-settings.ts';
import { checkSettings } from '../../core/membership/settings.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { validateSchedule } from '../../simulator/faults/validate.ts';

const seeds = fc.nat(100_000);

function calmOf({ hosts, faults, duration }: Stage): number {
  return duration - Math.max(endOf(faults), ...hosts.map(({ startAt }) => startAt ?? 0));
}

test.each([swarm, wild])('every variation of $name can be played, and ends as calmly as the original', (scenario) => {
  fc.assert(
    fc.property(seeds, seeds, seeds, (seed, other, draw) => {
      const stage = materialise(scenario, seed);
      const most = 2 * Math.max(1, endOf(stage.faults));
      const edit = vary(seededRandom(`${draw}`), stage, materialise(scenario, other), most);
      const varied = materialise(edited(scenario, seed, edit), seed);
      const names = new Set(varied.hosts.map(({ name }) => name));
      validateSchedule(varied.faults, (name) => names.has(name));
      expect(calmOf(varied)).toBeGreaterThanOrEqual(calmOf(stage));
      // What has to be put right comes a microsecond later.
      expect(endOf(varied.faults)).toBeLessThanOrEqual(most + 1);
      // In the end it leaves the hosts as the original does: there is nothing to be put right any more.
      expect(leftAs(stage.faults, varied.faults)).toEqual(varied.faults);
    }),
    { numRuns: 25 },
  );
});

test('settings that are taken back or mixed with those of another draw stay settings', () => {
  fc.assert(
    fc.property(seeds, seeds, seeds, (seed, other, draw) => {
      const random = seededRandom(`${draw}`);
      const settings = varySettings(random, materialise(wild, seed), materialise(wild, other)) ?? {};
      checkSettings(settingsWith(settings));
      expect(materialise(edited(wild, seed, { settings }), seed).settings).toEqual(settings);
    }),
    { numRuns: 15 },
  );
});

test('hosts that would stay down, out, or wrong about the time are put right at the end', () => {
  const original: Fault[] = [
    { id: 'a', kind: 'crash', at: 1, hosts: ['n1', 'n2'] },
    { id: 'b', kind: 'restart', at: 2, hosts: ['n1'], keepStore: true, newAddress: false },
    { id: 'c', kind: 'command', at: 3, hosts: ['n3'], command: 'leave' },
    { id: 'd', kind: 'command', at: 4, hosts: ['n3'], command: 'join' },
    { id: 'e', kind: 'clock', at: 5, hosts: ['n4'], jumpMs: 70, driftPpm: 9 },
    { id: 'f', kind: 'clock', at: 6, hosts: ['n4'], jumpMs: -70, driftPpm: 0 },
  ];
  const halves = original.filter(({ id }) => 'ace'.includes(id));
  const host = (name: string) => ({ at: 6, hosts: [name] });
  expect(leftAs(original, halves).slice(3)).toEqual([
    { id: 'restarted-n1', kind: 'restart', keepStore: true, newAddress: false, ...host('n1') },
    { id: 'joined-n3', kind: 'command', command: 'join', ...host('n3') },
    { id: 'clock-mended-n4', kind: 'clock', jumpMs: -70, driftPpm: 0, ...host('n4') },
  ]);
});
