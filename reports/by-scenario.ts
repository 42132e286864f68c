import type { RunResult } from '../scenarios/result.ts';

export function byScenario(runs: readonly RunResult[]): Map<string, RunResult[]> {
  const groups = new Map<string, RunResult[]>();
  for (const run of runs) {
    const group = groups.get(run.scenario);
    if (group === undefined) groups.set(run.scenario, [run]);
    else group.push(run);
  }
  return groups;
}
