import type { PresetName } from '../../core/membership/settings.ts';
import type { Micros } from '../../core/ports/clock.ts';
import type { Address } from '../../core/ports/transport.ts';
import type { Gone } from './crew-worker.ts';
import { WorkerProcess } from './worker-process.ts';

/** A process with members of a pool, whoever made its program. Times are on the machine's monotonic clock. */
export interface PoolProcess {
  readonly pid: number;
  readonly names: readonly string[];
  /** Where its first member is reached. */
  readonly address: Address;
  /** Resolves with the time at which it began. */
  join(seed: Address): Promise<number>;
  whenAlive(names: readonly string[]): Promise<number>;
  whenGone(names: readonly string[]): Promise<Gone>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
}

/** Nodes whose probes are timed, and which can begin anew. */
export interface CrewProcess extends PoolProcess {
  /** Ends all nodes, and leaves the process. */
  stop(): Promise<void>;
  /** Of the probes since the last time that were answered, in microseconds. */
  roundTrips(): Promise<readonly Micros[]>;
}

export interface CrewOptions {
  readonly script: string;
  readonly preset: PresetName;
  readonly names: readonly string[];
  readonly everybody: readonly string[];
}

export interface ProductionOptions {
  readonly script: string;
  readonly preset: PresetName;
  readonly name: string;
}

/** A whole node in a process of its own: with admin interface, metrics, health and log. */
export async function startProduction({ script, preset, name }: ProductionOptions): Promise<PoolProcess> {
  const worker = new WorkerProcess(script);
  const address = await worker.ask<Address>('reserve', { preset, name });
  return {
    pid: worker.pid,
    names: [name],
    address,
    join: (seed) => worker.ask('begin', seed),
    whenAlive: (names) => worker.ask('holdsAlive', names),
    whenGone: (names) => worker.ask('listsNone', names),
    kill: () => worker.kill(),
  };
}

/** Rollcall nodes in a process of their own, bound and not joined yet. */
export async function startCrew({ script, ...setup }: CrewOptions): Promise<CrewProcess> {
  const worker = new WorkerProcess(script);
  const addresses = await worker.ask<Address[]>('bind', setup);
  return {
    pid: worker.pid,
    names: setup.names,
    address: addresses[0]!,
    join: (seed) => worker.ask('join', [seed]),
    stop: () => worker.ask('stop', undefined),
    roundTrips: () => worker.ask('roundTrips', undefined),
    whenAlive: (names) => worker.ask('whenAlive', names),
    whenGone: (names) => worker.ask('whenGone', names),
    kill: () => worker.kill(),
  };
}
