import { openCatalogue } from '../../scenarios/catalogue.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { asTyped, findFiles } from '../../scenarios/files.ts';
import { failingRunOf } from '../../scenarios/regression/failing-run.ts';
import { identityInWords } from '../../scenarios/failure-identity.ts';
import { saveRegression } from '../../scenarios/regression/save.ts';
import { parseToken } from '../../scenarios/token.ts';
import { ExitCode } from '../exit-code.ts';
import type { Given } from '../options.ts';
import { textOf } from '../options.ts';
import { REGRESSIONS } from '../regressions-folder.ts';

export async function promoteCommand(text: string, given: readonly string[], options: Given): Promise<number> {
  const token = parseToken(text);
  const files = findFiles(given);
  const code = identifyCode(files);
  const { run, warning } = await failingRunOf(token, await openCatalogue(files), code);
  if (warning !== undefined) process.stderr.write(`${warning}\n`);
  const name = textOf(options, 'name');
  const saved = await saveRegression(run, {
    to: { folder: textOf(options, 'dir') ?? REGRESSIONS },
    files,
    code,
    ...(name === undefined ? {} : { name }),
  });
  const place = asTyped(saved.file);
  const lines = [
    `${saved.name} breaks ${identityInWords(run.failure)}`,
    `  File:    ${saved.isNew ? place : `${place}, as it was`}`,
    `  Play:    npx rollcall run ${place}`,
    `  Replay:  ${saved.replay}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return ExitCode.pass;
}
