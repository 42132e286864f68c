import { printConfig, shownKeys, sourceInWords } from '../../core/config/print.ts';
import type { ConfigResult } from '../../core/config/read.ts';
import { configInWords } from '../config-in-words.ts';
import { ExitCode } from '../exit-code.ts';
import { loadConfig } from '../load-config.ts';

/** What commander hands over. */
type Options = Readonly<Record<string, unknown>>;

/** Says what a configuration means; throws everything that is wrong with it. */
export async function configCheckCommand(options: Options): Promise<number> {
  const { result, file } = await loadConfig(options);
  const words = configInWords(result.config).map((sentence) => `  ${sentence}\n`);
  process.stdout.write(`${file?.path ?? 'flags and environment'}: ok\n${words.join('')}`);
  return ExitCode.pass;
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
