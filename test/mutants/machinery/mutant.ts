import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One deliberate bug: in `file`, the only occurrence of `find` becomes `replace`. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Scenarios that are likely to notice: they are played first. The verdict does not depend on it. */
  readonly scenarios?: readonly string[];
}

/** A mutant that says nothing about the suite: it cannot be read, applied or loaded. */
export class UnusableMutant extends Error {
  constructor(mutant: string, problem: string) {
    super(`mutant ${mutant}: ${problem}`);
    this.name = 'UnusableMutant';
  }
}

/** Every `*.json` of a folder, in the order of their names. */
export function readMutants(folder: string): Mutant[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  if (files.length === 0) throw new UnusableMutant(folder, 'the folder holds no *.json file.');
  const mutants = files.toSorted().map((name) => parseMutant(name, readFileSync(join(folder, name), 'utf8')));
  for (const { name } of mutants) {
    if (mutants.filter((other) => other.name === name).length > 1) {
      throw new UnusableMutant(name, 'two files have this name. Rename one of them.');
    }
  }
  return mutants;
}

export function parseMutant(fileName: string, text: string): Mutant {
  const given = parseJson(fileName, text);
  for (const field of ['name', 'file', 'find', 'replace']) {
    if (typeof given[field] !== 'string') throw new UnusableMutant(fileName, `"${field}" must be a text.`);
  }
  const mutant = given as unknown as Mutant;
  if (mutant.find === '' || mutant.find === mutant.replace) {
    throw new UnusableMutant(fileName, '"find" must name a text, and "replace" another one.');
  }
  return mutant;
}

function parseJson(fileName: string, text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new UnusableMutant(fileName, `is not JSON: ${String(error)}`);
  }
}

/** The mutated source. Text that is not there exactly once is an error: the source moved on, and the mutant must follow. */
export function mutate(mutant: Mutant, source: string): string {
  const matches = source.split(mutant.find).length - 1;
  if (matches !== 1) {
    throw new UnusableMutant(
      mutant.name,
      `its "find" text is ${matches} times in ${mutant.file}; it must be there once.`,
    );
  }
  return source.replace(mutant.find, () => mutant.replace);
}
