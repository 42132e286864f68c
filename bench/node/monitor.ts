import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../core/config/read.ts';
import type { PresetName } from '../../core/membership/settings.ts';
import type { Context } from './context.ts';
import { startCrew } from './pool-process.ts';
import type { MonitorCost } from './production-worker.ts';
import { table } from './table.ts';
import { WorkerProcess } from './worker-process.ts';

const PRESET: PresetName = 'lan';
const OTHERS = 199;
/** As Prometheus is usually set up, and rather more often than load balancers ask. */
const SCRAPE_SECONDS = 15;
const HEALTH_SECONDS = 5;
/** A cluster in which somebody comes, goes or is suspected every second never has a quiet look. */
const GOAL_PERCENT = 0.1;

/** What watching over 200 members takes of a whole node's CPU. */
export async function monitor({ script, quick }: Context): Promise<string> {
  const names = Array.from({ length: OTHERS }, (_, i) => `other-${i}`);
  const crew = await startCrew({ script, preset: PRESET, names, everybody: [...names, 'watcher'] });
  const watcher = new WorkerProcess(script);
  try {
    const address = await watcher.ask<string>('reserve', { preset: PRESET, name: 'watcher' });
    await crew.join(crew.address);
    await crew.whenAlive(names);
    const known = watcher.ask('holdsAlive', names);
    await watcher.ask('begin', crew.address);
    await Promise.all([known, crew.whenAlive(['watcher'])]);
    await sleep(3_000);
    const cost = await watcher.ask<MonitorCost>('monitorCost', quick ? 5_000 : 15_000);
    return report(cost, address);
  } finally {
    await Promise.all([crew.kill(), watcher.kill()]);
  }
}

function report(cost: MonitorCost, address: string): string {
  const { config } = readConfig({ values: { cluster: { network: { swim_bind: address } } }, environment: {} });
  const look = config.cluster.health.intervalMs / 1_000;
  const perSecond = (micros: number, every: number): number => micros / every;
  const watching = perSecond(cost.changedLook, look);
  const rows: [string, number, number][] = [
    [`health monitor, every ${look} s, nothing changed`, cost.quietLook, perSecond(cost.quietLook, look)],
    [`health monitor, every ${look} s, members changed`, cost.changedLook, watching],
    [`scrape of /metrics, every ${SCRAPE_SECONDS} s`, cost.scrape, perSecond(cost.scrape, SCRAPE_SECONDS)],
    [`/cluster/health, every ${HEALTH_SECONDS} s`, cost.health, perSecond(cost.health, HEALTH_SECONDS)],
  ];
  const percent = (microsPerSecond: number): string => `${(microsPerSecond / 10_000).toFixed(4)} %`;
  const all = watching + perSecond(cost.scrape, SCRAPE_SECONDS) + perSecond(cost.health, HEALTH_SECONDS);
  const verdict = (micros: number): string => (micros / 10_000 < GOAL_PERCENT ? 'holds' : 'MISSED');
  return [
    `Health monitor of a whole node among ${cost.members} members, preset ${PRESET}`,
    table([
      ['', 'each', 'of a CPU', 'of the node'],
      ...rows.map(([what, each, share]) => [
        what,
        `${each.toFixed(1)} us`,
        percent(share),
        `${((100 * share) / cost.steady).toFixed(2)} %`,
      ]),
      ['all of it', '', percent(all), `${((100 * all) / cost.steady).toFixed(2)} %`],
      ['the whole node at rest', '', percent(cost.steady), '100 %'],
    ]),
    `  goal for the monitor: under ${GOAL_PERCENT} % of a CPU: ${verdict(watching)}, all of the above together: ${verdict(all)}`,
  ].join('\n');
}
