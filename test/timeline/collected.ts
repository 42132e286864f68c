import { builtinScenarios } from '../../scenarios/builtin/index.ts';
import { materialise, type Played, playWorld } from '../../scenarios/play.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { TimelineCollector } from '../../scenarios/timeline/collector.ts';
import type { Timeline } from '../../scenarios/timeline/timeline.ts';
import type { TraceRecord } from '../../simulator/trace.ts';

const code = { version: '0.1.0', digest: '77ab01c2' };

export interface Collected extends Played {
  readonly timeline: Timeline;
  readonly records: readonly TraceRecord[];
}

/** A run with its timeline, and the trace that it was made of. */
export async function collect(which: string | Scenario, seed: number): Promise<Collected> {
  const scenario = typeof which === 'string' ? builtinScenarios.find(({ name }) => name === which)! : which;
  const records: TraceRecord[] = [];
  const collector = new TimelineCollector(materialise(scenario, seed));
  const onTrace = (record: TraceRecord): void => {
    records.push(record);
    collector.record(record);
  };
  const played = await playWorld(scenario, seed, { mode: 'reference', code, onTrace });
  const { result, world, stage } = played;
  const { token, verdict, violation } = result;
  const timeline = collector.timeline(
    {
      scenario: scenario.name,
      seed,
      token,
      replay: `npx rollcall replay ${token}`,
      version: code.version,
      remark: '',
      verdict,
      violation,
      played: world.now(),
      planned: stage.duration,
    },
    world.struckIds,
    world.trace.brokenDuring,
  );
  return { ...played, timeline, records };
}
