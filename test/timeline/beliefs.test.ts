import { describe, expect, test } from 'vitest';
import { builtinScenarios } from '../../scenarios/builtin/index.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { believed, beliefsAt, type Beliefs, STANDINGS } from '../../scenarios/timeline/beliefs.ts';
import { ownStateAt, ownStates } from '../../scenarios/timeline/own-states.ts';
import type { Checker, Invariant, WorldView } from '../../simulator/invariant.ts';
import { invariantsOf, type Scene } from '../../simulator/invariants/rule.ts';
import { collect } from './collected.ts';

const STEP = 173_003;

interface Sample {
  readonly at: number;
  readonly beliefs: readonly Beliefs[];
  readonly own: readonly { readonly up: boolean; readonly paused: boolean }[];
}

/** Looks at what the invariants' own view of the cluster holds, every now and then, just before something changes. */
function watched(scenario: Scenario, samples: Sample[]): Scenario {
  return {
    ...scenario,
    stage(context) {
      const stage = scenario.stage(context);
      let scene: Scene | undefined;
      let [due, last] = [0, 0];
      const look = (world: WorldView): void => {
        const now = world.now();
        // All that happened at `last` is over now.
        if (now > last && scene !== undefined && last >= due) {
          samples.push({ at: last, beliefs: world.hosts.map((_, host) => heldOf(scene!, host)), own: ownOf(world) });
          due = last + STEP;
        }
        last = now;
      };
      const before: Invariant = {
        id: 'looks-before',
        words: 'Never broken: looks.',
        create: (world): Checker => ({ onEvent: () => look(world), onHost: () => (last = world.now()) }),
      };
      const [rule] = invariantsOf([
        {
          id: 'looks',
          words: 'Never broken: looks.',
          create(created) {
            scene = created;
            return {};
          },
        },
      ]);
      return { ...stage, invariants: [before, rule!, ...stage.invariants] };
    },
  };
}

function heldOf({ world, cluster }: Scene, host: number): Beliefs {
  const column = cluster.ownColumn(world.hosts[host]!);
  const asked = world.hosts.filter((observer) => cluster.isPresent(observer) && cluster.ownColumn(observer) !== column);
  const count = (belief: number): number =>
    asked.filter(({ index }) => cluster.beliefs.belief(index, column) === belief).length;
  return { asked: asked.length, alive: count(1), suspect: count(2), dead: count(3), left: count(4) };
}

function ownOf(world: WorldView): Sample['own'] {
  return world.hosts.map(({ up, paused }) => ({ up, paused }));
}

describe.each([
  ['swarm', 3],
  ['swarm', 8],
  ['mass-leave', 1],
  ['duplicate-name', 1],
  ['rolling-restart', 2],
] as const)('over the whole of %s, seed %d', async (name, seed) => {
  const samples: Sample[] = [];
  const scenario = builtinScenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  const { timeline } = await collect(watched(scenario, samples), seed);
  const histories = believed(timeline);
  const own = ownStates(timeline);

  test('the lanes hold what the observers of the run held', () => {
    expect(samples.length).toBeGreaterThan(20);
    for (const { at, beliefs } of samples) {
      expect({ at, beliefs: histories.map((history) => beliefsAt(history, at)) }).toEqual({ at, beliefs });
    }
  });

  test('every node is to itself what the world knows of it', () => {
    for (const sample of samples) {
      const states = own.map((spells) => ownStateAt(spells, sample.at).state);
      const expected = sample.own.map(({ up, paused }, host) => {
        if (!up) return 'down';
        return paused ? 'paused' : states[host] === 'leaving' || states[host] === 'left' ? states[host] : 'up';
      });
      expect({ at: sample.at, states }).toEqual({ at: sample.at, states: expected });
    }
  });

  test('the standing of a node is the gravest that anybody holds', () => {
    for (const history of histories) {
      for (const [entry, standing] of history.standing.entries()) {
        const { alive, suspect, dead, left } = beliefsAt(history, history.at[entry]!);
        const listed = alive + suspect > 0;
        const expected =
          dead > 0
            ? listed
              ? 'dead to some'
              : 'dead to all'
            : suspect > 0
              ? 'suspected'
              : left > 0
                ? 'left'
                : alive > 0
                  ? 'alive'
                  : 'unknown';
        expect(STANDINGS[standing]).toBe(expected);
      }
    }
  });
});
