import type { Random } from '../../../core/ports/random.ts';
import { seededRandom } from '../../../core/random.ts';
import type { Estimate } from '../statistics.ts';

/** What one cell adds to both sides of a ratio. */
export interface Pair {
  /** Pairs of one stratum are like one another, and are drawn again for one another. */
  readonly stratum: string;
  readonly part: number;
  readonly whole: number;
}

const RESAMPLES = 2_000;
/** Cut off on either side to leave 99.9 %. */
const TAIL = 0.0005;
/** Where none were seen, no sample drawn again has one: were more than these expected, none would be rarer than that. */
const UNSEEN = -Math.log(TAIL);

/**
 * The sum of the parts over the sum of the wholes. The interval is a bootstrap's: cells are drawn again with
 * replacement, within their strata, because a stratum belongs to the design and is never absent.
 */
export function estimateRatio(pairs: readonly Pair[]): Estimate {
  const byStratum = new Map<string, Pair[]>();
  for (const pair of pairs) byStratum.set(pair.stratum, [...(byStratum.get(pair.stratum) ?? []), pair]);
  const strata = [...byStratum.values()];
  const random = seededRandom('bootstrap');
  const ratios = Array.from({ length: RESAMPLES }, () => ratioOf(drawAgain(strata, random))).toSorted((a, b) => a - b);
  const cut = Math.floor(RESAMPLES * TAIL);
  const value = ratioOf(pairs);
  const wholes = pairs.reduce((sum, { whole }) => sum + whole, 0);
  return {
    value,
    low: ratios[cut]!,
    high: value === 0 && wholes > 0 ? UNSEEN / wholes : ratios[RESAMPLES - 1 - cut]!,
    span: 'interval',
    samples: pairs.length,
  };
}

function* drawAgain(strata: readonly (readonly Pair[])[], random: Random): Iterable<Pair> {
  for (const stratum of strata) {
    for (let drawn = 0; drawn < stratum.length; drawn += 1) yield random.pick(stratum);
  }
}

function ratioOf(pairs: Iterable<Pair>): number {
  let [parts, wholes] = [0, 0];
  for (const { part, whole } of pairs) {
    parts += part;
    wholes += whole;
  }
  return wholes === 0 ? 0 : parts / wholes;
}
