import type { Change } from './golden.ts';

/** The changes of golden runs, for whoever has to accept them. */
export function changesInWords(changes: readonly Change[]): string[] {
  return changes.flatMap(({ scenario, kind, seeds, measured }) => {
    const which = seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds.join(', ')}`;
    if (kind !== 'changed') return [`${scenario}: ${kind === 'new' ? 'not accepted yet' : 'not played any more'}`];
    const head =
      seeds.length === 0 ? `${scenario}: same runs, measured otherwise` : `${scenario}: ${which} played otherwise`;
    if (measured.length === 0) return [`${head}; what is measured is the same`];
    return [
      head,
      ...measured.map(
        ({ what, before, after }) => `  ${what.padEnd(30)} ${told(before)} -> ${told(after)}${share(before, after)}`,
      ),
    ];
  });
}

function told(value: number | null): string {
  return (value === null ? '-' : String(Number(value.toPrecision(4)))).padStart(8);
}

function share(before: number | null, after: number | null): string {
  if (before === null || after === null || before === 0) return '';
  const perCent = ((after - before) / before) * 100;
  return `  ${perCent > 0 ? '+' : ''}${Math.abs(perCent) < 0.01 ? '0.00' : Number(perCent.toPrecision(3))} %`;
}
