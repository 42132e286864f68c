import type { Landmarks } from '../../simulator/trace-difference.ts';
import { landmarksOf } from '../../simulator/trace-difference.ts';
import type { EventRange, TraceRecord } from '../../simulator/trace.ts';
import { type PlayOptions, playWorld } from '../play.ts';
import type { Scenario } from '../scenario.ts';
import { tell } from '../story.ts';
import { parseToken, type Token } from '../token.ts';
import { outlineOf, type StageOutline } from './outline.ts';

/** One event of a run: what identifies it, and what it says. */
export interface ToldRecord {
  readonly record: TraceRecord;
  readonly words: string;
}

/** A run that can be compared: it was played just now, or its trace was kept in a file. */
export interface RecordedRun {
  /** Of the run as it was played. */
  readonly token: Token;
  readonly events: number;
  readonly landmarks: Landmarks;
  readonly outline: StageOutline;
  /** The events with numbers in a range, as far as the run has them. */
  window(range: EventRange): Promise<readonly ToldRecord[]>;
}

/** Plays a run, and again for each window: a run is the same every time, and nothing of it need be kept meanwhile. */
export async function playRecorded(
  scenario: Scenario,
  seed: number,
  options: Omit<PlayOptions, 'onTrace' | 'keep'>,
): Promise<RecordedRun> {
  const { stage, world, result } = await playWorld(scenario, seed, options);
  return {
    token: parseToken(result.token),
    events: world.trace.events,
    landmarks: landmarksOf(world.trace),
    outline: outlineOf(stage),
    async window(keep) {
      const again = await playWorld(scenario, seed, { ...options, keep });
      return again.world.trace.kept.map((record) => ({ record, words: tell(record).words }));
    },
  };
}
