import { scrape } from '../../test/hostile/scrape.ts';
import { droppedBetween } from './admin.ts';
import type { FillOrder, Filled } from './fill.ts';
import { peakMegabytes } from './kernel.ts';
import { setUp } from './scene.ts';
import { whole, type Part } from './verdict.ts';

const AT_ONCE = 600;
/** 64 MiB may be kept, twice that while a buffer grows; the rest is what the collector has not got to yet. */
const PEAK_MEGABYTES = 768;

/** Fills a node with messages that never end: without a bound they could take 10 GB. */
export async function memory(script: string, seconds: number): Promise<Part> {
  const scene = await setUp(script);
  try {
    const before = await scrape(scene.admin);
    const order: FillOrder = { address: scene.address, atOnce: AT_ONCE, seconds };
    const filled = await scene.attacker.ask<Filled>('fill', order);
    const recovery = await scene.recovery(2);
    const exchanged = await scene.exchange();
    const after = await scrape(scene.admin);
    const peak = peakMegabytes(scene.pid);
    const rows = [
      ['streams opened', whole(filled.streams), `${AT_ONCE} at once`],
      ['bytes sent', `${whole(filled.bytes / 1e6)} MB`, `in ${seconds} s`],
      ...droppedBetween(before, after).map(([reason, one]) => [`cut: ${reason}`, whole(one)]),
    ];
    const verdicts = [
      {
        what: 'peak memory',
        required: `at most ${PEAK_MEGABYTES} MB`,
        measured: `${peak.toFixed(0)} MB`,
        holds: peak <= PEAK_MEGABYTES,
      },
      {
        what: 'ready, healthy, answering and held alive by all',
        required: 'within 2 s',
        measured: recovery === undefined ? 'no' : `after ${recovery.toFixed(2)} s`,
        holds: recovery !== undefined,
      },
      {
        what: 'a peer exchanges state again',
        required: 'yes',
        measured: exchanged === undefined ? 'no' : `in ${exchanged.toFixed(0)} ms`,
        holds: exchanged !== undefined,
      },
    ];
    return { title: 'Streams of messages that are as long as allowed and never end', rows, verdicts };
  } finally {
    await scene.end();
  }
}
