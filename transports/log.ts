import { isatty } from 'node:tty';
import type { Log, LogFields, LogLevel } from '../core/ports/log.ts';
import { tellable } from './log-fields.ts';
import { prettyLine } from './log-pretty.ts';
import { lineWriter } from './log-writer.ts';
import type { LineWriter } from './log-writer.ts';

export interface PinoLogOptions {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  /** Where lines go: a file descriptor, or whatever takes text. Standard output unless given. */
  readonly destination?: number | LineWriter;
  /** On every line. */
  readonly base?: LogFields;
}

const STDOUT = 1;
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export interface PinoLog extends Log {
  /** From now on, for all its children too. */
  setLevel(level: LogLevel): void;
}

/**
 * A log through pino: JSON lines with `level`, `time` (RFC 3339) and `msg`, or the same for people. Fields whose names
 * sound like secrets are hidden.
 */
export async function pinoLog(options: PinoLogOptions): Promise<PinoLog> {
  const { pino } = await import('pino');
  const { destination = STDOUT, format } = options;
  const colour = typeof destination === 'number' && isatty(destination) && !process.env['NO_COLOR'];
  const show = (json: string): string => (format === 'json' ? json : prettyLine(json, colour));
  const writer =
    typeof destination === 'number' ? lineWriter(destination, (lost) => show(lostLine(lost))) : destination;
  const logger = pino(
    {
      level: 'debug',
      base: tellable(options.base ?? {}),
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (json) => writer.write(show(json)) },
  );
  let threshold = LEVELS.indexOf(options.level);
  const log = adapt(logger, (level) => LEVELS.indexOf(level) >= threshold);
  return { ...log, setLevel: (level) => void (threshold = LEVELS.indexOf(level)) };
}

type Logger = Record<LogLevel, (fields: object, message: string) => void> & { child(fields: object): Logger };

/** The level is looked at here, not by pino, whose children keep the level that they were made with. */
function adapt(logger: Logger, tells: (level: LogLevel) => boolean): Log {
  const say =
    (level: LogLevel): Log[LogLevel] =>
    (fields, message) => {
      if (tells(level)) logger[level](tellable(fields), message);
    };
  return {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: (fields) => adapt(logger.child(tellable(fields)), tells),
  };
}

function lostLine(lost: number): string {
  const words = { level: 'warn', time: new Date().toISOString(), msg: 'lines of the log could not be written', lost };
  return `${JSON.stringify(words)}\n`;
}
