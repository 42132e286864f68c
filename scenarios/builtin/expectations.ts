import type { Expectation, RunMetrics } from '../scenario.ts';

function expectation(id: string, words: string, judge: (metrics: RunMetrics) => string | undefined): Expectation {
  return { id, words, judge };
}

export const formed = expectation('formed', 'The cluster forms.', ({ formation }) =>
  formation.length > 0 ? undefined : 'At no time did every live host list every live host.',
);

export const converged = expectation('converged', 'In the end every view is right.', ({ convergence }) =>
  convergence.length > 0 ? undefined : 'When the time was up some view was still wrong.',
);

export const noFalsePositives = expectation(
  'no-false-positives',
  'Nobody who lives and can be reached is declared dead.',
  ({ falsePositives }) =>
    falsePositives === 0 ? undefined : `Live members were declared dead ${falsePositives} times.`,
);

export const allDetected = expectation('all-detected', 'Every crash is noticed by everybody.', (metrics) => {
  const { detection, undetected } = metrics;
  if (undetected > 0)
    return `${detection.length} of ${detection.length + undetected} crashes were noticed by everybody.`;
  return detection.length > 0 ? undefined : 'Nobody crashed whom anybody could have missed.';
});
