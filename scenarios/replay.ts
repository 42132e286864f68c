import type { CodeIdentity } from './code.ts';
import { playWorld } from './play.ts';
import type { Reproduction, Token } from './token.ts';
import { compareWithToken, parseToken } from './token.ts';
import type { RunResult } from './result.ts';
import type { Scenario } from './scenario.ts';
import { Story } from './story.ts';
import type { StoryFilter } from './story.ts';

export interface Replay {
  readonly result: RunResult;
  readonly story: Story;
  readonly reproduction: Reproduction;
}

/** Plays the run that a token names, and listens. */
export async function replayRun(
  token: Token,
  find: (name: string) => Scenario,
  code: CodeIdentity,
  filter: StoryFilter = {},
): Promise<Replay> {
  const story = new Story(filter);
  // Both modes play the same run; the wire makes its packets real.
  const mode = filter.wire === true ? 'wire' : token.mode;
  const { result } = await playWorld(find(token.scenario), token.seed, { mode, code, onTrace: story.record });
  return { result, story, reproduction: compareWithToken(token, parseToken(result.token)) };
}
