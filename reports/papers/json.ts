import { UsageError } from '../../scenarios/errors.ts';
import type { PapersResult } from '../../scenarios/papers/result.ts';

/** Raised when a field changes its meaning or goes; new fields do not raise it. */
const FORMAT = 1;

/** The results file of `rollcall papers`, for machines. */
export function papersJson(result: PapersResult): string {
  return `${JSON.stringify({ format: FORMAT, ...result }, undefined, 2)}\n`;
}

/** Reads what `papersJson` wrote. */
export function parsePapers(text: string, file: string): PapersResult {
  let value: (Partial<PapersResult> & { readonly format?: unknown }) | null;
  try {
    value = JSON.parse(text) as typeof value;
  } catch (cause) {
    throw new UnusablePapers(file, 'it is not JSON, or was cut off', { cause });
  }
  const { format, ...result } = value ?? {};
  if (format !== FORMAT) {
    throw new UnusablePapers(file, `its format is ${JSON.stringify(format)}, and this version reads ${FORMAT}`);
  }
  const whole = Array.isArray(result.tables) && result.tables.every(({ rows }) => Array.isArray(rows));
  if (!whole) throw new UnusablePapers(file, 'its tables are missing or of another kind');
  return result as PapersResult;
}

class UnusablePapers extends UsageError {
  constructor(file: string, problem: string, options?: { cause?: unknown }) {
    super('UNUSABLE_PAPERS', `${file} cannot be used: ${problem}. \`rollcall papers\` makes a new one.`, options);
  }
}
