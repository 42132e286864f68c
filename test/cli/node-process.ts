import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
export const TSX = import.meta.resolve('tsx');

/** One line of a node's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The command, run from source, with what it says kept. */
export class Command {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  /** `fullDisk`: the system takes not one byte more for any file. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}, fullDisk = false) {
    const node = [process.execPath, '--import', TSX, MAIN, ...args];
    const [program = '', ...rest] = fullDisk ? ['bash', '-c', 'ulimit -f 0 && exec "$0" "$@"', ...node] : node;
    this.child = spawn(program, rest, {
      env: { PATH: process.env['PATH'] ?? '', TSX_DISABLE_CACHE: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (data: Buffer) => (this.stdout += data.toString()));
    this.child.stderr?.on('data', (data: Buffer) => (this.stderr += data.toString()));
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
  }

  get lines(): readonly LogLine[] {
    return this.stdout
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** The first line of the log that says this. */
  line(pattern: RegExp): Promise<LogLine> {
    return eventually(
      () => this.lines.find(({ msg }) => pattern.test(msg)),
      () => `${pattern} in:\n${this.stdout}${this.stderr}`,
    );
  }

  /** Where the admin interface of this node listens. */
  async admin(): Promise<string> {
    return String((await this.line(/^admin interface on/))['address']);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

const PATIENCE_MS = 20_000;
const LOOK_MS = 20;

/** What `look` finds, once it finds something. */
export async function eventually<T>(look: () => T | undefined, what: () => string): Promise<T> {
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => void setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`never happened: ${what()}`);
}
