import { SECOND } from '../core/ports/clock.ts';
import { timeInWords } from '../scenarios/in-words.ts';
import type { Replay } from '../scenarios/replay.ts';
import { failureDetails, failureHeadline } from '../scenarios/failure-in-words.ts';
import type { StoryLine } from '../scenarios/story.ts';
import { count, whole } from './figures.ts';
import type { Paint, Style } from './style.ts';
import { wrap } from './wrap.ts';

const WIDTH = 80;

const STYLES: Readonly<Record<string, Style>> = {
  fault: 'yellow',
  crash: 'red',
  dead: 'red',
  suspect: 'yellow',
  refuted: 'green',
  joined: 'green',
};

/** A replayed run as a page to read from top to bottom: what happened, and at the end how it went. */
export function storyReport({ result, story, reproduction }: Replay, files: readonly string[], paint: Paint): string {
  const { scenario, seed, metrics, hash, verdict } = result;
  const lines = story.lines();
  const heading = paint('bold', `${scenario}, seed ${seed}: ${count(metrics.hosts, 'host')}, hash ${hash}`);
  const warning = reproduction.kind === 'reproduced' ? [] : [paint('yellow', reproduction.words)];
  const told = lines.length > 0 ? lines.map((line) => storyLine(line, paint)) : wrap(nothing(story.kinds), WIDTH);
  const end =
    verdict === 'pass'
      ? [paint('green', `pass: ${timeInWords(metrics.simulated)}, ${whole(metrics.events)} events, nothing violated`)]
      : [paint('red', failureHeadline(result)), ...failureDetails(result, files)];
  return [heading, ...warning, '', ...told, '', ...end, ''].join('\n');
}

function storyLine({ at, kind, host, words }: StoryLine, paint: Paint): string {
  const style = STYLES[kind];
  const deed = host === '' ? `* ${words}` : `${host.padEnd(6)} ${words}`;
  return `${(at / SECOND).toFixed(6).padStart(13)}  ${style === undefined ? deed : paint(style, deed)}`;
}

function nothing(kinds: readonly string[]): string {
  return `Nothing to tell under this filter. This run has lines of these kinds: ${kinds.join(', ') || 'none'}.`;
}
