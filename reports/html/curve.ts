import { quantile } from '../../scenarios/summary.ts';
import type { Curve } from './data.ts';

/** As many as a wide chart has pixels to show, and enough for each per cent to be one of them. */
const STEPS = 200;

/** A distribution as the page holds it: the quantiles that people ask for, and the shape between them. */
export function curveOf(samples: readonly number[], never = 0): Curve {
  const sorted = Float64Array.from(samples).sort();
  const steps = Math.min(sorted.length, STEPS);
  const shape = Array.from(
    { length: steps },
    (_, step) => sorted[Math.ceil(((step + 1) * sorted.length) / steps) - 1]!,
  );
  return {
    samples: sorted.length,
    never,
    p50: quantile(sorted, 50),
    p90: quantile(sorted, 90),
    p99: quantile(sorted, 99),
    max: quantile(sorted, 100),
    steps: shape.map((value, step) => value - (shape[step - 1] ?? 0)),
  };
}
