import type { Section } from './section.ts';
import { comparison } from './sections/comparison.ts';
import { distributions } from './sections/distributions.ts';
import { extremes } from './sections/extremes.ts';
import { failures } from './sections/failures.ts';
import { load } from './sections/load.ts';
import { overview } from './sections/overview.ts';
import { papers } from './sections/papers.ts';
import { sweep } from './sections/sweep.ts';
import { troubles } from './sections/troubles.ts';

/** In the order of the page: what is wrong, then what is there to be known. */
export const SECTIONS: readonly Section[] = [
  failures,
  comparison,
  overview,
  distributions,
  sweep,
  extremes,
  troubles,
  load,
  papers,
];
