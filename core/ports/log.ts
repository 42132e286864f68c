/** What a line says beside its words. By custom `operation` names what was being done, `peer` and `address` to whom. */
export type LogFields = Readonly<Record<string, unknown>>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * Lines for operators, shaped like pino's: fields first, then the sentence.
 *
 * Contract: never throws, never waits. Fields are read before the call returns. Secrets are not handed over.
 */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A log that puts these fields on every line. */
  child(fields: LogFields): Log;
}

/** Says nothing. */
export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
};
