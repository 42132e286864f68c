import { fstatSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Clock } from '../core/ports/clock.ts';
import type { HttpClient } from '../core/ports/http.ts';
import { paintFor, type Paint } from '../reports/index.ts';
import { UsageError } from '../scenarios/errors.ts';
import { systemClock } from '../transports/clock.ts';
import { whyUnreadable } from '../transports/config-file.ts';

export interface TlsTexts {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Where a command is run: what it may read and where it writes. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly paint: Paint;
  readonly width: number;
  /** Somebody watches: what is on the screen may be drawn over. */
  readonly live: boolean;
  readonly clock: Clock;
  /** Aborts on Ctrl-C, and when nobody reads any more. */
  readonly signal: AbortSignal;
  /** A client of nodes; PEM texts for those that speak TLS. */
  http(tls: TlsTexts): HttpClient;
  out(text: string): void;
  /** Nothing happens: whoever reads a pipe may have gone meanwhile. */
  quiet(): void;
  /** For what went wrong: one line. */
  complain(message: string): void;
  readFile(path: string): string;
  readInput(): Promise<string>;
}

/** Runs a command on this process's own terminal. */
export async function onTerminal(
  http: Terminal['http'],
  command: (terminal: Terminal) => Promise<number>,
): Promise<number> {
  const { stdout, stderr, stdin, env } = process;
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  // Once: who asks twice wants out at once.
  process.once('SIGINT', interrupt);
  // A reader such as `head` that has seen enough ends what would go on for ever.
  stdout.once('error', interrupt);
  const piped = isPipe(stdout.fd);
  let written = false;
  try {
    return await command({
      environment: env,
      paint: paintFor(stdout, env),
      width: Math.max(stdout.columns || 80, 40),
      live: stdout.isTTY,
      clock: systemClock(),
      signal: interruption.signal,
      http,
      out: (text) => {
        written = true;
        stdout.write(text);
      },
      // A pipe tells that its reader has gone only to who writes; before the next line, a space changes nothing.
      quiet: () => void (piped && written && stdout.write(' ')),
      complain: (message) => void stderr.write(`rollcall: ${message}\n`),
      readFile: readText,
      readInput: () => text(stdin),
    });
  } finally {
    process.off('SIGINT', interrupt);
    stdout.off('error', interrupt);
  }
}

function isPipe(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isFIFO() || stat.isSocket();
}

/** A file that was named on the command line. */
export function readText(path: string): string {
  if (path === '') throw new UsageError('UNREADABLE_FILE', 'A path is empty. Name a file.');
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError('UNREADABLE_FILE', `${path} cannot be read: ${whyUnreadable(cause)}. Give another path.`, {
      cause,
    });
  }
}
