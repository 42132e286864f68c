import { InvalidConfig } from '../../core/config/problems.ts';
import { printConfig, shownKeys, sourceInWords } from '../../core/config/print.ts';
import type { ConfigResult } from '../../core/config/read.ts';
import { RollcallError } from '../../core/errors.ts';
import { configInWords } from '../config-in-words.ts';
import { ExitCode } from '../exit-code.ts';
import { loadConfig, type Loaded } from '../load-config.ts';
import { checkNamedFiles } from '../named-files.ts';

/** What commander hands over. */
type Options = Readonly<Record<string, unknown>>;

/** Says what a configuration means; throws everything that is wrong with it, or with `--json` prints that. */
export async function configCheckCommand(options: Options): Promise<number> {
  if (options['json'] === true) return checkForPrograms(options);
  const { result, file } = await loadUsable(options);
  const words = configInWords(result.config).map((sentence) => `  ${sentence}\n`);
  process.stdout.write(`${file?.path ?? 'flags and environment'}: ok\n${words.join('')}`);
  return ExitCode.pass;
}

/** Whatever would keep a node from starting with it is thrown. */
async function loadUsable(options: Options): Promise<Loaded> {
  const loaded = await loadConfig(options);
  await checkNamedFiles(loaded);
  return loaded;
}

async function checkForPrograms(options: Options): Promise<number> {
  const { config: file } = options;
  const print = (verdict: object): void => void process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
  try {
    const { result } = await loadUsable(options);
    print({ ok: true, file, says: configInWords(result.config) });
    return ExitCode.pass;
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    print({ ok: false, file, problems: problemsOf(error) });
    return ExitCode.usage;
  }
}

/** A file that cannot be read is one problem, and has no place in itself. */
function problemsOf(error: RollcallError): object[] {
  if (!(error instanceof InvalidConfig)) return [{ message: error.message }];
  return error.problems.map(({ says, ...problem }) => ({ ...problem, message: says }));
}

export async function configPrintCommand(options: Options): Promise<number> {
  const { result, file } = await loadConfig(options);
  const text = options['sources'] === true ? (file?.text ?? '') : undefined;
  process.stdout.write(options['json'] === true ? asJson(result, text) : printConfig(result, text));
  return ExitCode.pass;
}

function asJson(result: ConfigResult, text: string | undefined): string {
  const where = text === undefined ? undefined : sourceInWords(text);
  const keys = shownKeys(result).map(({ path, value, source }) => {
    return [path, where === undefined ? value : { value, source: where(source) }];
  });
  return `${JSON.stringify(Object.fromEntries(keys), null, 2)}\n`;
}
