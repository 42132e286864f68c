import { builtinScenarios } from '../../scenarios/builtin/index.ts';
import { type CausalStory, causalStory } from '../../scenarios/causes/causal-story.ts';
import { storyInLines } from '../../scenarios/causes/in-lines.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { State } from '../../core/wire/messages.ts';
import type { HostView, Invariant, WorldView } from '../../simulator/invariant.ts';
import type { MemberEvent } from '../../simulator/member-events.ts';
import type { HostEvent } from '../../simulator/program.ts';

export const code = { version: '0.1.0', digest: '77ab01c2' };

export function builtin(name: string): Scenario {
  return builtinScenarios.find((one) => one.name === name)!;
}

type Transition = Extract<MemberEvent, { type: 'transition' }>;

/** A built-in scenario under one rule alone, which true code breaks: no view may ever change in this way. */
export function neverIn(name: string, isForbidden: (event: Transition, host: HostView) => boolean): Scenario {
  return judgedBy(name, (world) => ({
    onEvent(host: HostView, event: HostEvent) {
      if (event.type !== 'transition') return;
      const change = event as Transition;
      if (change.subject === host.name || !isForbidden(change, host)) return;
      const subject = `${host.name}>${change.subject}`;
      world.violate({ invariant: 'planted', subject, phase: 'always', detail: `${host.name} did so` });
    },
  }));
}

export const isDeath = ({ to }: Transition) => to === State.dead;

export function judgedBy(name: string, create: (world: WorldView) => ReturnType<Invariant['create']>): Scenario {
  const scenario = builtin(name);
  const planted: Invariant = { id: 'planted', words: 'A rule that true code breaks.', create };
  return { ...scenario, stage: (context) => ({ ...scenario.stage(context), invariants: [planted] }) };
}

export async function storyOf(scenario: Scenario, seed = 1, about?: string): Promise<CausalStory & { text: string[] }> {
  const story = await causalStory(scenario, seed, { mode: 'reference', code }, about);
  return { ...story, text: storyInLines(story).map((line) => line.trim()) };
}

/** What each step says, without its time. */
export function wordsOf({ steps }: CausalStory): string[] {
  return steps.map(({ host, words }) => `${host === '' ? '*' : host} ${words}`);
}
