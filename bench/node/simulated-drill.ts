import type { MembershipSettings } from '../../core/membership/settings.ts';
import { SECOND } from '../../core/ports/clock.ts';
import type { LatencyModel } from '../../simulator/latency.ts';
import type { Host, HostSpec } from '../../simulator/program.ts';
import { World } from '../../simulator/world.ts';
import { Drill, type DrillPlan, type DrillResult } from './drill.ts';
import type { Seat } from './seat.ts';

export interface SimulatedDrill {
  readonly seed: string;
  readonly nodes: number;
  readonly settings: MembershipSettings;
  readonly latency: LatencyModel;
  readonly plan: DrillPlan;
}

/** A drill that is not over after this long hangs. */
const LIMIT = 3_600 * SECOND;

/** The drill in a world of its own: one host per node, and one more whose clock the drill goes by. */
export function simulatedDrill({ seed, nodes, settings, latency, plan }: SimulatedDrill): DrillResult {
  const hosts: Host[] = [];
  let result: DrillResult | undefined;
  const member = (name: string): HostSpec => ({ name, program: (host) => void hosts.push(host) });
  const conductor: HostSpec = {
    name: 'conductor',
    program: ({ clock, random }) => {
      const drill = new Drill({ seats: hosts.map(simulatedSeat), settings, clock, random });
      drill.run(plan, (all) => {
        result = all;
      });
    },
  };
  const names = Array.from({ length: nodes }, (_, i) => `n${i}`);
  const world = new World({ seed, hosts: [...names.map(member), conductor], faults: [], duration: LIMIT, latency });
  while (result === undefined) {
    if (world.now() >= LIMIT) throw new Error(`the simulated drill ${seed} did not end`);
    world.runUntil(world.now() + SECOND);
  }
  return result;
}

function simulatedSeat(host: Host): Seat {
  let lives = 0;
  return {
    name: host.name,
    address: host.address,
    open(ready) {
      lives += 1;
      ready({
        clock: host.clock,
        crypto: host.crypto,
        random: host.random.fork(`life ${lives}`),
        transport: host.transport,
      });
    },
    close() {},
  };
}
