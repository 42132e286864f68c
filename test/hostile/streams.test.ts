import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../core/ports/log.ts';
import { seededRandom } from '../../core/random.ts';
import { startNode } from '../../transports/start-node.ts';
import { scrape } from './scrape.ts';
import { storm } from './streams.ts';

test('300 malformed and slow streams: never more than 32 are open, all are cut in time, and honest ones get through', async () => {
  const start = async (name: string, seeds: readonly string[]) => {
    const cluster = {
      node_id: name,
      listen_addr: '127.0.0.1:0',
      seeds,
      membership: { stream_timeout_ms: 400 },
      network: { streams_max: 32 },
    };
    const node = await startNode({ cluster, admin: { bind: '127.0.0.1:0' } }, { log: silentLog });
    onTestFinished(() => node.stop());
    return node;
  };
  const target = await start('target', []);
  const peer = await start('peer', [target.address]);
  const admin = target.admin!;
  const read = async (name: string): Promise<number> => (await scrape(admin)).get(`rollcall_${name}`) ?? Number.NaN;
  const before = await scrape(admin);

  let [most, storming] = [0, true];
  const watching = (async () => {
    while (storming) {
      most = Math.max(most, await read('streams_open'));
      await sleep(5);
    }
  })();
  const { longest, unreached } = await storm({
    address: target.address,
    streams: 300,
    atOnce: 64,
    random: seededRandom('storm'),
  });
  storming = false;
  await watching;

  expect(unreached).toBe(0);
  expect(most).toBeGreaterThan(16);
  expect(most).toBeLessThanOrEqual(32);
  expect(longest).toBeLessThan(400 + 600);
  await expect.poll(() => read('streams_open'), { timeout: 2_000 }).toBe(0);
  const after = await scrape(admin);
  const grown = (name: string): number => (after.get(`rollcall_${name}`) ?? 0) - (before.get(`rollcall_${name}`) ?? 0);
  expect(grown('streams_accepted_total') + grown('streams_refused_total')).toBeGreaterThanOrEqual(300);
  expect(grown('streams_refused_total')).toBeGreaterThan(0);
  expect(grown('stream_timeouts_total')).toBeGreaterThan(0);
  for (const reason of ['unknown-kind', 'too-large', 'too-many']) {
    expect(grown(`dropped_total{reason="${reason}"}`), reason).toBeGreaterThan(0);
  }
  const { contacted } = await peer.membership.join([target.address]);
  expect(contacted).toEqual([target.address]);
});
