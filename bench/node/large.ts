import { presets, type PresetName } from '../../core/membership/settings.ts';
import type { Micros } from '../../core/ports/clock.ts';
import type { LatencyModel } from '../../simulator/latency.ts';
import { detectionBound } from './bound.ts';
import { comparisonRows } from './comparison.ts';
import type { Context } from './context.ts';
import { joinedResults, type DrillResult } from './drill.ts';
import { latencyFrom } from './latency-fit.ts';
import { form, killed, type Detection } from './pool.ts';
import { startCrew, type CrewProcess } from './pool-process.ts';
import { simulatedDrill } from './simulated-drill.ts';
import { summaryOf } from './statistics.ts';
import { seconds, table } from './table.ts';

const PRESET: PresetName = 'fast';
const PROCESSES = 4;
const NODES_EACH = 50;
const FORMATIONS = 5;
const WORLDS = 20;
const FORMATION_GOAL = 5_000_000;

/** 200 nodes on one machine: how fast they form a cluster, and how fast a quarter of them is missed. */
export async function large({ script, quick }: Context): Promise<string> {
  const formations: Micros[] = [];
  const detections: Detection[] = [];
  const roundTrips: Micros[] = [];
  for (let round = 0; round < FORMATIONS; round += 1) {
    const processes = await start(script);
    try {
      formations.push(await form(processes));
      // The seed's process and the others in turn.
      const victim = processes[round % PROCESSES]!;
      for (const one of processes) roundTrips.push(...(await one.roundTrips()));
      if (!quick || round === FORMATIONS - 1) detections.push(await killed(processes, victim));
    } finally {
      await Promise.all(processes.map((one) => one.kill()));
    }
  }
  const nodes = PROCESSES * NODES_EACH;
  const bound = detectionBound(presets[PRESET], nodes, NODES_EACH);
  const all = detections.map((one) => one.all);
  const firsts = detections.map((one) => one.first);
  const median = summaryOf(formations).p50;
  const simulated = simulation(latencyFrom(roundTrips));
  return [
    `${nodes} nodes in ${PROCESSES} processes, preset ${PRESET}`,
    table([
      ['', 'n', 'min', 'p50', 'max', 'goal', ''],
      row('formed: everybody holds everybody alive', formations, FORMATION_GOAL, median),
      row(`first of ${NODES_EACH} killed with their process declared dead`, firsts),
      row('all of them declared dead everywhere', all, bound.total, Math.max(...all)),
    ]),
    `  bound: probed by somebody ${seconds(bound.probed)}, slowest turn ${seconds(bound.turn)}, ` +
      `longest suspicion ${seconds(bound.suspicion)}, gossip ${seconds(bound.spread)}`,
    `  beside ${WORLDS} simulated clusters of the same size, whose hosts have a CPU each:`,
    table(
      comparisonRows([
        { what: 'formation', real: formations, simulated: simulated.formation },
        { what: 'first detection', real: firsts, simulated: simulated.firstDetection },
        { what: 'detection everywhere', real: all, simulated: simulated.detection },
      ]),
    ),
  ].join('\n');
}

/** A quarter dies at once there too. */
function simulation(latency: LatencyModel): DrillResult {
  return joinedResults(
    Array.from({ length: WORLDS }, (_, i) =>
      simulatedDrill({
        seed: `large ${i}`,
        nodes: PROCESSES * NODES_EACH,
        settings: presets[PRESET],
        latency,
        plan: { formations: 1, kills: 1, killedAtOnce: NODES_EACH },
      }),
    ),
  );
}

async function start(script: string): Promise<CrewProcess[]> {
  const namesOf = (one: number): string[] => Array.from({ length: NODES_EACH }, (_, i) => `p${one}-${i}`);
  const names = Array.from({ length: PROCESSES }, (_, one) => namesOf(one));
  const everybody = names.flat();
  return Promise.all(names.map((own) => startCrew({ script, preset: PRESET, names: own, everybody })));
}

function row(what: string, times: readonly number[], goal?: number, reached = 0): string[] {
  const { count, min, p50, max } = summaryOf(times);
  const cells = [what, String(count), seconds(min), seconds(p50), seconds(max)];
  return goal === undefined ? cells : [...cells, seconds(goal), reached <= goal ? 'holds' : 'MISSED'];
}
