import type { SuiteProgress } from '../scenarios/suite.ts';
import { whole } from './figures.ts';

/** The line that tells how far a suite is. */
export function liveLine({ played, planned, failed, latest }: SuiteProgress): string {
  const failures = failed > 0 ? `, ${whole(failed)} failed` : '';
  return `${whole(played)}/${whole(planned)} runs${failures} - ${latest.scenario}, seed ${latest.seed}`;
}
