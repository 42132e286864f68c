import { setTimeout as sleep } from 'node:timers/promises';
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
import { quantile, summaryOf } from './statistics.ts';
import { seconds, table } from './table.ts';
import { usageOf } from './usage.ts';

const PRESET: PresetName = 'fast';
const PROCESSES = 4;
const NODES_EACH = 50;
/** The ninth decile of five would be the greatest of them. */
const FORMATIONS = 20;
const QUICK_FORMATIONS = 5;
const KILLS = 3;
const WORLDS = 12;
const QUIET_MS = 2_000;
const FORMATION_GOAL = 5_000_000;

interface Rounds {
  /** By processes that have just been started, … */
  readonly fresh: Formation[];
  /** … and by the same ones once more, whose code is compiled by then. */
  readonly again: Formation[];
  readonly detections: Detection[];
  readonly roundTrips: Micros[];
}

interface Formation {
  readonly took: Micros;
  /** Of all processes together. */
  readonly cpuSeconds: number;
}

/** 200 nodes on one machine: how fast they form a cluster, and how fast a quarter of them is missed. */
export async function large({ script, quick }: Context): Promise<string> {
  const { fresh, again, detections, roundTrips } = await play(
    script,
    quick ? QUICK_FORMATIONS : FORMATIONS,
    quick ? 1 : KILLS,
  );
  const freshTimes = fresh.map(({ took }) => took);
  const againTimes = again.map(({ took }) => took);
  const first = detections.map((one) => one.first);
  const all = detections.map((one) => one.all);
  const nodes = PROCESSES * NODES_EACH;
  const bound = detectionBound(presets[PRESET], nodes, NODES_EACH);
  const latency = latencyFrom(roundTrips);
  const simulated = simulation(latency);
  return [
    `${nodes} nodes in ${PROCESSES} processes, preset ${PRESET}`,
    table([
      ['', 'n', 'min', 'p50', 'max', 'goal', ''],
      row('formed, by fresh processes', freshTimes, FORMATION_GOAL, quantile(freshTimes, 0.5)),
      row('formed again, by the same processes', againTimes),
      row(`${NODES_EACH} killed with their process: the first declared dead`, first),
      row('all of them declared dead everywhere', all, bound.total, Math.max(...all)),
    ]),
    `  goals: the median of the formations; the bound of the settings for the slowest detection, which is: probed by`,
    `  somebody ${seconds(bound.probed)}, slowest turn ${seconds(bound.turn)}, longest suspicion ${seconds(bound.suspicion)}, gossip ${seconds(bound.spread)}`,
    `  CPU that a formation took: ${cpuOf(fresh)} s by fresh processes, ${cpuOf(again)} s by the same once more (medians)`,
    '',
    `The same beside ${WORLDS} simulated clusters of ${nodes} nodes, whose code takes no time; latency ${JSON.stringify(latency)}`,
    table(
      comparisonRows([
        { what: 'formation, fresh', real: freshTimes, simulated: simulated.formation },
        { what: 'formation, again', real: againTimes, simulated: simulated.formation },
        { what: 'first detection', real: first, simulated: simulated.firstDetection },
        { what: 'detection everywhere', real: all, simulated: simulated.detection },
      ]),
    ),
  ].join('\n');
}

function cpuOf(formations: readonly Formation[]): string {
  const seconds = formations.map(({ cpuSeconds }) => cpuSeconds);
  return quantile(seconds, 0.5).toFixed(1);
}

async function play(script: string, formations: number, kills: number): Promise<Rounds> {
  const rounds: Rounds = { fresh: [], again: [], detections: [], roundTrips: [] };
  for (let round = 0; round < formations; round += 1) {
    const processes = await start(script);
    try {
      rounds.fresh.push(await measuredForm(processes));
      await Promise.all(processes.map((one) => one.stop()));
      rounds.again.push(await measuredForm(processes));
      if (round >= kills) continue;
      rounds.roundTrips.push(...(await quietRoundTrips(processes)));
      // Each process in turn, that of the seed too.
      rounds.detections.push(await killed(processes, processes[round % PROCESSES]!));
    } finally {
      await Promise.all(processes.map((one) => one.kill()));
    }
  }
  return rounds;
}

/** While the cluster is formed, probes wait for news to be worked off. */
async function quietRoundTrips(processes: readonly CrewProcess[]): Promise<Micros[]> {
  const all = (): Promise<(readonly Micros[])[]> => Promise.all(processes.map((one) => one.roundTrips()));
  await all();
  await sleep(QUIET_MS);
  return (await all()).flat();
}

async function measuredForm(processes: readonly CrewProcess[]): Promise<Formation> {
  const cpu = (): number => processes.reduce((sum, { pid }) => sum + usageOf(pid).cpu, 0);
  const before = cpu();
  const took = await form(processes);
  return { took, cpuSeconds: (cpu() - before) / 1e9 };
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
