import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe } from 'vitest';
import { freeAddress } from './free-address.ts';
import { until } from './until.ts';

const START_MS = 10_000;
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

const hasDnsmasq = spawnSync('dnsmasq', ['--version'], { env: { PATH } }).status === 0;

/** A group of tests that need the name server `dnsmasq`: without it they are skipped, and say so. */
export function describeWithDnsmasq(title: string, body: () => void): void {
  const reason = 'skipped, because the program dnsmasq is not installed';
  if (!hasDnsmasq) console.warn(`${title}: ${reason}`);
  describe.skipIf(!hasDnsmasq)(hasDnsmasq ? title : `${title} (${reason})`, body);
}

/** A real dnsmasq in a process of its own. It reads records from its arguments, so that it takes no updates. */
export class DnsmasqServer {
  readonly address: string;
  readonly #records: readonly string[];
  #process: ChildProcess | undefined;
  #output = '';

  static async start(domain: string, lines: readonly string[], ttl: number): Promise<DnsmasqServer> {
    const records = [`--local=/${domain}/`, `--local-ttl=${ttl}`, ...argumentsOf(lines)];
    const server = new DnsmasqServer(await freeAddress(), records);
    await server.start();
    return server;
  }

  private constructor(address: string, records: readonly string[]) {
    this.address = address;
    this.#records = records;
  }

  async start(): Promise<void> {
    this.#output = '';
    const [host, port] = this.address.split(':');
    const place = [`--port=${port}`, `--listen-address=${host}`, '--bind-interfaces', '--user='];
    const alone = ['--no-daemon', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--no-poll', '--pid-file='];
    const server = spawn('dnsmasq', [...alone, ...place, ...this.#records], {
      env: { PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = server;
    server.stderr.on('data', (data: Buffer) => (this.#output += data.toString()));
    process.once('exit', this.#onExit);
    const started = (): boolean => this.#output.includes('started, version');
    await until('dnsmasq to start', started, START_MS, () => this.#output).catch(async (error: unknown) => {
      await this.stop();
      throw error;
    });
  }

  /** Kills it; it may be started again. */
  async stop(): Promise<void> {
    process.off('exit', this.#onExit);
    const server = this.#process;
    if (server?.exitCode === null && server.signalCode === null) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
  }

  readonly #onExit = (): void => void this.#process?.kill('SIGKILL');
}

/** The lines of a zone in the words of dnsmasq. */
function argumentsOf(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const [, name = '', type = '', data = ''] = /^(\S+) \d+ (\S+) (.+)$/.exec(line) ?? [];
    if (type === 'TXT') return `--txt-record=${name},${data.replaceAll('"', '')}`;
    if (type !== 'SRV') return `--host-record=${name},${data}`;
    const [priority = '', weight = '', port = '', target = ''] = data.split(' ');
    // Without a target the service is decidedly not there.
    return target === '.' ? `--srv-host=${name}` : `--srv-host=${name},${target},${port},${priority},${weight}`;
  });
}
