import type { Micros } from '../../core/ports/clock.ts';
import { SECOND } from '../../core/ports/clock.ts';
import type { CausalStory } from './causal-story.ts';
import type { CausalStep } from './walk.ts';

/** More of them would hide the story. */
const BYSTANDERS_TOLD = 5;

/** One line of a causal story, as long as it needs to be. */
export interface StoryEntry {
  /** The number of a step, `&` for what happened elsewhere meanwhile, '' for what belongs to the line before. */
  readonly mark: string;
  /** Undefined for remarks. */
  readonly at: Micros | undefined;
  /** As of a StoryLine; `rule` for the rule that was broken, `note` for remarks. */
  readonly kind: string;
  readonly words: string;
}

/** The chain, the rule that it broke, and what had no part in it. */
export function storyEntries({ result, steps, meanwhile, bystanders }: CausalStory): StoryEntry[] {
  const { violation } = result;
  const rule =
    violation === null
      ? []
      : [
          {
            mark: String(steps.length + 1),
            at: violation.at,
            kind: 'rule',
            words: `breaks ${violation.invariant}${violation.subject === '' ? '' : ` (${violation.subject})`}: ${violation.detail}`,
          },
        ];
  return [
    ...steps.flatMap((step, index) => [
      ...entriesOf(String(index + 1), step),
      ...meanwhile.filter(({ event }) => belongsAfter(event, steps, index)).flatMap((one) => entriesOf('&', one)),
    ]),
    ...rule,
    ...remarks(steps, bystanders).map(remark),
  ];
}

/** The same as plain lines of text, such as a comment can take. */
export function storyInLines(story: CausalStory): string[] {
  return storyEntries(story).map((entry) => `${prefixOf(entry)}${entry.words}`);
}

/** The columns in front of the words: as wide for every line, so that what follows can be set below. */
export function prefixOf({ mark, at }: StoryEntry): string {
  return `${mark.padStart(3)} ${at === undefined ? ''.padStart(12) : (at / SECOND).toFixed(6).padStart(12)}  `;
}

/** In the order of time. */
function belongsAfter(event: number, steps: readonly CausalStep[], index: number): boolean {
  return steps.findLastIndex((step) => step.event < event) === index;
}

function entriesOf(mark: string, { at, kind, host, words, notes }: CausalStep): StoryEntry[] {
  return [{ mark, at, kind, words: host === '' ? `* ${words}` : `${host} ${words}` }, ...notes.map(remark)];
}

function remark(words: string): StoryEntry {
  return { mark: '', at: undefined, kind: 'note', words };
}

function remarks(steps: readonly CausalStep[], bystanders: readonly string[]): string[] {
  const first = steps[0];
  if (first === undefined) return ['No single event led to this: the rule looks at the run as a whole.'];
  const itself =
    first.kind === 'fault' ? [] : ['No fault began this: the code does it by itself, as far as messages show.'];
  if (bystanders.length === 0) return itself;
  const more = bystanders.length - BYSTANDERS_TOLD;
  return [
    ...itself,
    'Had no part in it, as far as messages show:',
    ...bystanders.slice(0, BYSTANDERS_TOLD).map((words) => `- ${words}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}
