import { measureAll } from '../experiments/lab.ts';
import { type PaperName, type PapersMode, type PapersResult, verdictOf } from './result.ts';
import { studies } from './studies.ts';
import type { Study } from './study.ts';

export interface Reproduction {
  readonly version: string;
  readonly mode: PapersMode;
  /** Only these papers; all when there is none. */
  readonly only: readonly PaperName[];
  readonly workers: number;
  /** Hears how many measurements are done. */
  onDone?(done: number, planned: number): void;
  /** Aborting gives up: the answer is undefined. */
  readonly signal?: AbortSignal;
}

/** Measures what the papers did, on all threads. */
export async function reproducePapers(asked: Reproduction): Promise<PapersResult | undefined> {
  const { version, mode, only, ...lab } = asked;
  return reproduce(
    studies.filter(({ paper }) => only.length === 0 || only.includes(paper)),
    { version, mode, ...lab },
  );
}

async function reproduce(
  chosen: readonly Study[],
  { version, mode, ...lab }: Omit<Reproduction, 'only'>,
): Promise<PapersResult | undefined> {
  const plans = chosen.map((study) => ({ study, calls: study.calls(mode) }));
  const measured = await measureAll(
    plans.flatMap(({ calls }) => calls),
    lab,
  );
  if (measured === undefined) return undefined;
  const rest = [...measured];
  const tables = plans.flatMap(({ study, calls }) => {
    const own = rest.splice(0, calls.length);
    const measurements = calls.map(({ argument }, index) => ({ argument, measured: own[index] }));
    return study.tables(measurements, mode);
  });
  return { version, mode, tables, verdict: verdictOf(tables) };
}
