import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { endWithUs } from './children.ts';
import type { Gone } from './crew-worker.ts';
import { monotonicMicros } from './monotonic.ts';
import type { PoolProcess } from './pool-process.ts';
import { Watchers } from './watchers.ts';

const EVENT = /serf: EventMember(Join|Failed|Leave): (\S+)/;
const JOINING = /agent: joining:/;
/** Every agent has an address of this machine to itself, in a corner that follows from our process. */
const CORNER = `127.${128 + ((process.pid >>> 8) & 63)}.${process.pid & 255}`;

let started = 0;

/** A Serf agent with its usual log, which tells when it has heard of what. */
export class SerfProcess implements PoolProcess {
  readonly pid: number;
  readonly names: readonly string[];
  readonly address: string;
  readonly #rpc: string;
  readonly #child: ChildProcess;
  /** By name: when it was last heard of, and how it is. */
  readonly #members = new Map<string, { readonly alive: boolean; readonly at: number }>();
  readonly #watchers = new Watchers();
  #joiningAt = 0;

  static async start(name: string, profile: 'lan' | 'local'): Promise<SerfProcess> {
    const agent = new SerfProcess(name, profile);
    await agent.whenAlive([name]);
    return agent;
  }

  private constructor(name: string, profile: string) {
    started += 1;
    const host = `${CORNER}.${started}`;
    this.names = [name];
    this.address = `${host}:7946`;
    this.#rpc = `${host}:7373`;
    this.#child = spawn(
      'serf',
      ['agent', `-node=${name}`, `-bind=${this.address}`, `-rpc-addr=${this.#rpc}`, `-profile=${profile}`],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    endWithUs(this.#child);
    this.pid = this.#child.pid ?? -1;
    for (const output of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface({ input: output }).on('line', (line) => this.#onLine(line));
    }
  }

  async join(seed: string): Promise<number> {
    if (seed === this.address) return monotonicMicros();
    await promisify(execFile)('serf', ['join', `-rpc-addr=${this.#rpc}`, seed]);
    return this.#joiningAt;
  }

  whenAlive(names: readonly string[]): Promise<number> {
    const held = (): boolean => names.every((name) => this.#members.get(name)?.alive === true);
    return this.#watchers.when(held, () => Math.max(...this.#timesOf(names)));
  }

  whenGone(names: readonly string[]): Promise<Gone> {
    const gone = (): boolean => names.every((name) => this.#members.get(name)?.alive !== true);
    return this.#watchers.when(gone, () => {
      const times = this.#timesOf(names);
      return { first: Math.min(...times), all: Math.max(...times) };
    });
  }

  kill(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  }

  #timesOf(names: readonly string[]): number[] {
    return names.map((name) => this.#members.get(name)?.at ?? 0);
  }

  #onLine(line: string): void {
    const at = monotonicMicros();
    if (JOINING.test(line)) this.#joiningAt = at;
    const [, event, name] = EVENT.exec(line) ?? [];
    if (name === undefined) return;
    this.#members.set(name, { alive: event === 'Join', at });
    this.#watchers.look();
  }
}
