import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { until } from './until.ts';

const START_MS = 10_000;
const STOP_MS = 2_000;
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;
const PROGRAMS = ['avahi-daemon', 'avahi-browse', 'avahi-publish', 'dbus-daemon'];

function whyNot(): string | undefined {
  const has = (program: string): boolean => spawnSync(program, ['--version'], { env: { PATH } }).status === 0;
  const missing = PROGRAMS.filter((program) => !has(program));
  if (missing.length > 0) return `skipped, because these programs are not installed: ${missing.join(', ')}`;
  // It writes its number where only root may, and there can be one of it alone.
  if (process.getuid?.() !== 0) return 'skipped, because avahi-daemon needs root';
  if (spawnSync('avahi-daemon', ['--check'], { env: { PATH } }).status === 0)
    return 'skipped, because Avahi runs already';
  return undefined;
}

/** A group of tests that need Avahi, with a message bus of its own: without it they are skipped, and say so. */
export function describeWithAvahi(title: string, body: () => void): void {
  const reason = whyNot();
  if (reason !== undefined) console.warn(`${title}: ${reason}`);
  describe.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (${reason})`, body);
}

/** A service as `avahi-browse` saw it. */
export interface Browsed {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly texts: readonly string[];
}

/** A real Avahi on loopback. */
export class AvahiDaemon {
  readonly #folder = mkdtempSync(join(tmpdir(), 'rollcall-avahi-'));
  readonly #processes: ChildProcess[] = [];
  #output = '';

  static async start(): Promise<AvahiDaemon> {
    const avahi = new AvahiDaemon();
    try {
      await avahi.#start();
      return avahi;
    } catch (error) {
      await avahi.stop();
      throw error;
    }
  }

  /** Offers a service until it stops. */
  async publish(name: string, service: string, port: number, ...texts: string[]): Promise<void> {
    const before = this.#output.length;
    this.#spawn('avahi-publish', ['-s', name, service, String(port), ...texts]);
    const isThere = (): boolean => this.#output.slice(before).includes('Established');
    await until('avahi-publish to have the name', isThere, START_MS, () => this.#output);
  }

  /** All that are offered now. */
  browse(service: string): Browsed[] {
    const { stdout } = spawnSync('avahi-browse', ['-rpt', service], { env: this.#env(), timeout: START_MS });
    return stdout
      .toString()
      .split('\n')
      .map((line) => line.split(';'))
      .filter(([kind]) => kind === '=')
      .map((parts) => ({
        name: parts[3]!,
        address: parts[7]!,
        port: Number(parts[8]),
        texts: [...parts[9]!.matchAll(/"([^"]*)"/g)].map(([, text]) => text!).toSorted(),
      }));
  }

  async stop(): Promise<void> {
    process.off('exit', this.#onExit);
    for (const one of this.#processes.toReversed()) {
      if (one.exitCode !== null || one.signalCode !== null) continue;
      one.kill('SIGTERM');
      const killed = setTimeout(() => one.kill('SIGKILL'), STOP_MS);
      await once(one, 'exit');
      clearTimeout(killed);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    process.once('exit', this.#onExit);
    const [bus, conf] = [join(this.#folder, 'bus.conf'), join(this.#folder, 'avahi.conf')];
    writeFileSync(bus, busConf(join(this.#folder, 'bus')));
    writeFileSync(conf, AVAHI_CONF);
    mkdirSync('/run/avahi-daemon', { recursive: true });
    this.#spawn('dbus-daemon', [`--config-file=${bus}`, '--nofork', '--nopidfile', '--print-address']);
    await until(
      'the bus',
      () => this.#output.includes('unix:path='),
      START_MS,
      () => this.#output,
    );
    this.#spawn('avahi-daemon', ['-f', conf, '--no-drop-root', '--no-chroot', '--no-rlimits']);
    const started = (): boolean => this.#output.includes('Server startup complete');
    await until('avahi-daemon to start', started, START_MS, () => this.#output);
  }

  #spawn(program: string, args: readonly string[]): void {
    const one = spawn(program, args, { env: this.#env(), stdio: ['ignore', 'pipe', 'pipe'] });
    one.stdout.on('data', (data: Buffer) => (this.#output += data.toString()));
    one.stderr.on('data', (data: Buffer) => (this.#output += data.toString()));
    this.#processes.push(one);
  }

  #env(): NodeJS.ProcessEnv {
    return { PATH, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(this.#folder, 'bus')}` };
  }

  readonly #onExit = (): void => {
    for (const one of this.#processes) one.kill('SIGKILL');
  };
}

const AVAHI_CONF = `
[server]
host-name=rollcall-test-${process.pid}
use-ipv4=yes
use-ipv6=no
allow-interfaces=lo
[wide-area]
enable-wide-area=no
[publish]
publish-hinfo=no
publish-workstation=no
`;

function busConf(path: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=${path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
  </policy>
</busconfig>
`;
}
