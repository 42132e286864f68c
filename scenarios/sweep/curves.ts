import { suspicionMinMs } from '../../core/membership/formulas.ts';
import type { MembershipSettings } from '../../core/membership/settings.ts';
import { DETECTION_LIMIT } from '../papers/swim-formulas.ts';
import { serfRounds } from '../papers/serf-formula.ts';

// What theory says of a sweep, and the curve through what was measured. Times in seconds. Nothing here influences a
// run, so the functions of the language will do.

/**
 * SWIM, section 4.1: x of n members know, dx/dt = (2/n)·x·(n - x) per period, for each is contacted twice in a period,
 * by a ping and by an ack, and news rides on both.
 */
export function swimInfectionSeconds({ probeIntervalMs }: MembershipSettings, size: number, share: number): number {
  const periods = Math.log(((size - 1) * share) / (1 - share)) / 2;
  return (periods * probeIntervalMs) / 1_000;
}

/** Whole rounds of gossip by the formula of Serf's convergence simulator. */
export function serfSeconds(
  { gossipNodes, gossipIntervalMs }: MembershipSettings,
  size: number,
  share: number,
): number {
  return (serfRounds({ size, fanout: gossipNodes }, share) * gossipIntervalMs) / 1_000;
}

/** SWIM's e/(e - 1) periods until a crash is found, and the shortest suspicion after that. */
export function swimDetectionSeconds(settings: MembershipSettings, size: number): number {
  return (DETECTION_LIMIT * settings.probeIntervalMs + suspicionMinMs(settings, size)) / 1_000;
}

/** SWIM, section 3: a ping and an ack of each member's own in a period. */
export function swimMessagesPerSecond({ probeIntervalMs }: MembershipSettings): number {
  return 2_000 / probeIntervalMs;
}

export interface LogarithmicFit {
  readonly a: number;
  readonly b: number;
  /** The share of the variance that the curve explains: 1 is a perfect fit. */
  readonly r2: number;
}

/** The curve a + b·ln x with the least squares of distances. */
export function fitLogarithm(points: readonly { readonly x: number; readonly y: number }[]): LogarithmicFit {
  const count = points.length;
  const logs = points.map(({ x }) => Math.log(x));
  const meanX = logs.reduce((sum, x) => sum + x, 0) / count;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / count;
  let [xx, xy, yy] = [0, 0, 0];
  for (const [index, { y }] of points.entries()) {
    const dx = logs[index]! - meanX;
    const dy = y - meanY;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  const b = xx === 0 ? 0 : xy / xx;
  return { a: meanY - b * meanX, b, r2: yy === 0 ? 1 : (b * xy) / yy };
}
