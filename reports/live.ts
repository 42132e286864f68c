import type { SuiteProgress } from '../scenarios/suite.ts';
import { whole } from './figures.ts';

/** The line that tells how far a suite is; cut to the width of the terminal, where a wrapped line could not be redrawn. */
export function liveLine({ played, planned, failed, latest }: SuiteProgress, width: number): string {
  const failures = failed > 0 ? `, ${whole(failed)} failed` : '';
  const line = `${whole(played)}/${whole(planned)} runs${failures} - ${latest.scenario}, seed ${latest.seed}`;
  return line.slice(0, Math.max(0, width - 1));
}
