import { UsageError } from '../../scenarios/errors.ts';
import type { SweepResults } from '../../scenarios/sweep/result.ts';

const FORMAT: SweepResults['format'] = 1;
const PARTS = ['spreading', 'load', 'trouble'] as const;

/** One line for each place. Times are whole microseconds of virtual time. */
export function sweepJson(results: SweepResults): string {
  const { kind, format, version, code } = results;
  const parts = PARTS.map((part) => {
    const lines = results[part].map((measured) => JSON.stringify(measured));
    return `${JSON.stringify(part)}:[\n${lines.join(',\n')}\n]`;
  });
  return `${JSON.stringify({ kind, format, version, code }).slice(0, -1)},\n${parts.join(',\n')}}\n`;
}

/** Reads what `sweepJson` wrote. */
export function parseSweep(text: string, file: string): SweepResults {
  let value: Partial<SweepResults> | null;
  try {
    value = JSON.parse(text) as Partial<SweepResults> | null;
  } catch (cause) {
    throw new UnusableSweep(file, 'it is not JSON, or was cut off', { cause });
  }
  if (value?.kind !== 'sweep') throw new UnusableSweep(file, 'it holds no sweep');
  if (value.format !== FORMAT) {
    throw new UnusableSweep(file, `its format is ${JSON.stringify(value.format)}, and this version reads ${FORMAT}`);
  }
  for (const part of PARTS) {
    const whole = Array.isArray(value[part]) && value[part].every(({ place, runs }) => place && Array.isArray(runs));
    if (!whole) throw new UnusableSweep(file, `${part} is missing or of another kind`);
  }
  return value as SweepResults;
}

class UnusableSweep extends UsageError {
  constructor(file: string, problem: string, options?: { cause?: unknown }) {
    super(
      'UNUSABLE_SWEEP',
      `${file} cannot be used: ${problem}. \`rollcall report --sweep\` makes a new one.`,
      options,
    );
  }
}
