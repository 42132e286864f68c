import { parseArgs } from 'node:util';
import { MixedPool } from '../test/interop/mixed-pool.ts';
import { Soak } from '../test/interop/soak.ts';

const KEY = new Uint8Array(32).fill(11);

/** Three Serf agents and three nodes of ours in one pool: how quiet they are, told each minute. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '5' }, sealed: { type: 'boolean', default: false } },
  });
  const minutes = Number(values.minutes);
  if (!Number.isInteger(minutes) || minutes < 1) throw new Error('--minutes takes a whole number of 1 or more');
  const pool = await MixedPool.start('local', {}, values.sealed ? KEY : undefined);
  try {
    let minute = 0;
    await new Soak(pool).run(minutes * 60_000, minutes, (tally) => {
      minute += 1;
      const { suspicions, refutations, probes, probesFailed, exchanges, exchangesFailed, dropped, alive } = tally;
      console.log(
        [
          `minute ${minute}`,
          `suspicions ${suspicions.ours} ours, ${suspicions.theirs} theirs`,
          `refutations ${refutations.ours} ours, ${refutations.theirs} theirs`,
          `probes ${probes}, failed ${probesFailed}`,
          `exchanges ${exchanges}, failed ${exchangesFailed}`,
          `dropped ${JSON.stringify(dropped)}`,
          `alive ${alive.join(', ')}`,
        ].join('; '),
      );
    });
  } finally {
    await pool.stop();
  }
}

await main();
