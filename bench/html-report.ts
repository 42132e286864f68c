import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { htmlReport } from '../reports/html/report.ts';
import { jsonReport } from '../reports/json.ts';
import { parseResults } from '../reports/results.ts';
import { builtinScenarios } from '../scenarios/builtin/index.ts';
import { identifyCode } from '../scenarios/code.ts';
import { playRun } from '../scenarios/play.ts';
import type { RunResult } from '../scenarios/result.ts';
import { syntheticSuite } from './synthetic-suite.ts';

const SCENARIOS = 50;
const SEEDS = 1_000;
const MOST_BYTES = 3_000_000;
const MOST_SECONDS = 5;

/** How large the page of a large suite is, and how long it takes from its results file. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-report-'));
  try {
    const results = join(folder, 'results.json');
    const page = join(folder, 'report.html');
    const scenarios = builtinScenarios.slice(0, SCENARIOS);
    const samples = new Map<string, RunResult>();
    for (const scenario of scenarios) {
      samples.set(scenario.name, await playRun(scenario, 1, { mode: 'reference', code: identifyCode() }));
    }
    const suite = syntheticSuite(scenarios, ({ name }) => samples.get(name)!, SEEDS);

    const written = seconds(() => writeFileSync(results, jsonReport(suite)));
    const read = seconds(() => void parseResults(readFileSync(results, 'utf8'), results));
    const made = seconds(() => {
      writeFileSync(page, htmlReport({ suite: parseResults(readFileSync(results, 'utf8'), results) }));
    });
    const bytes = statSync(page).size;
    console.log(`${scenarios.length} scenarios, ${suite.runs.length} runs`);
    console.log(
      `results.json  ${inMegabytes(statSync(results).size)}, written in ${written.toFixed(2)} s, read in ${read.toFixed(2)} s`,
    );
    console.log(`report.html   ${inMegabytes(bytes)} (at most ${inMegabytes(MOST_BYTES)})`);
    console.log(`made in       ${made.toFixed(2)} s with reading the results (at most ${MOST_SECONDS} s)`);
    process.exitCode = bytes <= MOST_BYTES && made <= MOST_SECONDS ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function seconds(task: () => void): number {
  const began = performance.now();
  task();
  return (performance.now() - began) / 1_000;
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(2)} MB`;
}

await main();
