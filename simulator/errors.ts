import { RollcallError } from '../core/errors.ts';
import type { Micros } from '../core/ports/clock.ts';

/** A fault of the schedule that cannot be executed. */
export class InvalidFault extends RollcallError {
  readonly fault: string;

  constructor(fault: string, problem: string) {
    super('INVALID_FAULT', `Fault ${JSON.stringify(fault)}: ${problem}`);
    this.fault = fault;
  }
}

/** The list of hosts cannot be built. */
export class InvalidTopology extends RollcallError {
  constructor(problem: string) {
    super('INVALID_TOPOLOGY', problem);
  }
}

/** A program returned a promise in a world that is run synchronously. */
export class AsynchronousProgram extends RollcallError {
  readonly host: string;

  constructor(host: string) {
    super('ASYNCHRONOUS_PROGRAM', `The program of ${host} returned a promise. Play this world with runAsync().`);
    this.host = host;
  }
}

/** A program, codec or checker threw. `cause` is what it threw. */
export class HostFailed extends RollcallError {
  readonly host: string;
  readonly at: Micros;

  constructor(host: string, at: Micros, cause: unknown) {
    const words = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super('HOST_FAILED', `${host} threw at ${at} us: ${words}`, { cause });
    this.host = host;
    this.at = at;
  }
}

/** A program sets timers without a delay, one from within the other, without end. */
export class TimeStandsStill extends RollcallError {
  readonly host: string;
  readonly at: Micros;

  constructor(host: string, at: Micros, events: number) {
    const who = host === '' ? 'The world' : host;
    super(
      'TIME_STANDS_STILL',
      `${who} is still busy at ${at} us after ${events} events in that one microsecond. ` +
        'Let time pass in what repeats itself, as in clock.after(1_000, task): a delay of 0 runs at once.',
    );
    this.host = host;
    this.at = at;
  }
}

/** Debug mode saw that a message was changed between its sending and its delivery. */
export class MessageChanged extends RollcallError {
  constructor(from: string, to: string) {
    super(
      'MESSAGE_CHANGED',
      `A message from ${from} to ${to} changed under way. Copy what is kept after send or onMessage.`,
    );
  }
}

/** A codec whose `size` and `encode` disagree. */
export class CodecMismatch extends RollcallError {
  constructor(sized: number, encoded: number) {
    super('CODEC_MISMATCH', `size() says ${sized} bytes, but encode() gave ${encoded}. Make the two agree.`);
  }
}

/** Names the host and the time of what a program threw; undisturbed when the error says so itself. */
export function namingHost(error: unknown, host: string, at: Micros): unknown {
  const names = error instanceof HostFailed || (error instanceof RollcallError && NAMING_CODES.has(error.code));
  return names ? error : new HostFailed(host, at, error);
}

/** Errors that already say whom they are about. */
const NAMING_CODES: ReadonlySet<string> = new Set([
  'ASYNCHRONOUS_PROGRAM',
  'MESSAGE_CHANGED',
  'CODEC_MISMATCH',
  'TIME_STANDS_STILL',
  'INVALID_FAULT',
]);
