import { presets, type PresetName } from '../../core/membership/settings.ts';
import { detectionBound } from './bound.ts';
import type { Context } from './context.ts';
import { form, killed, type Detection } from './pool.ts';
import { startCrew, type PoolProcess } from './pool-process.ts';
import { summaryOf } from './statistics.ts';
import { seconds, table } from './table.ts';

const PRESET: PresetName = 'fast';
const PROCESSES = 4;
const NODES_EACH = 50;
const FORMATIONS = 5;
const FORMATION_GOAL = 5_000_000;

/** 200 nodes on one machine: how fast they form a cluster, and how fast a quarter of them is missed. */
export async function large({ script, quick }: Context): Promise<string> {
  const formations: number[] = [];
  const detections: Detection[] = [];
  for (let round = 0; round < FORMATIONS; round += 1) {
    const processes = await start(script);
    try {
      formations.push(await form(processes));
      // The seed's process and the others in turn.
      const victim = processes[round % PROCESSES]!;
      if (!quick || round === FORMATIONS - 1) detections.push(await killed(processes, victim));
    } finally {
      await Promise.all(processes.map((one) => one.kill()));
    }
  }
  const nodes = PROCESSES * NODES_EACH;
  const bound = detectionBound(presets[PRESET], nodes, NODES_EACH);
  const all = detections.map((one) => one.all);
  const median = summaryOf(formations).p50;
  return [
    `${nodes} nodes in ${PROCESSES} processes, preset ${PRESET}`,
    table([
      ['', 'n', 'min', 'p50', 'max', 'goal', ''],
      row('formed: everybody holds everybody alive', formations, FORMATION_GOAL, median),
      row(
        `first of ${NODES_EACH} killed with their process declared dead`,
        detections.map((one) => one.first),
      ),
      row('all of them declared dead everywhere', all, bound.total, Math.max(...all)),
    ]),
    `  bound: probed by somebody ${seconds(bound.probed)}, slowest turn ${seconds(bound.turn)}, ` +
      `longest suspicion ${seconds(bound.suspicion)}, gossip ${seconds(bound.spread)}`,
  ].join('\n');
}

async function start(script: string): Promise<PoolProcess[]> {
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
