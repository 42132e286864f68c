import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../core/ports/log.ts';
import { seededRandom } from '../../core/random.ts';
import { Kind } from '../../core/wire/messages.ts';
import { placeOf } from '../../transports/sockets/place.ts';
import { startNode } from '../../transports/start-node.ts';
import { scrape } from './scrape.ts';
import { storm } from './streams.ts';

const BOUNDS = [{ streams_max: 32 }, { stream_timeout_ms: 400 }] as const;

async function started(name: string, seeds: readonly string[], network: object, membership: object) {
  const cluster = {
    node_id: name,
    listen_addr: '127.0.0.1:0',
    seeds,
    network,
    membership,
  };
  const node = await startNode({ cluster, admin: { bind: '127.0.0.1:0' } }, { log: silentLog });
  onTestFinished(() => node.stop());
  return node;
}

test('300 malformed and slow streams: never more than 32 are open, all are cut in time, and honest ones get through', async () => {
  const target = await started('target', [], ...BOUNDS);
  const peer = await started('peer', [target.address], ...BOUNDS);
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
  const { longest, heard } = await storm({
    address: target.address,
    streams: 300,
    atOnce: 64,
    random: seededRandom('storm'),
  });
  storming = false;
  await watching;

  expect(heard).toBe(0);
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

test('streams that fill the memory with messages which never end are cut before their time', async () => {
  const target = await started('target', [], {}, { stream_timeout_ms: 30_000 });
  const { host, port } = placeOf(target.address);
  const { dropped } = target.membership.counters;
  // As long as a message may be, and all of it but the end.
  const length = 19 * 1024 * 1024;
  const bytes = new Uint8Array(length);
  bytes.set([Kind.user, 0x81, 0xaa, ...Buffer.from('UserMsgLen'), 0xce, length >>> 24, (length >> 16) & 255, 0, 0]);
  const sockets = Array.from({ length: 6 }, () => connect({ host, port }).on('error', () => {}));
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  for (const socket of sockets) socket.write(bytes);
  // Three of them fit, six do not.
  await expect.poll(() => dropped['too-large'], { timeout: 4_000 }).toBeGreaterThanOrEqual(1);
});
