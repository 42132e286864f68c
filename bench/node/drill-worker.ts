import { presets, type PresetName } from '../../core/membership/settings.ts';
import { seededRandom } from '../../core/random.ts';
import { systemClock } from '../../transports/clock.ts';
import { Drill, type DrillPlan, type DrillResult } from './drill.ts';
import { socketSeats } from './socket-seats.ts';

export interface RealDrill {
  readonly preset: PresetName;
  readonly nodes: number;
  readonly plan: DrillPlan;
}

export function drillCommands() {
  return {
    async drill({ preset, nodes, plan }: RealDrill): Promise<DrillResult> {
      const seats = await socketSeats(Array.from({ length: nodes }, (_, i) => `n${i}`));
      const random = seededRandom(`drill ${process.pid}`);
      const drill = new Drill({ seats, settings: presets[preset], clock: systemClock(), random });
      return new Promise((resolve) => drill.run(plan, resolve));
    },
  };
}
