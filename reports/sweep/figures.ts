import type { SweepResults } from '../../scenarios/sweep/result.ts';
import type { Figure } from './figure.ts';
import { detectionFigure, loadFigures, spreadingFigures } from './against-size.ts';
import { troubleFigures } from './against-trouble.ts';

/** All that a sweep shows, in the order of a page. */
export function sweepFigures(results: SweepResults): Figure[] {
  return [...spreadingFigures(results), detectionFigure(results), ...loadFigures(results), ...troubleFigures(results)];
}
