import { describe, expect, test } from 'vitest';
import { hostAddress } from '../../simulator/sim-host.ts';
import { World } from '../../simulator/world.ts';
import { spreadRumour } from '../../scenarios/papers/demers.ts';
import { proposesTooEarly } from '../../scenarios/papers/rapid-cut.ts';
import { rumourProgram, type RumourRules } from '../../scenarios/papers/rumour.ts';

const push: RumourRules = { way: 'push', interest: 'feedback-counter', k: 1 };

describe('a rumour', () => {
  test('that is pushed between two sites ends with the first useless contact', () => {
    // Cycle 1 tells the other; in cycle 2 both tell each other what they know, and lose interest.
    expect(spreadRumour(push, 1, 2)).toEqual({ residue: 0, traffic: 1.5, last: 1, average: 0.5 });
  });

  test('that is told blindly with k = 1 is told once by everybody who hears', () => {
    const { traffic, residue } = spreadRumour({ way: 'push', interest: 'blind-coin', k: 1 }, 3, 50);
    expect(traffic).toBeCloseTo(1 - residue, 12);
  });

  test('that is pulled reaches two sites in the first cycle, and is kept for as long as nobody asks in vain', () => {
    const { residue, last } = spreadRumour({ way: 'pull', interest: 'feedback-counter', k: 1 }, 1, 2);
    expect({ residue, last }).toEqual({ residue: 0, last: 1 });
  });

  test('is the same in bytes', () => {
    const peers = Array.from({ length: 20 }, (_, index) => hostAddress(index));
    const hashes = (['reference', 'wire'] as const).map((mode) => {
      const hosts = peers.map((_, index) => ({ name: `s${index}`, program: rumourProgram(push, peers, index === 0) }));
      const world = new World({ seed: 'bytes', hosts, faults: [], duration: 20_000_000, mode });
      world.run();
      return world.hash;
    });
    expect(hashes[0]).toBe(hashes[1]);
  });
});

describe('a proposal of a cut', () => {
  test('waits while a second subject is between the watermarks, and is complete then', () => {
    const alerts = [0, 1, 0, 1, 0, 1];
    expect(proposesTooEarly(alerts, 2, 2, 3)).toBe(false);
  });

  test('comes too early when the second subject was not yet reported often enough to be waited for', () => {
    expect(proposesTooEarly([0, 1, 0, 0, 1, 1], 2, 2, 3)).toBe(true);
    expect(proposesTooEarly([0, 1, 0, 0, 1, 1], 2, 1, 3)).toBe(false);
  });
});
