import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freeAddress } from './free-address.ts';
import { until } from './until.ts';

const COMMAND_TIMEOUT_MS = 10_000;

export interface SerfMember {
  readonly name: string;
  readonly addr: string;
  readonly status: 'alive' | 'leaving' | 'left' | 'failed' | 'none';
  readonly tags: Readonly<Record<string, string>>;
}

export interface SerfAgentOptions {
  readonly name: string;
  /** `local` unless said otherwise. */
  readonly profile?: 'local' | 'lan';
  readonly tags?: Readonly<Record<string, string>>;
  readonly key?: Uint8Array;
  /** Serf's own protocol, 2 to 5. */
  readonly protocol?: number;
  readonly compress?: boolean;
}

/** A real `serf agent` in a process of its own. */
export class SerfAgent {
  readonly name: string;
  readonly address: string;
  readonly #rpc: string;
  readonly #folder: string;
  readonly #process: ChildProcess;
  readonly #onExit = (): void => void this.#process.kill('SIGKILL');
  #output = '';

  static async start(options: SerfAgentOptions): Promise<SerfAgent> {
    const agent = new SerfAgent(options, await freeAddress(), await freeAddress());
    try {
      await until(`the agent ${options.name} to answer`, () => agent.#answers(), COMMAND_TIMEOUT_MS);
    } catch (error) {
      await agent.kill();
      throw error;
    }
    return agent;
  }

  private constructor(options: SerfAgentOptions, address: string, rpc: string) {
    const { name, profile = 'local', tags = {}, key, protocol, compress = true } = options;
    this.name = name;
    this.address = address;
    this.#rpc = rpc;
    this.#folder = mkdtempSync(join(tmpdir(), 'rollcall-serf-'));
    const handler = `user=(printf '%s %s ' "$SERF_USER_EVENT" "$SERF_USER_LTIME"; cat; echo) >> '${this.#eventFile}'`;
    this.#process = spawn(
      'serf',
      [
        'agent',
        `-node=${name}`,
        `-bind=${address}`,
        `-rpc-addr=${rpc}`,
        `-profile=${profile}`,
        '-log-level=debug',
        `-event-handler=${handler}`,
        ...Object.entries(tags).map(([tag, value]) => `-tag=${tag}=${value}`),
        ...(key === undefined ? [] : [`-encrypt=${Buffer.from(key).toString('base64')}`]),
        ...(protocol === undefined ? [] : [`-protocol=${protocol}`]),
        ...(compress ? [] : ['-disable-compression']),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    process.once('exit', this.#onExit);
    const collect = (text: string): void => void (this.#output += text);
    this.#process.stdout!.setEncoding('utf8').on('data', collect);
    this.#process.stderr!.setEncoding('utf8').on('data', collect);
  }

  get running(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Everything the agent printed so far. */
  get log(): string {
    return this.#output;
  }

  async members(): Promise<SerfMember[]> {
    const { members } = JSON.parse(await this.#serf('members', '-format=json')) as { members: SerfMember[] };
    return members;
  }

  /** `name:status` of all members in the order of names. */
  async view(): Promise<string> {
    const members = await this.members();
    return members
      .map(({ name, status }) => `${name}:${status}`)
      .toSorted()
      .join(' ');
  }

  async join(address: string): Promise<void> {
    await this.#serf('join', address);
  }

  async setTags(tags: Readonly<Record<string, string>>): Promise<void> {
    await this.#serf('tags', ...Object.entries(tags).flatMap(([tag, value]) => ['-set', `${tag}=${value}`]));
  }

  /** Leaves with all ceremony and ends. */
  async leave(): Promise<void> {
    const gone = once(this.#process, 'exit');
    await this.#serf('leave');
    await gone;
  }

  async event(name: string, payload: string): Promise<void> {
    await this.#serf('event', '-coalesce=false', name, payload);
  }

  /** Asks all members; returns what the program printed about acknowledgements and answers. */
  async query(name: string): Promise<string> {
    return this.#serf('query', '-timeout=1s', name);
  }

  /** Declares a member to have left, whatever it says itself. */
  async forceLeave(name: string): Promise<void> {
    await this.#serf('force-leave', name);
  }

  /** The user events that its event handler got, as `name ltime payload`. */
  events(): string[] {
    try {
      return readFileSync(this.#eventFile, 'utf8').split('\n').filter(Boolean);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** Ends the process at once, without a word to anybody. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (this.running) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    process.off('exit', this.#onExit);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #eventFile(): string {
    return join(this.#folder, 'events');
  }

  async #answers(): Promise<boolean> {
    if (!this.running) throw new Error(`The agent ${this.name} ended:\n${this.#output}`);
    return (await this.members()).length > 0;
  }

  async #serf(command: string, ...args: string[]): Promise<string> {
    const all = [command, `-rpc-addr=${this.#rpc}`, ...args];
    const { stdout } = await promisify(execFile)('serf', all, { timeout: COMMAND_TIMEOUT_MS, killSignal: 'SIGKILL' });
    return stdout;
  }
}

/** Agents of one test: all of them end with it. */
export class SerfAgents {
  readonly #agents: SerfAgent[] = [];

  async start(options: SerfAgentOptions): Promise<SerfAgent> {
    const agent = await SerfAgent.start(options);
    this.#agents.push(agent);
    return agent;
  }

  /** Several with the same options, joined to the first. */
  async pool(names: readonly string[], options: Omit<SerfAgentOptions, 'name'> = {}): Promise<SerfAgent[]> {
    const agents = await Promise.all(names.map((name) => this.start({ ...options, name })));
    for (const agent of agents.slice(1)) await agent.join(agents[0]!.address);
    return agents;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#agents.splice(0).map((agent) => agent.kill()));
  }
}
