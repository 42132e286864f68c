import { byScenario } from '../by-scenario.ts';
import type { RunResult, ScenarioResult, SuiteResult } from '../../scenarios/result.ts';
import { curveOf } from './curve.ts';
import type { ReportData, ScenarioData } from './data.ts';
import { findingsOf } from './findings.ts';
import { notableRuns } from './notable.ts';

/** A suite as its page needs it: distributions in place of runs, and tokens only of runs that somebody may open. */
export function condense(suite: SuiteResult, timelines: Readonly<Record<string, string>>): ReportData {
  const { version, verdict, stopped, notPlayed, lost, timing, files, runs, scenarios } = suite;
  const runsOf = byScenario(runs);
  return {
    version,
    verdict,
    stopped,
    runs: runs.length,
    passed: runs.filter((run) => run.verdict === 'pass').length,
    notPlayed,
    lost,
    timing,
    files,
    scenarios: scenarios.map((scenario) => condenseScenario(scenario, runsOf.get(scenario.scenario) ?? [])),
    findings: findingsOf(runs),
    timelines,
  };
}

function condenseScenario(result: ScenarioResult, runs: readonly RunResult[]): ScenarioData {
  const { distributions: _, struck, ...same } = result;
  const never = runs.reduce((total, { metrics }) => total + (metrics.undetected ?? 0), 0);
  const curve = (metric: 'detection' | 'firstDetection' | 'convergence' | 'formation') =>
    curveOf(
      runs.flatMap(({ metrics }) => metrics[metric]),
      metric === 'detection' ? never : 0,
    );
  return {
    ...same,
    struck: Object.fromEntries(
      Object.entries(struck).map(([kind, times]) => [kind, [times, runsStruck(runs, kind)] as const]),
    ),
    curves: {
      detection: curve('detection'),
      firstDetection: curve('firstDetection'),
      convergence: curve('convergence'),
      formation: curve('formation'),
    },
    notable: notableRuns(runs),
  };
}

function runsStruck(runs: readonly RunResult[], kind: string): number {
  return runs.filter(({ metrics }) => (metrics.struck[kind] ?? 0) > 0).length;
}
