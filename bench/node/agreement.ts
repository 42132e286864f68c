import { presets, type PresetName } from '../../core/membership/settings.ts';
import { comparisonRows } from './comparison.ts';
import type { Context } from './context.ts';
import { joinedResults, type DrillPlan, type DrillResult } from './drill.ts';
import type { RealDrill } from './drill-worker.ts';
import { latencyFrom } from './latency-fit.ts';
import { simulatedDrill } from './simulated-drill.ts';
import { quantile } from './statistics.ts';
import { milliseconds, table } from './table.ts';
import { WorkerProcess } from './worker-process.ts';

const PRESET: PresetName = 'fast';
const NODES = 32;
/** Clusters that know nothing of each other, each in a process of its own: samples come in faster. */
const CLUSTERS = 5;
const WORLDS = 30;

/** The same drill on real sockets and in the simulator, with the latency that the real one measured. */
export async function agreement({ script, quick }: Context): Promise<string> {
  const forming: DrillPlan = { formations: quick ? 2 : 8, kills: 0, killedAtOnce: 0 };
  const killing: DrillPlan = { formations: 1, kills: quick ? 4 : 14, killedAtOnce: 1 };
  const workers = Array.from({ length: CLUSTERS }, () => new WorkerProcess(script));
  const drill = (worker: WorkerProcess, plan: DrillPlan): Promise<DrillResult> =>
    worker.ask('drill', { preset: PRESET, nodes: NODES, plan } satisfies RealDrill);
  // Each has the machine to itself while it forms: that alone is work enough for one to be in another's way.
  const formed: DrillResult[] = [];
  for (const worker of workers) formed.push(await drill(worker, forming));
  const withKills = await Promise.all(workers.map((worker) => drill(worker, killing)));
  await Promise.all(workers.map((worker) => worker.kill()));
  const real = { ...joinedResults(withKills), formation: joinedResults(formed).formation };

  const latency = latencyFrom(real.roundTrips);
  const settings = presets[PRESET];
  const worlds = (of: string, plan: DrillPlan): DrillResult =>
    joinedResults(
      Array.from({ length: WORLDS }, (_, i) =>
        simulatedDrill({ seed: `${of} ${i}`, nodes: NODES, settings, latency, plan }),
      ),
    );
  const simulated = { ...worlds('killing', killing), formation: worlds('forming', forming).formation };
  const at = (share: number): string => milliseconds(quantile(real.roundTrips, share));
  return [
    `Simulator and reality: ${CLUSTERS} clusters of ${NODES} nodes, preset ${PRESET}, beside ${WORLDS} simulated ones`,
    `  round trip of a probe on loopback: p50 ${at(0.5)}, p90 ${at(0.9)}, max ${at(1)}; simulated as ${JSON.stringify(latency)}`,
    table(
      comparisonRows([
        { what: 'formation', real: real.formation, simulated: simulated.formation },
        { what: 'first detection', real: real.firstDetection, simulated: simulated.firstDetection },
        { what: 'detection everywhere', real: real.detection, simulated: simulated.detection },
        { what: 'rejoin after a kill', real: real.rejoin, simulated: simulated.rejoin },
      ]),
    ),
  ].join('\n');
}
