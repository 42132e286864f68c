import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { systemClock } from '../../transports/clock.ts';
import { nodeHttpClient } from '../../transports/http/client.ts';
import type { EtcdUnderTest } from '../contract/etcd-sources.ts';
import { freeAddress } from './free-address.ts';
import { until } from './until.ts';

const START_MS = 15_000;

const hasEtcd = spawnSync('etcd', ['--version'], { timeout: 10_000 }).status === 0;

/** A group of tests that need the program `etcd`: without it they are skipped, and say so. */
export function describeWithEtcd(title: string, body: () => void): void {
  const reason = 'skipped, because the program etcd is not installed';
  if (!hasEtcd) console.warn(`${title}: ${reason}`);
  describe.skipIf(!hasEtcd)(hasEtcd ? title : `${title} (${reason})`, body);
}

interface Places {
  readonly client: string;
  readonly peer: string;
}

/** Real etcd, one process for each member, with elections as quick as in the measurements. */
export class EtcdServers implements EtcdUnderTest {
  readonly endpoints: readonly string[];
  readonly client = nodeHttpClient();
  readonly clock = systemClock();
  readonly #folder = mkdtempSync(join(tmpdir(), 'rollcall-etcd-'));
  readonly #places: readonly Places[];
  readonly #processes: (ChildProcess | undefined)[] = [];
  readonly #onExit = (): void => this.#processes.forEach((one) => one?.kill('SIGKILL'));
  #output = '';

  static async start(members: number): Promise<EtcdServers> {
    const places: Places[] = [];
    for (let i = 0; i < members; i += 1) places.push({ client: await freeAddress(), peer: await freeAddress() });
    const servers = new EtcdServers(places);
    try {
      for (const i of places.keys()) servers.begin(i);
      for (const i of places.keys()) await servers.healthy(i);
    } catch (error) {
      await servers.end();
      throw error;
    }
    return servers;
  }

  private constructor(places: readonly Places[]) {
    this.#places = places;
    this.endpoints = places.map(({ client }) => `http://${client}`);
    process.once('exit', this.#onExit);
  }

  pause(ms: number): Promise<void> {
    return sleep(ms);
  }

  /** From the data of its last life, if it had one. */
  begin(i: number): void {
    const { client, peer } = this.#places[i]!;
    const cluster = this.#places.map((one, j) => `m${j}=http://${one.peer}`).join(',');
    const flags = {
      name: `m${i}`,
      'data-dir': join(this.#folder, `m${i}`),
      'listen-client-urls': `http://${client}`,
      'advertise-client-urls': `http://${client}`,
      'listen-peer-urls': `http://${peer}`,
      'initial-advertise-peer-urls': `http://${peer}`,
      'initial-cluster': cluster,
      'initial-cluster-state': 'new',
      'heartbeat-interval': '50',
      'election-timeout': '500',
      'log-level': 'error',
    };
    const words = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, value]);
    const one = spawn('etcd', words, { stdio: ['ignore', 'pipe', 'pipe'] });
    one.stdout.on('data', (data: Buffer) => (this.#output += data.toString()));
    one.stderr.on('data', (data: Buffer) => (this.#output += data.toString()));
    this.#processes[i] = one;
  }

  async healthy(i: number): Promise<void> {
    const asked = async (): Promise<boolean> =>
      (await this.client.call({ url: `${this.endpoints[i]}/health`, deadlineMs: 1_000 })).status === 200;
    await until(`member ${i} to be healthy`, asked, START_MS, () => this.#output.slice(-2_000));
  }

  async kill(i: number): Promise<void> {
    const one = this.#processes[i];
    if (one === undefined || one.exitCode !== null || one.signalCode !== null) return;
    one.kill('SIGKILL');
    await once(one, 'exit');
  }

  async start(i: number): Promise<void> {
    this.begin(i);
    // With a quorum it is soon healthy; without, it waits for the others.
  }

  async freeze(i: number): Promise<void> {
    this.#processes[i]?.kill('SIGSTOP');
  }

  async thaw(i: number): Promise<void> {
    this.#processes[i]?.kill('SIGCONT');
  }

  async end(): Promise<void> {
    process.off('exit', this.#onExit);
    for (const i of this.#processes.keys()) await this.kill(i);
    this.client.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
