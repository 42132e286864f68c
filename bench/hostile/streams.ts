import { setTimeout as sleep } from 'node:timers/promises';
import type { Stormed } from '../../test/hostile/streams.ts';
import { scrape } from '../../test/hostile/scrape.ts';
import { droppedBetween } from './admin.ts';
import { cpuSeconds, openFiles, peakMegabytes } from './kernel.ts';
import { setUp } from './scene.ts';
import type { StormOrder } from './storm.ts';
import { exchangesAgain, type Part, peaksBelow, percent, recovers, RECOVERY_SECONDS, whole } from './verdict.ts';

export interface StormPlan {
  readonly script: string;
  readonly streams: number;
}

const AT_ONCE = 700;
const STREAMS_MAX = 512;
/** Connections that are cut at once, and those of the peers and of whoever reads the metrics, have a file too for a moment. */
const OTHER_FILES = 32;
const DEADLINE_MS = 1_000;
/** A shared machine is late now and then. */
const LATE_MS = 500;
const PEAK_MEGABYTES = 256;
const SAMPLE_MS = 25;

/** Opens malformed and slow streams, more at once than a node serves, and looks at what becomes of it. */
export async function streams({ script, streams: count }: StormPlan): Promise<Part> {
  const scene = await setUp(script);
  try {
    const idle = openFiles(scene.pid);
    const before = await scrape(scene.admin);
    const peersBefore = await scene.peers();
    const cpuBefore = cpuSeconds(scene.pid);
    let [mostFiles, mostOpen, storming] = [0, 0, true];
    const watch = async (): Promise<void> => {
      while (storming) {
        mostFiles = Math.max(mostFiles, openFiles(scene.pid) - idle);
        mostOpen = Math.max(mostOpen, (await scrape(scene.admin)).get('rollcall_streams_open') ?? 0);
        await sleep(SAMPLE_MS);
      }
    };
    const watching = watch();
    const order: StormOrder = { address: scene.address, streams: count, atOnce: AT_ONCE, seed: 'ten thousand' };
    const stormed = await scene.attacker.ask<Stormed>('storm', order);
    storming = false;
    await watching;
    const ended = performance.now();
    const left = async (): Promise<number> => (await scrape(scene.admin)).get('rollcall_streams_open') ?? 0;
    while ((await left()) > 0 && performance.now() - ended < 5_000) await sleep(SAMPLE_MS);
    const emptied = performance.now() - ended;
    const remaining = await left();
    const recovery = await scene.recovery(RECOVERY_SECONDS);
    const exchanged = await scene.exchange();
    const after = await scrape(scene.admin);
    const peers = await scene.peers();
    const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const peak = peakMegabytes(scene.pid);
    const [refused, accepted] = [grown('rollcall_streams_refused_total'), grown('rollcall_streams_accepted_total')];
    const rows = [
      ['streams opened', whole(count), `${AT_ONCE} at once`, `in ${stormed.seconds.toFixed(1)} s`],
      ['accepted', whole(accepted), 'those of the peers included'],
      ['refused: too many open', whole(refused)],
      ['cut: too slow', whole(grown('rollcall_stream_timeouts_total'))],
      ...droppedBetween(before, after).map(([reason, one]) => [`cut: ${reason}`, whole(one)]),
      [
        'suspicions, deaths among the peers',
        `${peers.suspected - peersBefore.suspected}`,
        `${peers.failed - peersBefore.failed}`,
      ],
      [
        'processor',
        `${(cpuSeconds(scene.pid) - cpuBefore).toFixed(1)} s`,
        percent(cpuSeconds(scene.pid) - cpuBefore, stormed.seconds),
      ],
    ];
    const verdicts = [
      {
        what: 'streams open at once',
        required: `at most ${STREAMS_MAX}`,
        measured: whole(mostOpen),
        holds: mostOpen <= STREAMS_MAX,
      },
      {
        what: 'file descriptors that the kernel holds for them',
        required: `at most ${STREAMS_MAX} and ${OTHER_FILES} others`,
        measured: whole(mostFiles),
        holds: mostFiles <= STREAMS_MAX + OTHER_FILES,
      },
      {
        what: 'the longest that a stream stayed',
        required: `${DEADLINE_MS} ms, and ${LATE_MS} for being late`,
        measured: `${stormed.longest.toFixed(0)} ms`,
        holds: stormed.longest <= DEADLINE_MS + LATE_MS,
      },
      {
        what: 'every stream was accepted or refused, and counted',
        required: 'all',
        measured: percent(accepted + refused, count),
        holds: accepted + refused >= count,
      },
      {
        what: 'streams left over',
        required: 'none',
        measured: `${remaining} after ${emptied.toFixed(0)} ms`,
        holds: remaining === 0,
      },
      recovers(recovery),
      exchangesAgain(exchanged),
      peaksBelow(PEAK_MEGABYTES, peak),
    ];
    return { title: 'Malformed and slow streams', rows, verdicts };
  } finally {
    await scene.end();
  }
}
