import type { Catalogue } from '../catalogue.ts';
import type { CodeIdentity } from '../code.ts';
import { RollcallError } from '../../core/errors.ts';
import { UsageError } from '../errors.ts';
import { playRun } from '../play.ts';
import type { Mode, RunResult } from '../result.ts';
import type { Scenario } from '../scenario.ts';
import type { Token } from '../token.ts';
import { compareWithToken, parseToken } from '../token.ts';
import type { Edit } from '../edit.ts';
import type { FailureIdentity } from '../failure-identity.ts';
import { identityInWords } from '../failure-identity.ts';

/** A run that fails, by what it is made of. */
export interface FailingRun {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly mode: Mode;
  /** What of the scenario is changed; absent when it is played as it draws itself. */
  readonly edit?: Edit;
  readonly failure: FailureIdentity;
  /** Of the run as it was seen to fail, when it is to be kept as it is. */
  readonly hash?: string;
}

/** A run that does not play the same every time: nothing can be said about what it needs to fail. */
export class Unsteady extends RollcallError {
  constructor(problem: string) {
    super('NONDETERMINISTIC', problem);
  }
}

/** A run that fails as it is, and not when it is played from what is written down about it. */
export class NotReproduced extends UsageError {
  constructor({ scenario, seed, failure }: Pick<FailingRun, 'scenario' | 'seed' | 'failure'>) {
    const { name } = scenario;
    super(
      'NOT_REPRODUCED',
      `${name}, seed ${seed}, does not break ${identityInWords(failure)} when it is played from its schedule. ` +
        `\`rollcall verify ${name} --seed ${seed}\` says whether it plays the same every time.`,
    );
  }
}

/** Plays the run that a token names, which must fail. `warning` says when it is not quite the token's run any more. */
export async function failingRunOf(
  token: Token,
  catalogue: Catalogue,
  code: CodeIdentity,
): Promise<{ run: FailingRun; result: RunResult; warning?: string }> {
  const { seed, mode } = token;
  const scenario = catalogue.find(token.scenario);
  const result = await playRun(scenario, seed, { mode, code });
  const reproduction = compareWithToken(token, parseToken(result.token));
  if (result.verdict === 'nondeterministic') throw new Unsteady(result.violation?.detail ?? result.token);
  if (reproduction.kind === 'diverged') throw new Unsteady(reproduction.words);
  const warning = reproduction.kind === 'reproduced' ? {} : { warning: reproduction.words };
  if (result.violation !== null)
    return { run: { scenario, seed, mode, failure: result.violation, hash: result.hash }, result, ...warning };
  const why = reproduction.kind === 'reproduced' ? 'It is the run that the token names.' : reproduction.words;
  throw new UsageError('RUN_PASSES', `${token.scenario}, seed ${seed}, passes: there is no failure to keep. ${why}`);
}
