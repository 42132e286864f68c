import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from 'vitest';
import { systemClock } from '../../transports/clock.ts';
import { nodeHttpClient, type NodeHttpClient } from '../../transports/http/client.ts';
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

export interface EtcdMore {
  /** Beside those that every member gets. */
  readonly flags?: Readonly<Record<string, string>>;
  /** For TLS: whom to believe, what the members show, and what we show to them. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** Real etcd, one process for each member, with elections as quick as in the measurements. */
export class EtcdServers implements EtcdUnderTest {
  readonly endpoints: readonly string[];
  readonly client: NodeHttpClient;
  readonly clock = systemClock();
  readonly #folder = mkdtempSync(join(tmpdir(), 'rollcall-etcd-'));
  readonly #places: readonly Places[];
  readonly #processes: (ChildProcess | undefined)[] = [];
  readonly #onExit = (): void => this.#processes.forEach((one) => one?.kill('SIGKILL'));
  readonly #scheme: 'http' | 'https';
  readonly #flags: Readonly<Record<string, string>>;
  #output = '';

  static async start(members: number, more: EtcdMore = {}): Promise<EtcdServers> {
    const places: Places[] = [];
    for (let i = 0; i < members; i += 1) places.push({ client: await freeAddress(), peer: await freeAddress() });
    const servers = new EtcdServers(places, more);
    try {
      for (const i of places.keys()) servers.begin(i);
      for (const i of places.keys()) await servers.healthy(i);
    } catch (error) {
      await servers.end();
      throw error;
    }
    return servers;
  }

  private constructor(places: readonly Places[], { flags = {}, tls }: EtcdMore) {
    this.#places = places;
    this.client = nodeHttpClient(tls);
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.endpoints = places.map(({ client }) => `${this.#scheme}://${client}`);
    this.#flags = { ...flags, ...(tls && this.#secured(tls)) };
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
      'listen-client-urls': `${this.#scheme}://${client}`,
      'advertise-client-urls': `${this.#scheme}://${client}`,
      'listen-peer-urls': `http://${peer}`,
      'initial-advertise-peer-urls': `http://${peer}`,
      'initial-cluster': cluster,
      'initial-cluster-state': 'new',
      'heartbeat-interval': '50',
      'election-timeout': '500',
      'log-level': 'error',
      ...this.#flags,
    };
    // Switches want their value in one word with their name.
    const words = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
    const one = spawn('etcd', words, { stdio: ['ignore', 'pipe', 'pipe'] });
    one.stdout.on('data', (data: Buffer) => (this.#output += data.toString()));
    one.stderr.on('data', (data: Buffer) => (this.#output += data.toString()));
    this.#processes[i] = one;
  }

  #secured(tls: NonNullable<EtcdMore['tls']>): Record<string, string> {
    const path = (name: keyof typeof tls): string => join(this.#folder, `${name}.pem`);
    for (const name of ['ca', 'cert', 'key'] as const) writeFileSync(path(name), tls[name]);
    const files = { 'trusted-ca-file': path('ca'), 'cert-file': path('cert'), 'key-file': path('key') };
    return { ...files, 'client-cert-auth': 'true' };
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

  /** With a quorum it is soon healthy; without, it waits for the others. */
  async start(i: number): Promise<void> {
    this.begin(i);
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
