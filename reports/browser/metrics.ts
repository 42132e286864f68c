import type { CurveMetric } from '../html/data.ts';

/** What is measured, for people. */
export const METRICS: Readonly<Record<CurveMetric, { readonly title: string; readonly words: string }>> = {
  detection: {
    title: 'Detection',
    words: 'From a crash until every live node that could know holds the member dead.',
  },
  firstDetection: { title: 'First detection', words: 'From a crash until the first live node holds the member dead.' },
  convergence: {
    title: 'Convergence',
    words: 'From the end of all faults until every view is right, and stays right.',
  },
  formation: { title: 'Formation', words: 'From the start until every live node lists every live node.' },
};
