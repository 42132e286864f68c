import type { CausalStory } from '../scenarios/causes/causal-story.ts';
import { prefixOf, storyEntries, type StoryEntry } from '../scenarios/causes/in-lines.ts';
import { failureDetails, failureHeadline } from '../scenarios/failure-in-words.ts';
import { timeInWords } from '../scenarios/in-words.ts';
import type { Reproduction } from '../scenarios/token.ts';
import { count, whole } from './figures.ts';
import type { Paint, Style } from './style.ts';
import { wrap } from './wrap.ts';

const WIDTH = 80;

const STYLES: Readonly<Record<string, Style>> = {
  fault: 'yellow',
  lost: 'yellow',
  suspect: 'yellow',
  dead: 'red',
  rule: 'red',
  note: 'dim',
};

/** Why a run failed, from the fault that began it to the rule that was broken. */
export function causesReport(
  story: CausalStory,
  reproduction: Reproduction,
  files: readonly string[],
  paint: Paint,
): string {
  const { result } = story;
  const { scenario, seed, metrics, hash } = result;
  const heading = paint('bold', `${scenario}, seed ${seed}: ${count(metrics.hosts, 'host')}, hash ${hash}`);
  const warning = reproduction.kind === 'reproduced' ? [] : [paint('yellow', reproduction.words)];
  const told = isTold(story) ? ['', ...storyEntries(story).flatMap((entry) => laidOut(entry, paint))] : [];
  const end =
    result.violation === null
      ? wrap(passed(story), WIDTH).map((line) => paint('green', line))
      : [paint('red', failureHeadline(result)), ...failureDetails(result, files)];
  return [heading, ...warning, ...told, '', ...end, ''].join('\n');
}

function isTold({ result, steps }: CausalStory): boolean {
  return result.violation !== null || steps.length > 0;
}

function passed({ result: { metrics }, subject, steps }: CausalStory): string {
  const all = `pass: ${timeInWords(metrics.simulated)}, ${whole(metrics.events)} events, nothing violated`;
  if (steps.length > 0) return all;
  if (subject !== '') return `${all}. Nobody gave a verdict about ${subject}.`;
  return `${all}, so that there is no failure to explain. --about HOST explains the latest verdict about a host.`;
}

function laidOut(entry: StoryEntry, paint: Paint): string[] {
  const prefix = prefixOf(entry);
  const style = STYLES[entry.kind];
  return wrap(entry.words, WIDTH - prefix.length).map((line, index) => {
    const words = style === undefined ? line : paint(style, line);
    return `${index === 0 ? prefix : ''.padEnd(prefix.length)}${words}`;
  });
}
