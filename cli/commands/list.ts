import { openCatalogue, splitArguments } from '../../scenarios/catalogue.ts';
import { ExitCode } from '../exit-code.ts';

export async function listCommand(given: readonly string[]): Promise<number> {
  const { files, patterns } = splitArguments(given);
  const scenarios = (await openCatalogue(files)).select(patterns);
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  for (const { name, summary } of scenarios) process.stdout.write(`${name.padEnd(width)}  ${summary}\n`);
  return ExitCode.pass;
}
