import { dirname, relative, sep } from 'node:path';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Edit } from '../edit.ts';
import { faultInWords, timeInWords } from '../in-words.ts';
import type { RegressionSpec } from './regression.ts';
import { literal, quoted } from './literal.ts';

/** A regression, and the file that exports its scenario unless it is built in. */
export interface RegressionSource {
  readonly spec: Omit<RegressionSpec, 'from'>;
  readonly base: string | undefined;
}

/** The text of a regression file that will stand at `path`, without the comment at its top. */
export function regressionText({ spec, base }: RegressionSource, path: string): string {
  const { name, summary, of, seed, mode, edit, expectations = [], mustStrike = [] } = spec;
  const fields = [
    ['name', quoted(name)],
    ['summary', quoted(summary)],
    ['of', quoted(of)],
    ...(base === undefined ? [] : [['from', 'own']]),
    ['seed', String(seed)],
    ...(mode === undefined ? [] : [['mode', quoted(mode)]]),
    ...(expectations.length === 0 ? [] : [['expectations', literal(expectations)]]),
    ...(mustStrike.length === 0 ? [] : [['mustStrike', literal(mustStrike)]]),
  ];
  return [
    "import { regression, simulate } from 'rollcall/scenarios';",
    ...(base === undefined ? [] : [`import * as own from ${quoted(importPath(path, base))};`]),
    '',
    'export const run = regression({',
    ...fields.map(([field, value]) => `  ${field}: ${value},`),
    '  edit: {',
    ...editLines(edit).map((line) => `    ${line}`),
    '  },',
    '});',
    '',
    '// `rollcall run` plays what is exported; vitest finds a test. Any other runner: test(name, () => simulate(...)).',
    'const { test } = import.meta.vitest ?? {};',
    'test?.(run.summary, () => simulate(run, { file: import.meta.url }));',
    '',
  ].join('\n');
}

/** The file that a regression file imports its scenario from, if any: the line that is written above. */
export function importedFrom(text: string): string | undefined {
  return /^import \* as own from '(.+)';$/m.exec(text)?.[1]?.replaceAll(/\\(.)/g, '$1');
}

function editLines({ without = [], duration, settings, faults }: Edit): string[] {
  return [
    ...(without.length === 0 ? [] : [`without: ${literal(without)},`]),
    ...(duration === undefined ? [] : [`duration: ${literal(duration)}, // ${timeInWords(duration)}`]),
    ...(settings === undefined ? [] : [`settings: ${literal(settings)},`]),
    ...(faults === undefined ? [] : faultLines(faults)),
  ];
}

function faultLines(faults: readonly Fault[]): string[] {
  if (faults.length === 0) return ['faults: [],'];
  return [
    'faults: [',
    ...faults.flatMap((fault) => [`  // ${oneLine(faultInWords(fault))}`, `  ${literal(fault)},`]),
    '],',
  ];
}

/** Names and commands are the user's own: nothing in them may end a comment. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

function importPath(from: string, to: string): string {
  const path = relative(dirname(from), to).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}
