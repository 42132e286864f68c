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

/** What shrinking achieved, mutant by mutant, and the middle of all. */
export function shrinkTable(results: readonly MutantResult[]): string {
  const kills = results.flatMap(({ mutant, kills: all }) => all.map((kill) => ({ mutant, ...kill })));
  const shrunk = kills.flatMap((kill) => (kill.shrunk === undefined ? [] : [{ ...kill, shrunk: kill.shrunk }]));
  const rows = shrunk.map(({ mutant, play, seed, shrunk: { before, after, minimal, seconds } }) => [
    mutant,
    `${play} ${seed}`,
    `${before.faults} > ${after.faults}${minimal ? '' : ' (not minimal)'}`,
    `${before.hosts} > ${after.hosts}`,
    seconds.toFixed(1),
  ]);
  const left = kills.filter((kill) => kill.shrunk === undefined).map(({ mutant, rule }) => `${mutant} (${rule})`);
  const faults = shrunk.map((kill) => kill.shrunk.after.faults);
  const seconds = shrunk.map((kill) => kill.shrunk.seconds);
  return [
    columns([['mutant', 'run', 'faults', 'hosts', 'CPU s'], ...rows]),
    '',
    `${shrunk.length} shrunk: ${median(faults)} faults in the median, ${Math.max(...faults)} at most; ` +
      `${median(seconds).toFixed(1)} s of one core in the median, ${Math.max(...seconds).toFixed(1)} s at most`,
    ...(left.length === 0 ? [] : [`Not one run's doing, so nothing to shrink: ${left.map(firstLine).join(', ')}`]),
  ].join('\n');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1] ?? Number.NaN;
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
