import type { Log, LogFields, LogLevel } from '../../core/ports/log.ts';

interface Line extends LogFields {
  readonly level: LogLevel;
  readonly message: string;
}

/** A log that keeps its lines. */
export class RecordingLog implements Log {
  readonly lines: Line[];
  readonly #fields: LogFields;

  constructor(lines: Line[] = [], fields: LogFields = {}) {
    this.lines = lines;
    this.#fields = fields;
  }

  debug = (fields: LogFields, message: string): void => this.#write('debug', fields, message);
  info = (fields: LogFields, message: string): void => this.#write('info', fields, message);
  warn = (fields: LogFields, message: string): void => this.#write('warn', fields, message);
  error = (fields: LogFields, message: string): void => this.#write('error', fields, message);

  child(fields: LogFields): Log {
    return new RecordingLog(this.lines, { ...this.#fields, ...fields });
  }

  /** `level message`, one per line. */
  get told(): string[] {
    return this.lines.map(({ level, message }) => `${level} ${message}`);
  }

  #write(level: LogLevel, fields: LogFields, message: string): void {
    this.lines.push({ ...this.#fields, ...fields, level, message });
  }
}
