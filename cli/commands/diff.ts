import { readFileSync } from 'node:fs';
import { diffReport, paintFor } from '../../reports/index.ts';
import type { Catalogue } from '../../scenarios/catalogue.ts';
import { openCatalogue } from '../../scenarios/catalogue.ts';
import type { CodeIdentity } from '../../scenarios/code.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { diffRuns } from '../../scenarios/diff/diff.ts';
import { playRecorded, type RecordedRun } from '../../scenarios/diff/recorded-run.ts';
import { readTrace } from '../../scenarios/diff/trace-file.ts';
import { UnusableFile, UsageError } from '../../scenarios/errors.ts';
import { findFiles } from '../../scenarios/files.ts';
import { compareWithToken, parseToken, type Reproduction, type Token } from '../../scenarios/token.ts';
import { whyUnreadable } from '../../transports/config-file.ts';
import { ExitCode } from '../exit-code.ts';

/** A run to be compared: a token, which is played, or a file, which is read. */
type Side = { readonly token: Token } | { readonly run: RecordedRun };

export async function diffCommand(a: string, b: string, given: readonly string[]): Promise<number> {
  const files = findFiles(given);
  const code = identifyCode(files);
  const [left, right] = [sideOf(a), sideOf(b)];
  if ('token' in left && 'token' in right) refuseOtherCode(left.token, right.token, code);
  const catalogue = await openCatalogue(files);
  const runs = [await recordedRun(left, catalogue, code), await recordedRun(right, catalogue, code)] as const;
  const notes = [left, right].flatMap((side, index) => {
    const reproduction = reproductionOf(side, runs[index]!);
    return reproduction.kind === 'reproduced' ? [] : [`${'AB'[index]}: ${reproduction.words}`];
  });
  const diff = await diffRuns(...runs);
  process.stdout.write(diffReport(diff, notes, paintFor(process.stdout, process.env)));
  return diff.parting === undefined ? ExitCode.pass : ExitCode.failed;
}

function sideOf(text: string): Side {
  if (/^rc\d+:/.test(text)) return { token: parseToken(text) };
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(text);
  } catch (error) {
    throw new UnusableFile(text, `${whyUnreadable(error)}. Give a token, or a file of \`replay --save-trace\`.`);
  }
  return { run: readTrace(bytes, text) };
}

/** Code plays only its own runs: of one run by two builds, one has to come from a file. */
function refuseOtherCode(a: Token, b: Token, code: CodeIdentity): void {
  const sameRun = a.scenario === b.scenario && a.seed === b.seed && a.stage === b.stage;
  if (!sameRun || a.hash === b.hash || a.code === b.code) return;
  const [old, own] = a.code === code.digest ? [b, a] : [a, b];
  throw new UsageError(
    'OTHER_CODE',
    `Both tokens are of ${old.scenario}, seed ${old.seed}, but one is from source ${old.code}, and this is ` +
      `${code.digest}: it can play only its own. With the build of ${old.code}, save that run with ` +
      `\`rollcall replay TOKEN --save-trace before.trace\`; then \`rollcall diff before.trace TOKEN\` here` +
      `${own.code === code.digest ? '' : ', with a token of this build'}.`,
  );
}

async function recordedRun(side: Side, catalogue: Catalogue, code: CodeIdentity): Promise<RecordedRun> {
  if ('run' in side) return side.run;
  const { scenario, seed, mode } = side.token;
  return playRecorded(catalogue.find(scenario), seed, { mode, code });
}

function reproductionOf(side: Side, run: RecordedRun): Reproduction {
  return 'token' in side ? compareWithToken(side.token, run.token) : { kind: 'reproduced' };
}
