import { monotonicMicros } from './monotonic.ts';
import type { PoolProcess } from './pool-process.ts';

/** Lets all join at once through the first member; resolves with the microseconds until everybody held everybody alive. */
export async function form(processes: readonly PoolProcess[]): Promise<number> {
  const everybody = processes.flatMap(({ names }) => names);
  const seed = processes[0]!.address;
  const formed = processes.map((one) => one.whenAlive(everybody));
  const began = await Promise.all(processes.map((one) => one.join(seed)));
  return Math.max(...(await Promise.all(formed))) - Math.min(...began);
}

/** Microseconds from the kill until the first of the others gave up a member, and until all had given up all. */
export interface Detection {
  readonly first: number;
  readonly all: number;
}

/** Kills one process; resolves when no other lists any of its members. */
export async function killed(processes: readonly PoolProcess[], victim: PoolProcess): Promise<Detection> {
  const others = processes.filter((one) => one !== victim);
  const watches = others.map((one) => one.whenGone(victim.names));
  const at = monotonicMicros();
  await victim.kill();
  const gone = await Promise.all(watches);
  return {
    first: Math.min(...gone.map(({ first }) => first)) - at,
    all: Math.max(...gone.map(({ all }) => all)) - at,
  };
}

/** A process joins a running pool; resolves with the microseconds until everybody held everybody alive. */
export async function convergence(processes: readonly PoolProcess[], newcomer: PoolProcess): Promise<number> {
  const everybody = [...processes, newcomer].flatMap(({ names }) => names);
  const converged = [newcomer.whenAlive(everybody), ...processes.map((one) => one.whenAlive(newcomer.names))];
  const began = await newcomer.join(processes[0]!.address);
  return Math.max(...(await Promise.all(converged))) - began;
}
