import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { freeAddress } from './free-address.ts';
import { until } from './until.ts';

const START_MS = 10_000;
/** Where packages put it; not every user has this folder on the path. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

const hasKnot = spawnSync('knotd', ['--version'], { env: { PATH } }).status === 0;
const hasUpdate = spawnSync('knsupdate', ['--version'], { env: { PATH } }).status === 0;

/** A group of tests that need the name server `knotd`: without it they are skipped, and say so. */
export function describeWithKnot(title: string, body: () => void): void {
  const reason = 'skipped, because the program knotd is not installed';
  if (!hasKnot) console.warn(`${title}: ${reason}`);
  describe.skipIf(!hasKnot)(hasKnot ? title : `${title} (${reason})`, body);
}

/** A real Knot DNS in a process of its own, with authority over one zone, and over another that it cannot read. */
export class KnotServer {
  readonly address: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'rollcall-knot-'));
  readonly #domain: string;
  #process: ChildProcess | undefined;
  #output = '';

  static async start(domain: string, zone: string): Promise<KnotServer> {
    const knot = new KnotServer(domain, zone, await freeAddress());
    await knot.start();
    return knot;
  }

  private constructor(domain: string, zone: string, address: string) {
    this.address = address;
    this.#domain = domain;
    const folder = this.#folder;
    const zoneFile = join(folder, 'zone');
    writeFileSync(zoneFile, zone);
    writeFileSync(join(folder, 'broken'), 'this is no zone\n');
    const places = (file: string): string[] => [
      `    file: ${file}`,
      `    storage: ${folder}`,
      '    zonefile-sync: -1',
      '    zonefile-load: difference-no-serial',
      '    journal-content: all',
      '    acl: local',
    ];
    const conf = [
      ['server:', `    listen: ${address.replace(':', '@')}`, `    rundir: ${folder}`],
      ['log:', '  - target: stderr', '    any: info'],
      ['database:', `    storage: ${folder}`],
      ['acl:', '  - id: local', '    address: 127.0.0.1', '    action: update'],
      ['zone:', `  - domain: ${domain}`, ...places(zoneFile)],
      ['  - domain: broken.test', ...places(join(folder, 'broken'))],
    ];
    writeFileSync(join(folder, 'knot.conf'), `${conf.flat().join('\n')}\n`);
  }

  /** Whether updates can be sent. */
  readonly takesUpdates = hasUpdate;

  async start(): Promise<void> {
    this.#output = '';
    const server = spawn('knotd', ['-c', join(this.#folder, 'knot.conf')], {
      env: { PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = server;
    server.stdout.on('data', (data: Buffer) => (this.#output += data.toString()));
    server.stderr.on('data', (data: Buffer) => (this.#output += data.toString()));
    process.once('exit', this.#onExit);
    const loaded = (): boolean => this.#output.includes('server started') && this.#output.includes('loaded');
    await until('knotd to serve its zone', loaded, START_MS, () => this.#output).catch(async (error: unknown) => {
      await this.stop();
      throw error;
    });
  }

  /** Sends lines such as `add n3.test. 6 A 10.0.0.3` as a dynamic update. */
  update(...lines: string[]): void {
    const [host, port] = this.address.split(':');
    const input = [`server ${host} ${port}`, `zone ${this.#domain}.`, ...lines, 'send', 'quit', ''].join('\n');
    const { status, stdout, stderr } = spawnSync('knsupdate', [], { env: { PATH }, input, timeout: START_MS });
    if (status !== 0) throw new Error(`knsupdate: ${stdout.toString()}${stderr.toString()}`);
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

  /** Leaves nothing behind. */
  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  readonly #onExit = (): void => void this.#process?.kill('SIGKILL');
}
