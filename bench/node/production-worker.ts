import { HealthMonitor } from '../../core/health/monitor.ts';
import type { NodeConfig } from '../../core/config/node-config.ts';
import { readConfig } from '../../core/config/read.ts';
import type { PresetName } from '../../core/membership/settings.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { silentLog } from '../../core/ports/log.ts';
import type { Address } from '../../core/ports/transport.ts';
import { systemClock } from '../../transports/clock.ts';
import { createNode, type Node } from '../../transports/node.ts';
import type { Gone } from './crew-worker.ts';
import { monotonicMicros } from './monotonic.ts';
import { OWN_HOST, socketSeats } from './socket-seats.ts';
import { Watchers } from './watchers.ts';

export interface ProductionSetup {
  readonly preset: PresetName;
  readonly name: string;
}

/** What watching over a cluster takes, in microseconds of CPU per time. */
export interface MonitorCost {
  readonly members: number;
  /** The monitor's look at a view that has not changed since the last one … */
  readonly quietLook: number;
  /** … and at one that has. */
  readonly changedLook: number;
  /** Collecting all metrics. */
  readonly scrape: number;
  readonly scrapeBytes: number;
  /** An answer to `/cluster/health`. */
  readonly health: number;
  /** The node's own work, all of it: per second. */
  readonly steady: number;
}

const LOOKS = 2_000;
const CHANGED_LOOKS = 200;
const REQUESTS = 200;
const EVENTS = ['join', 'leave', 'fail', 'suspect', 'alive'] as const;

/** One whole node in this process. */
export function productionCommands() {
  const watchers = new Watchers();
  let setup: ProductionSetup | undefined;
  let address: Address = '';
  let node: Node | undefined;
  const present = (): Node => {
    if (node === undefined) throw new Error('there is no node here yet');
    return node;
  };
  const stateOf = (name: string): string | undefined => node?.membership.member(name)?.state;
  const listing = (names: readonly string[]): number =>
    names.filter((name) => stateOf(name) === 'alive' || stateOf(name) === 'suspect').length;
  return {
    /** Finds an address for the node to come. */
    async reserve(own: ProductionSetup): Promise<Address> {
      setup = own;
      for (const seat of await socketSeats([own.name])) {
        address = seat.address;
        await seat.close();
      }
      return address;
    },
    async begin(seed: Address): Promise<number> {
      const began = monotonicMicros();
      const config = configOf(setup!, address, seed === address ? [] : [seed]);
      node = await createNode(config, { log: silentLog });
      for (const event of EVENTS) node.membership.on(event, () => watchers.look());
      await node.begin();
      watchers.look();
      return began;
    },
    holdsAlive: (names: readonly string[]): Promise<number> =>
      watchers.when(() => names.every((name) => stateOf(name) === 'alive'), monotonicMicros),
    listsNone(names: readonly string[]): Promise<Gone> {
      const before = listing(names);
      let first: number | undefined;
      const gone = (): boolean => {
        const now = listing(names);
        if (now < before) first ??= monotonicMicros();
        return now === 0;
      };
      return watchers.when(gone, () => ({ first: first ?? monotonicMicros(), all: monotonicMicros() }));
    },
    monitorCost: (windowMs: number): Promise<MonitorCost> => monitorCost(present(), windowMs),
  };
}

function configOf({ name, preset }: ProductionSetup, address: Address, seeds: readonly Address[]): NodeConfig {
  const seedNodes = { static: { seed_nodes: [...seeds] } };
  const network = { swim_bind: address };
  const values = {
    cluster: { node_id: name, membership: { preset }, network, ...(seeds.length === 0 ? {} : seedNodes) },
    admin: { bind: `${OWN_HOST}:0` },
  };
  return readConfig({ values, environment: {} }).config;
}

async function monitorCost(node: Node, windowMs: number): Promise<MonitorCost> {
  const { membership } = node;
  const crank = new Crank();
  const monitor = new HealthMonitor(crank, silentLog, membership, 1);
  monitor.start();
  const steady = await cpuOf(() => new Promise((resolve) => setTimeout(resolve, windowMs)));
  const quiet = timed(LOOKS, () => crank.turn());
  let changed = 0;
  for (let look = 0; look < CHANGED_LOOKS; look += 1) {
    membership.updateMeta(Uint8Array.of(look));
    changed += timed(1, () => crank.turn());
  }
  const get = async (url: string) =>
    node.handler({
      method: 'GET',
      url,
      headers: {},
      body: new Uint8Array(0),
      peer: { address: OWN_HOST, certified: false },
      signal: new AbortController().signal,
    });
  const { status, body } = await get('/metrics');
  if (status !== 200 || typeof body !== 'string') throw new Error(`/metrics answered ${status}`);
  const scrape = await cpuOf(async () => {
    for (let count = 0; count < REQUESTS; count += 1) await get('/metrics');
  });
  const health = await cpuOf(async () => {
    for (let count = 0; count < REQUESTS; count += 1) await get('/cluster/health');
  });
  return {
    members: membership.members().length,
    quietLook: quiet / LOOKS,
    changedLook: changed / CHANGED_LOOKS,
    scrape: scrape / REQUESTS,
    scrapeBytes: body.length,
    health: health / REQUESTS,
    steady: steady / (windowMs / 1_000),
  };
}

/** A clock whose one timer goes off when the crank is turned. */
class Crank implements Clock {
  readonly #clock = systemClock();
  #task: () => void = () => {};

  now(): number {
    return this.#clock.now();
  }

  wallTime(): number {
    return this.#clock.wallTime();
  }

  after(_delay: number, task: () => void): number {
    this.#task = task;
    return 1;
  }

  cancel(): void {}

  turn(): void {
    this.#task();
  }
}

/** Microseconds that this takes, so many times in a row. */
function timed(times: number, task: () => void): number {
  const began = performance.now();
  for (let count = 0; count < times; count += 1) task();
  return (performance.now() - began) * 1_000;
}

async function cpuOf(task: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
