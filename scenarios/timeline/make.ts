import type { CodeIdentity } from '../code.ts';
import { materialise, playWorld } from '../play.ts';
import { replayLine, type RunResult } from '../result.ts';
import type { Scenario } from '../scenario.ts';
import { compareWithToken, parseToken, type Reproduction, type Token } from '../token.ts';
import { TimelineCollector } from './collector.ts';
import type { Timeline } from './timeline.ts';

export interface MadeTimeline {
  readonly timeline: Timeline;
  readonly result: RunResult;
  readonly reproduction: Reproduction;
}

/** Plays the run that a token names, and keeps all of it. */
export async function collectTimeline(
  token: Token,
  find: (name: string) => Scenario,
  code: CodeIdentity,
  files: readonly string[],
): Promise<MadeTimeline> {
  const scenario = find(token.scenario);
  const collector = new TimelineCollector(materialise(scenario, token.seed));
  const { mode, seed } = token;
  const { result, stage, world } = await playWorld(scenario, seed, { mode, code, onTrace: collector.record });
  const reproduction = compareWithToken(token, parseToken(result.token));
  const timeline = collector.timeline(
    {
      scenario: scenario.name,
      seed,
      token: result.token,
      replay: replayLine(result.token, files),
      version: code.version,
      remark: reproduction.kind === 'reproduced' ? '' : reproduction.words,
      verdict: result.verdict,
      violation: result.violation,
      played: world.now(),
      planned: stage.duration,
    },
    world.struckIds,
    world.trace.brokenDuring,
  );
  return { timeline, result, reproduction };
}
