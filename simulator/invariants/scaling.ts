import { pushPullPeriodMs } from '../../core/membership/formulas.ts';
import type { MembershipSettings } from '../../core/membership/settings.ts';

/** The steady load of one run: nothing happened in it but probing and exchanges of state. */
export interface SteadyLoad {
  readonly nodes: number;
  /** How long it was measured. */
  readonly seconds: number;
  readonly datagrams: number;
  readonly pushPullBytes: number;
  /** What one state of the exchanged lists takes, and what an exchange takes beside them, per direction. */
  readonly bytesPerState: number;
  readonly bytesPerExchange: number;
}

export const SCALING_TOLERANCE_PERCENT = 10;

/** Bytes of push/pull per second that the settings ask for: every node starts one exchange per period, both sides talk. */
export function pushPullBytesPerSecond(settings: MembershipSettings, load: SteadyLoad): number {
  const exchangesPerSecond = (load.nodes * 1_000) / pushPullPeriodMs(settings, load.nodes);
  return exchangesPerSecond * 2 * (load.bytesPerExchange + load.nodes * load.bytesPerState);
}

/**
 * SWIM's promise of constant load, across runs of different sizes: datagrams per node and probe interval agree
 * within a tenth, and push/pull bytes with their formula. Returns what is broken, in words.
 */
export function scalingBroken(settings: MembershipSettings, runs: readonly SteadyLoad[]): string[] {
  const broken: string[] = [];
  const perTurn = runs.map((run) => {
    const turns = (run.seconds * 1_000) / settings.probeIntervalMs;
    return run.datagrams / run.nodes / turns;
  });
  const least = Math.min(...perTurn);
  const most = Math.max(...perTurn);
  if (most * 100 > least * (100 + SCALING_TOLERANCE_PERCENT)) {
    const table = runs.map((run, i) => `${run.nodes} nodes: ${(perTurn[i] as number).toFixed(3)}`).join(', ');
    broken.push(`datagrams per node and probe interval differ by more than ${SCALING_TOLERANCE_PERCENT} %: ${table}`);
  }
  for (const run of runs) {
    const expected = pushPullBytesPerSecond(settings, run) * run.seconds;
    if (Math.abs(run.pushPullBytes - expected) * 100 <= expected * SCALING_TOLERANCE_PERCENT) continue;
    broken.push(
      `${run.nodes} nodes exchanged ${run.pushPullBytes} bytes of state where the formula says ${Math.round(expected)}`,
    );
  }
  return broken;
}
