import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { killMatrix, shrinkTable } from './matrix.ts';
import { readMutants, UnusableMutant } from './mutant.ts';
import { ROLLCALL } from './rollcall-tree.ts';
import type { MutantResult } from './trial.ts';
import { tryMutants } from './trial.ts';

const USAGE = `npm run mutants -- [--dir FOLDER] [--only NAME] [--seeds 50] [--jobs N] [--full] [--shrink]

Applies each mutant of the folder (test/mutants) to a copy of the source and plays the built-in scenarios against it.
--full goes on after the first kill, to find every scenario that notices within the seeds.
--shrink finds the smallest schedule for each kill, and plays that against the true code too.
Ends with 0 when all are caught, 1 when one survives, 2 when one cannot be used.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string', default: join(ROLLCALL.root, 'test', 'mutants') },
      only: { type: 'string' },
      seeds: { type: 'string', default: '50' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      full: { type: 'boolean', default: false },
      shrink: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const all = readMutants(resolve(values.dir));
  const mutants = all.filter(({ name }) => values.only === undefined || name === values.only);
  if (mutants.length === 0) throw new UnusableMutant(String(values.only), 'there is no mutant of this name.');

  const { results, falseAlarms } = await tryMutants(ROLLCALL, mutants, {
    seeds: wholeNumber('--seeds', values.seeds),
    jobs: wholeNumber('--jobs', values.jobs),
    until: values.full ? 'every-play' : 'first-kill',
    shrink: values.shrink,
    onResult: (result) => console.error(fateOf(result)),
  });
  console.log(killMatrix(results));
  if (values.shrink) console.log(`\n${shrinkTable(results)}`);
  const caught = results.filter(({ kills }) => kills.length > 0).length;
  const unusable = results.filter((result) => result.unusable !== undefined).length;
  console.log(`\n${caught} of ${results.length} mutants caught`);
  for (const { play, seed, rule } of falseAlarms) {
    console.error(`The code as it is fails ${play} with seed ${seed} too (${rule}): this kill proves nothing.`);
  }
  if (falseAlarms.length > 0 || unusable > 0) return 2;
  return caught < results.length ? 1 : 0;
}

function fateOf({ mutant, kills, seconds, unusable }: MutantResult): string {
  if (unusable !== undefined) return unusable;
  const [kill] = kills;
  const fate = kill === undefined ? 'SURVIVES' : `caught by ${kill.play}, seed ${kill.seed}: ${kill.rule}`;
  const shrunk = kill?.shrunk === undefined ? '' : `, ${kill.shrunk.after.faults} faults left`;
  return `${mutant} ${fate}${shrunk} (${seconds.toFixed(1)} s)`;
}

function wholeNumber(flag: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new UnusableMutant(flag, `"${text}" is not a whole number from 1.`);
  return Number(text);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof UnusableMutant ? error.message : error);
  if (error instanceof TypeError) console.error(USAGE);
  process.exitCode = 2;
}
