import { scrape } from '../../test/hostile/scrape.ts';
import { droppedBetween } from './admin.ts';
import type { FillOrder, Filled } from './fill.ts';
import { peakMegabytes } from './kernel.ts';
import { setUp } from './scene.ts';
import { exchangesAgain, type Part, peaksBelow, recovers, RECOVERY_SECONDS, whole } from './verdict.ts';

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
    const recovery = await scene.recovery(RECOVERY_SECONDS);
    const exchanged = await scene.exchange();
    const after = await scrape(scene.admin);
    const peak = peakMegabytes(scene.pid);
    const rows = [
      ['streams opened', whole(filled.streams), `${AT_ONCE} at once`],
      ['bytes sent', `${whole(filled.bytes / 1e6)} MB`, `in ${seconds} s`],
      ...droppedBetween(before, after).map(([reason, one]) => [`cut: ${reason}`, whole(one)]),
    ];
    const verdicts = [peaksBelow(PEAK_MEGABYTES, peak), recovers(recovery), exchangesAgain(exchanged)];
    return { title: 'Streams of messages that are as long as allowed and never end', rows, verdicts };
  } finally {
    await scene.end();
  }
}
