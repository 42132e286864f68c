import type { MutantResult } from './trial.ts';

/** The kill matrix as text: one line per mutant and play that noticed it, and which rule caught how many. */
export function killMatrix(results: readonly MutantResult[]): string {
  const rows = results.flatMap(({ mutant, kills, unusable }) =>
    kills.length === 0
      ? [[mutant, unusable === undefined ? 'SURVIVES' : 'UNUSABLE', '', '']]
      : kills.map(({ play, rule, seed }, index) => [index === 0 ? mutant : '', play, firstLine(rule), String(seed)]),
  );
  return `${columns([['mutant', 'scenario', 'invariant', 'seeds'], ...rows])}\n\n${byRule(results)}`;
}

function byRule(results: readonly MutantResult[]): string {
  const caught = new Map<string, Set<string>>();
  for (const { mutant, kills } of results) {
    for (const { rule } of kills) caught.set(firstLine(rule), (caught.get(firstLine(rule)) ?? new Set()).add(mutant));
  }
  const rows = [...caught]
    .toSorted(([, a], [, b]) => b.size - a.size)
    .map(([rule, mutants]) => [rule, String(mutants.size), [...mutants].join(', ')]);
  return columns([['invariant', 'mutants', 'which'], ...rows]);
}

function firstLine(rule: string): string {
  const line = rule.split('\n', 1)[0] ?? '';
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function columns(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
