import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { built } from './built.ts';
import type { ConfigBenchResult } from './config.ts';
import type { FormationResult, SteadyResult } from './cluster.ts';
import type { ConsulBenchResult } from './discovery-consul.ts';
import type { DnsBenchResult } from './discovery-dns.ts';
import type { RegistryBenchResult } from './discovery-registry.ts';
import type { StartsResult } from './discovery-starts.ts';
import { benchReport, type BenchResult } from './report.ts';
import type { WheelResult } from './wheel.ts';

const STEADY_SIZES = [100, 1_000, 2_000];
const FORMATION_SIZE = 1_000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
  try {
    const measure = await builtMeasurement(folder);
    const result: BenchResult = {
      node: process.version,
      cores: availableParallelism(),
      wheel: measure<WheelResult>('wheel'),
      steady: STEADY_SIZES.map((nodes) => measure<SteadyResult>('steady', nodes)),
      formation: measure<FormationResult>('formation', FORMATION_SIZE),
      config: measure<ConfigBenchResult>('config'),
      discovery: {
        ...measure<StartsResult>('starts'),
        registry: measure<RegistryBenchResult>('registry'),
        consul: measure<ConsulBenchResult>('consul'),
        dns: measure<DnsBenchResult>('dns'),
      },
    };
    console.log(values.json ? JSON.stringify(result, null, 2) : benchReport(result));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each figure is taken in a fresh process, so that none inherits another's heap or compiled code. */
async function builtMeasurement(folder: string): Promise<<R>(what: string, nodes?: number) => R> {
  const script = await built('measure.ts', folder);
  return (what, nodes = 0) => {
    const args = ['--max-semi-space-size=64', script, what, String(nodes)];
    const { status, stdout } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    if (status !== 0) throw new Error(`measuring ${what} ${nodes || ''} failed with status ${status}`);
    return JSON.parse(stdout.toString());
  };
}

await main();
