import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from './context.ts';
import { convergence, form, killed, type Detection } from './pool.ts';
import { startCrew, startProduction, type PoolProcess } from './pool-process.ts';
import { SerfProcess } from './serf-process.ts';
import { quantile } from './statistics.ts';
import { ratio, seconds, table } from './table.ts';
import { usageOf } from './usage.ts';

const PROFILE = 'lan';
const MEMBERS = 10;

/** How a pool comes to be: all its processes, and more of the same kind later. */
interface Kind {
  readonly what: string;
  start(): Promise<PoolProcess[]>;
  newcomer(round: number): Promise<PoolProcess>;
}

interface Measured {
  readonly what: string;
  readonly processes: number;
  readonly formation: number;
  /** Of one process: nanoseconds on a CPU per second, and kilobytes. */
  readonly cpu: number;
  readonly rss: number;
  readonly pss: number;
  readonly detections: readonly Detection[];
  readonly convergences: readonly number[];
}

/** Pools of Serf agents and of Rollcall nodes, all with the same settings and at the same time. */
export async function besideSerf({ script, quick }: Context): Promise<string> {
  if (spawnSync('serf', ['version']).status !== 0) return 'Beside Serf: skipped, the program serf is not installed';
  const windowMs = quick ? 8_000 : 24_000;
  const rounds = quick ? 1 : 4;
  const measured = await Promise.all(kinds(script, rounds).map((kind) => measure(kind, windowMs, rounds)));
  const [serf, ...ours] = measured as [Measured, ...Measured[]];
  return [
    `Beside Serf: pools of ${MEMBERS} members, profile ${PROFILE}, all at the same time`,
    table([
      ['steady state', 'CPU / process', 'CPU / node', 'RSS / process', 'RSS / node', 'PSS / process', 'PSS / node'],
      ...measured.map((one) => steadyRow(one)),
      ...ours.map((one) => steadyRatios(one, serf)),
    ]),
    '',
    table([
      ['times', 'formation', 'first detection', 'detection', 'convergence', 'rounds'],
      ...measured.map((one) => [one.what, ...timesOf(one).map(seconds), String(one.detections.length)]),
      ...ours.map((one) => [`${one.what} / Serf`, ...timesOf(one).map((time, i) => ratio(time / timesOf(serf)[i]!))]),
    ]),
    `  detection: until a killed process is declared dead by the first, and by all; convergence: until all know a newcomer; medians`,
  ].join('\n');
}

function kinds(script: string, rounds: number): Kind[] {
  const names = (of: string): string[] => Array.from({ length: MEMBERS }, (_, i) => `${of}-${i}`);
  const newcomerOf = (of: string, round: number): string => `${of}-new-${round}`;
  const everybody = (of: string): string[] => [
    ...names(of),
    ...Array.from({ length: rounds }, (_, round) => newcomerOf(of, round)),
  ];
  const crew = (of: string, own: readonly string[]): Promise<PoolProcess> =>
    startCrew({ script, preset: PROFILE, names: own, everybody: everybody(of) });
  return [
    {
      what: 'Serf agents',
      start: () => Promise.all(names('serf').map((name) => SerfProcess.start(name, PROFILE))),
      newcomer: (round) => SerfProcess.start(newcomerOf('serf', round), PROFILE),
    },
    {
      what: 'Rollcall, whole nodes',
      start: () => Promise.all(names('whole').map((name) => startProduction({ script, preset: PROFILE, name }))),
      newcomer: (round) => startProduction({ script, preset: PROFILE, name: newcomerOf('whole', round) }),
    },
    {
      what: 'Rollcall, membership alone',
      start: () => Promise.all(names('one').map((name) => crew('one', [name]))),
      newcomer: (round) => crew('one', [newcomerOf('one', round)]),
    },
    {
      what: `Rollcall, membership, ${MEMBERS} in one process`,
      start: async () => [await crew('many', names('many'))],
      newcomer: (round) => crew('many', [newcomerOf('many', round)]),
    },
  ];
}

async function measure(kind: Kind, windowMs: number, rounds: number): Promise<Measured> {
  const processes = await kind.start();
  const formation = await form(processes);
  // Introductions are over, and the engines have compiled what they will.
  await sleep(windowMs / 3);
  const before = processes.map(({ pid }) => usageOf(pid));
  const began = performance.now();
  await sleep(windowMs);
  const elapsed = (performance.now() - began) / 1_000;
  const after = processes.map(({ pid }) => usageOf(pid));
  const mean = (of: (one: number) => number): number =>
    processes.reduce((sum, _, one) => sum + of(one), 0) / processes.length;
  const cpu = mean((one) => (after[one]!.cpu - before[one]!.cpu) / elapsed);

  const detections: Detection[] = [];
  const convergences: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const newcomer = await kind.newcomer(round);
    convergences.push(await convergence(processes, newcomer));
    await sleep(2_000);
    detections.push(await killed([...processes, newcomer], newcomer));
  }
  await Promise.all(processes.map((one) => one.kill()));
  return {
    what: kind.what,
    processes: processes.length,
    formation,
    cpu,
    rss: mean((one) => after[one]!.rss),
    pss: mean((one) => after[one]!.pss),
    detections,
    convergences,
  };
}

function steadyFigures({ cpu, rss, pss, processes }: Measured): number[] {
  const nodes = MEMBERS / processes;
  return [cpu, cpu / nodes, rss, rss / nodes, pss, pss / nodes];
}

function steadyRow(one: Measured): string[] {
  const [cpu, cpuPerNode, ...memory] = steadyFigures(one) as [number, number, ...number[]];
  const percent = (nanoseconds: number): string => `${(nanoseconds / 1e7).toFixed(3)} %`;
  return [one.what, percent(cpu), percent(cpuPerNode), ...memory.map((kb) => `${(kb / 1_024).toFixed(1)} MB`)];
}

function steadyRatios(one: Measured, serf: Measured): string[] {
  const theirs = steadyFigures(serf);
  return [`${one.what} / Serf`, ...steadyFigures(one).map((figure, i) => ratio(figure / theirs[i]!))];
}

function timesOf({ formation, detections, convergences }: Measured): number[] {
  const median = (times: readonly number[]): number => quantile(times, 0.5);
  const first = detections.map((one) => one.first);
  const all = detections.map((one) => one.all);
  return [formation, median(first), median(all), median(convergences)];
}
