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

/** A group of tests that need the name server `knotd`: without it they are skipped, and say so. */
export function describeWithKnot(title: string, body: () => void): void {
  const reason = 'skipped, because the program knotd is not installed';
  if (!hasKnot) console.warn(`${title}: ${reason}`);
  describe.skipIf(!hasKnot)(hasKnot ? title : `${title} (${reason})`, body);
}

/** A real Knot DNS in a process of its own, with authority over one zone. */
export class KnotServer {
  readonly address: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'rollcall-knot-'));
  readonly #process: ChildProcess;
  readonly #onExit = (): void => void this.#process.kill('SIGKILL');
  #output = '';

  static async start(domain: string, zone: string): Promise<KnotServer> {
    const knot = new KnotServer(domain, zone, await freeAddress());
    const loaded = (): boolean => knot.#output.includes('server started') && knot.#output.includes('loaded');
    await until('knotd to serve its zone', loaded, START_MS, () => knot.#output).catch(async (error: unknown) => {
      await knot.stop();
      throw error;
    });
    return knot;
  }

  private constructor(domain: string, zone: string, address: string) {
    this.address = address;
    const folder = this.#folder;
    const zoneFile = join(folder, 'zone');
    writeFileSync(zoneFile, zone);
    const conf = [
      ['server:', `    listen: ${address.replace(':', '@')}`, `    rundir: ${folder}`],
      ['log:', '  - target: stderr', '    any: info'],
      ['database:', `    storage: ${folder}`],
      ['zone:', `  - domain: ${domain}`, `    file: ${zoneFile}`, `    storage: ${folder}`, '    zonefile-sync: -1'],
    ];
    writeFileSync(join(folder, 'knot.conf'), `${conf.flat().join('\n')}\n`);
    this.#process = spawn('knotd', ['-c', join(folder, 'knot.conf')], {
      env: { PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout!.on('data', (data: Buffer) => (this.#output += data.toString()));
    this.#process.stderr!.on('data', (data: Buffer) => (this.#output += data.toString()));
    process.once('exit', this.#onExit);
  }

  async stop(): Promise<void> {
    process.off('exit', this.#onExit);
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill('SIGKILL');
      await once(this.#process, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
