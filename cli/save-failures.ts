import { RollcallError } from '../core/errors.ts';
import type { Catalogue } from '../scenarios/catalogue.ts';
import type { CodeIdentity } from '../scenarios/code.ts';
import { failureHeadline, groupFailures } from '../scenarios/failure-in-words.ts';
import { asTyped } from '../scenarios/files.ts';
import { saveRegression } from '../scenarios/regression/save.ts';
import type { RunResult, SuiteResult } from '../scenarios/result.ts';
import { parseToken } from '../scenarios/token.ts';

/** Keeps each distinct failure of a suite as a regression, and says where in one line. */
export async function saveFailures(
  { runs }: SuiteResult,
  folder: string,
  catalogue: Catalogue,
  code: CodeIdentity,
): Promise<string> {
  const lines: string[] = [];
  for (const { first } of groupFailures(runs)) {
    const place = await placeOf(first).catch((error: unknown) => {
      if (!(error instanceof RollcallError)) throw error;
      // What was found was told already; what cannot be kept must not hide the rest.
      return error.message;
    });
    lines.push(`${failureHeadline(first)}: ${place}\n`);
  }
  return lines.join('');

  async function placeOf({ scenario, seed, token, hash, verdict, violation }: RunResult): Promise<string> {
    if (verdict === 'nondeterministic' || violation === null) return 'not kept, since it is not the same every time';
    const { mode } = parseToken(token);
    const run = { scenario: catalogue.find(scenario), seed, mode, failure: violation, hash };
    const { file, isNew } = await saveRegression(run, { to: { folder }, files: catalogue.files, code });
    return isNew ? `kept in ${asTyped(file)}` : `is in ${asTyped(file)} already`;
  }
}
