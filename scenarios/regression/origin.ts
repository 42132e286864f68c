import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { builtinScenarios } from '../builtin/index.ts';
import { UnusableFile } from '../errors.ts';
import { loadScenarios } from '../loader.ts';
import type { Scenario } from '../scenario.ts';
import { importedFrom } from './text.ts';

/** What a run goes back to: a scenario that draws itself, its seed, and the file that exports it unless it is built in. */
export interface Origin {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly file: string | undefined;
}

/** A run of a regression goes back to what the regression is a run of, so that its file may be thrown away. */
export async function originOf(scenario: Scenario, seed: number, files: readonly string[]): Promise<Origin> {
  const { name, fixed = { scenario: name, seed } } = scenario;
  const file = await exporterOf(name, files);
  if (fixed.scenario === name) return { scenario, seed, file };
  const builtin = builtinScenarios.find((one) => one.name === fixed.scenario);
  if (builtin !== undefined) return { scenario: builtin, seed: fixed.seed, file: undefined };
  const imported = file === undefined ? undefined : importedFrom(readFileSync(file, 'utf8'));
  const source = imported === undefined ? file : resolve(dirname(file!), imported);
  const base =
    source === undefined ? undefined : (await loadScenarios(source)).find((one) => one.name === fixed.scenario);
  if (base !== undefined) return { scenario: base, seed: fixed.seed, file: source };
  throw new UnusableFile(
    file ?? name,
    `"${name}" is a run of "${fixed.scenario}", which it does not import in the line that Rollcall writes: ` +
      "import * as own from './scenarios.js';",
  );
}

/** Which of the files exports a scenario; none when it is built in. */
async function exporterOf(name: string, files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if ((await loadScenarios(file)).some((one) => one.name === name)) return file;
  return undefined;
}
