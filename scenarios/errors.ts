import { RollcallError } from '../core/errors.ts';
import { suggestion } from '../core/nearest.ts';

/** Something that the person who typed it can put right. The command turns every one of these into exit code 2. */
export class UsageError extends RollcallError {}

export class InvalidScenario extends UsageError {
  constructor(name: string, problem: string, options?: { cause?: unknown }) {
    super('INVALID_SCENARIO', `Scenario ${JSON.stringify(name)}: ${problem}`, options);
  }
}

export class UnknownScenario extends UsageError {
  constructor(pattern: string, known: readonly string[], isFolder = false) {
    const advice = isFolder
      ? ` For the files in this folder: ./${pattern}`
      : suggestion(pattern, known) || ' `rollcall list` shows all of them.';
    super('UNKNOWN_SCENARIO', `No scenario matches ${JSON.stringify(pattern)}.${advice}`);
  }
}

export class InvalidToken extends UsageError {
  constructor(token: string, problem: string) {
    super('INVALID_TOKEN', `${JSON.stringify(token)} is not a replay token: ${problem}`);
  }
}

/** A file of scenarios that cannot be used: missing, not loadable, or without a scenario in it. */
export class UnusableFile extends UsageError {
  constructor(file: string, problem: string, options?: { cause?: unknown }) {
    super('UNUSABLE_FILE', `${file}: ${problem}`, options);
  }
}

/** A program in a simulated world asked the real one for time, chance or input. */
export class AmbientNondeterminism extends RollcallError {
  readonly source: string;

  constructor(source: string, instead: string) {
    super(
      'AMBIENT_NONDETERMINISM',
      `${source} was called inside a simulated world, where its answer differs from run to run. ${instead}`,
    );
    this.source = source;
  }
}
