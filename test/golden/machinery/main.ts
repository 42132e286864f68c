import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { identifyCode } from '../../../scenarios/code.ts';
import { readTrace, TraceWriter } from '../../../scenarios/diff/trace-file.ts';
import { playWorld } from '../../../scenarios/play.ts';
import { workerPool } from '../../../scenarios/pool.ts';
import type { RunResult } from '../../../scenarios/result.ts';
import type { Change, Golden } from './golden.ts';
import { changesBetween, goldenOf } from './golden.ts';
import { goldenTasks, scenarioNamed } from './plan.ts';
import { changesInWords } from './words.ts';

const USAGE = `npm run golden -- [--update | --traces]

Plays the golden runs and compares them with what was accepted.
--update accepts what is played now. --traces keeps the trace of every golden run of this code, so that a later change
can be followed to the first event that differs.
Ends with 0 when nothing has changed, and with 1 when something has.`;

const ROOT = join(import.meta.dirname, '..', '..', '..');
const ACCEPTED = join(import.meta.dirname, '..', 'golden.json');
const TRACES = join(ROOT, 'rollcall-results', 'golden');

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      update: { type: 'boolean', default: false },
      traces: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(USAGE, 0);
  if (values.traces) return keepTraces();
  const runs = await play();
  const failed = runs.find(({ verdict }) => verdict !== 'pass');
  if (failed !== undefined) {
    return say(`${failed.scenario}, seed ${failed.seed}, fails: npx rollcall replay ${failed.token} --story`, 1);
  }
  const played = goldenOf(runs);
  const accepted = existsSync(ACCEPTED) ? (JSON.parse(readFileSync(ACCEPTED, 'utf8')) as Golden) : {};
  const changes = changesBetween(accepted, played);
  const total = `${runs.length} golden runs`;
  for (const line of changesInWords(changes)) console.log(line);
  if (values.update) {
    writeFileSync(ACCEPTED, `${JSON.stringify(played, undefined, 2)}\n`);
    return say(`${total}: ${changes.length === 0 ? 'nothing changed' : 'accepted'}`, 0);
  }
  if (changes.length === 0) return say(`${total}: nothing changed`, 0);
  return say(
    `\n${total}: ${changes.length} of ${Object.keys(played).length} scenarios changed.\n${howToGoOn(changes, runs, accepted)}`,
    1,
  );
}

async function play(): Promise<RunResult[]> {
  const pool = workerPool(availableParallelism(), [], identifyCode());
  const runs: RunResult[] = [];
  const lost: string[] = [];
  try {
    await pool.play(goldenTasks(), {
      onDone: ({ result }) => void runs.push(result),
      onLost: ({ task, how }) => void lost.push(`${task.scenario}, seed ${task.seed}: ${how}`),
    });
  } finally {
    pool.stop();
  }
  if (lost.length > 0) throw new Error(lost.join('\n'));
  return runs;
}

/** One command further: the first event that differs, if the trace of the accepted run is at hand. */
function howToGoOn(changes: readonly Change[], runs: readonly RunResult[], accepted: Golden): string {
  const changed = changes.flatMap(({ scenario, seeds }) => seeds.map((seed) => ({ scenario, seed })));
  const first = changed.find(({ scenario, seed }) => {
    const file = traceFile(scenario, seed);
    if (!existsSync(file)) return false;
    return readTrace(readFileSync(file), file).token.hash === accepted[scenario]?.hashes[seed];
  });
  if (first === undefined) {
    return 'To see where runs part, keep the traces of the code before: npm run golden -- --traces\nTo accept: npm run golden -- --update';
  }
  const { token } = runs.find(({ scenario, seed }) => scenario === first.scenario && seed === first.seed)!;
  const file = relative(process.cwd(), traceFile(first.scenario, first.seed));
  return `The first event that differs: npx rollcall diff ${file} ${token}\nTo accept: npm run golden -- --update`;
}

async function keepTraces(): Promise<number> {
  mkdirSync(TRACES, { recursive: true });
  const code = identifyCode();
  for (const { scenario, seed, mode } of goldenTasks()) {
    const writer = new TraceWriter();
    const played = await playWorld(scenarioNamed(scenario), seed, { mode, code, onTrace: writer.record });
    writeFileSync(traceFile(scenario, seed), writer.finish(played));
  }
  return say(`${goldenTasks().length} traces in ${relative(process.cwd(), TRACES)}`, 0);
}

function traceFile(scenario: string, seed: number): string {
  return join(TRACES, `${scenario}-${seed}.trace`);
}

function say(text: string, status: number): number {
  console.log(text);
  return status;
}

process.exitCode = await main();
