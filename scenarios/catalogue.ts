import { existsSync } from 'node:fs';
import { builtinScenarios } from './builtin/index.ts';
import { UnknownScenario, UnusableFile, UsageError } from './errors.ts';
import { findFiles, looksLikeFile } from './files.ts';
import { loadScenarios } from './loader.ts';
import type { Scenario } from './scenario.ts';

/** Every scenario that can be played, by name: the built-in ones and those in the user's files. */
export interface Catalogue {
  readonly all: readonly Scenario[];
  readonly files: readonly string[];
  find(name: string): Scenario;
  /** Those whose names fit any of the patterns, in the catalogue's order; without patterns, the user's, else all. */
  select(patterns: readonly string[]): Scenario[];
}

/** Splits what was typed into files and names. */
export function splitArguments(given: readonly string[]): { files: string[]; patterns: string[] } {
  if (given.includes('')) {
    throw new UsageError('EMPTY_PATTERN', 'A pattern is empty. Name a scenario, or leave the pattern out to play all.');
  }
  return {
    files: findFiles(given.filter(looksLikeFile)),
    patterns: given.filter((argument) => !looksLikeFile(argument)),
  };
}

export async function openCatalogue(files: readonly string[]): Promise<Catalogue> {
  const own: Scenario[] = [];
  for (const file of files) own.push(...(await loadScenarios(file)));
  // Of `./folder/*.ts` some files only help the others; but if none holds a scenario, something was forgotten.
  if (files.length > 0 && own.length === 0) {
    const what = 'it exports no scenario. Export what defineScenario({ name, summary, stage }) returns.';
    throw new UnusableFile(files.join(', '), what);
  }
  return catalogueOf([...builtinScenarios, ...own], own.length > 0 ? own : builtinScenarios, files);
}

/** A catalogue of scenarios that are at hand, such as those of a test. */
export function catalogueOf(
  all: readonly Scenario[],
  chosen: readonly Scenario[] = all,
  files: readonly string[] = [],
): Catalogue {
  const byName = new Map<string, Scenario>();
  for (const scenario of all) {
    if (byName.has(scenario.name)) {
      throw new UsageError('DUPLICATE_SCENARIO', `Two scenarios are named "${scenario.name}". Rename one of them.`);
    }
    byName.set(scenario.name, scenario);
  }
  const names = [...byName.keys()];
  return {
    all,
    files,
    find(name) {
      const scenario = byName.get(name);
      if (scenario === undefined) throw new UnknownScenario(name, names);
      return scenario;
    },
    select(patterns) {
      if (patterns.length === 0) return [...chosen];
      const selected = new Set(patterns.flatMap((pattern) => matching(pattern, names)));
      // Who names a file means what is in it.
      if (files.length > 0 && !chosen.some(({ name }) => selected.has(name))) {
        const own = chosen.map(({ name }) => name).join(', ');
        throw new UsageError(
          'UNKNOWN_SCENARIO',
          `The named files hold nothing that matches ${patterns.join(' ')}: only ${own}.`,
        );
      }
      return all.filter(({ name }) => selected.has(name));
    },
  };
}

/** A whole name stands for itself alone; a part of a name, or `*` in it, for all that fit. */
function matching(pattern: string, names: readonly string[]): readonly string[] {
  if (names.includes(pattern)) return [pattern];
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^a-z0-9-]/gi, '\\$&'));
  const wanted = new RegExp(parts.length > 1 ? `^${parts.join('.*')}$` : parts[0]!);
  const found = names.filter((name) => wanted.test(name));
  if (found.length === 0) throw new UnknownScenario(pattern, names, existsSync(pattern));
  return found;
}
