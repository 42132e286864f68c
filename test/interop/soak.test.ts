import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithSerf } from './describe-with-serf.ts';
import { MixedPool } from './mixed-pool.ts';
import { Soak } from './soak.ts';

describeWithSerf('a pool in which nothing happens', () => {
  let pool: MixedPool;

  beforeAll(async () => {
    pool = await MixedPool.start('local');
  });

  afterAll(() => pool.stop());

  test('suspects nobody for twenty seconds, while all probe all and exchange what they hold', async () => {
    const soak = new Soak(pool);
    await soak.run(20_000, 1, (tally) => {
      expect(tally).toMatchObject({
        suspicions: { ours: 0, theirs: 0 },
        refutations: { ours: 0, theirs: 0 },
        probesFailed: 0,
        exchangesFailed: 0,
        dropped: {},
      });
      // Each of our three probes once a second.
      expect(tally.probes).toBeGreaterThanOrEqual(3 * 18);
      expect(tally.exchanges).toBeGreaterThanOrEqual(3);
      expect(tally.alive).toEqual([...pool.agents, ...pool.nodes].map(({ name }) => `${name}: 6`));
    });
  }, 60_000);
});
