import type { FormationResult, SteadyResult } from './cluster.ts';
import type { ConfigBenchResult } from './config.ts';
import { discoveryReport, type DiscoveryBenchResult } from './discovery-report.ts';
import { row, whole } from './rows.ts';
import type { WheelResult } from './wheel.ts';

/** All figures of one run. Wall times depend on the machine; ratios much less. */
export interface BenchResult {
  readonly node: string;
  readonly cores: number;
  readonly wheel: WheelResult;
  readonly steady: readonly SteadyResult[];
  readonly formation: FormationResult;
  readonly config: ConfigBenchResult;
  readonly discovery: DiscoveryBenchResult;
}

/** The figures as a person reads them. */
export function benchReport({ node, cores, wheel, steady, formation, config, discovery }: BenchResult): string {
  const lines = [`Rollcall bench, Node ${node}, ${cores} cores`, ''];
  lines.push(`Event wheel, hold model with ${whole(wheel.pending)} pending events`);
  lines.push(row('wheel', `${whole(wheel.wheelPerSecond)} events/s`));
  lines.push(row('object heap', `${whole(wheel.heapPerSecond)} events/s`));
  lines.push(row('ratio', `${wheel.ratio.toFixed(1)} times`), '');
  lines.push('Steady state, trace and membership invariants on: best and median of ten virtual minutes');
  for (const {
    nodes,
    timesRealTime,
    medianTimesRealTime,
    messagesPerSecond,
    eventsPerSecond,
    peakMegabytes,
  } of steady) {
    lines.push(
      row(
        `${whole(nodes)} nodes`,
        `${timesRealTime.toFixed(0)} times real time`,
        `median ${medianTimesRealTime.toFixed(0)}`,
        `${whole(messagesPerSecond)} messages/s`,
        `${whole(eventsPerSecond)} events/s`,
        `${whole(peakMegabytes)} MB at most`,
      ),
    );
  }
  lines.push('', `Formation of ${whole(formation.nodes)} nodes from one seed`);
  lines.push(
    row('wall time', `${formation.wallSeconds.toFixed(1)} s`),
    row('virtual time', `${formation.formedSeconds.toFixed(1)} s until every view lists everybody`),
  );
  lines.push(
    '',
    `Configuration: a file of ${whole(config.fileBytes)} bytes parsed, checked and joined with flags and variables`,
  );
  lines.push(
    row('first call', `${config.firstMs.toFixed(2)} ms`),
    row('warm', `${config.medianMs.toFixed(3)} ms`, 'median'),
  );
  return [...lines, '', discoveryReport(discovery)].join('\n');
}
