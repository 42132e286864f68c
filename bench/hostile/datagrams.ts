import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../node/statistics.ts';
import { scrape } from '../../test/hostile/scrape.ts';
import { droppedBetween } from './admin.ts';
import type { FloodOrder, Flooded } from './flood.ts';
import { cpuSeconds, kernelDrops, peakMegabytes } from './kernel.ts';
import { TARGET, type Seen } from './nodes.ts';
import { ANSWERED_WITHIN_MS } from './pinger.ts';
import { setUp, type Scene } from './scene.ts';
import { type Part, peaksBelow, percent, recovers, RECOVERY_SECONDS, type Verdict, whole } from './verdict.ts';

export interface FloodPlan {
  readonly title: string;
  readonly script: string;
  readonly datagrams: number;
  /** Per second; 0 for as many as can be sent. */
  readonly rate: number;
  readonly key?: Uint8Array;
}

/** Far above what a node needs, and far below what a flood that piles up would take. */
const PEAK_MEGABYTES = 256;
const ANSWERED_SHARE = 0.95;
/** The rate counts as held at this share of it. */
const HELD_SHARE = 0.98;

/** Floods a node with malformed datagrams and looks at what becomes of it. */
export async function datagrams({ title, script, datagrams: count, rate, key }: FloodPlan): Promise<Part> {
  const scene = await setUp(script, key);
  try {
    await sleep(2 * ANSWERED_WITHIN_MS);
    scene.pinger.collect();
    const before = await state(scene);
    const order: FloodOrder = {
      victim: { name: TARGET, address: scene.address, label: '' },
      datagrams: count,
      rate,
      seed: 'a million',
    };
    const flooded = await scene.attacker.ask<Flooded>('flood', order);
    const recovery = await scene.recovery(RECOVERY_SECONDS);
    const suffered = await scene.peers();
    // Those asked last have their time to answer too, and the last probe its turn.
    await sleep(3 * ANSWERED_WITHIN_MS);
    const after = await state(scene);
    const pings = scene.pinger.collect();
    const received =
      (after.metrics.get('rollcall_packets_received_total') ?? 0) -
      (before.metrics.get('rollcall_packets_received_total') ?? 0);
    const lost = after.kernelDrops - before.kernelDrops;
    const dropped = droppedBetween(before.metrics, after.metrics);
    const refused = dropped.reduce((sum, [, one]) => sum + one, 0);
    const probes = probesBetween(before.peers, after.peers);
    const peak = peakMegabytes(scene.pid);
    const cpu = after.cpu - before.cpu;
    const verdicts: Verdict[] = [
      ...(rate === 0 ? [] : atRate(flooded, rate, pings, probes)),
      recovers(recovery),
      {
        what: 'every datagram is received or dropped by the kernel',
        required: 'all',
        measured: percent(received + lost, flooded.sent),
        // What members say to one another is received as well.
        holds: received + lost >= flooded.sent,
      },
      peaksBelow(PEAK_MEGABYTES, peak),
    ];
    const latency = (share: number): string => `${(quantile(pings.latencies, share) / 1_000).toFixed(1)} ms`;
    const rows = [
      [
        'sent',
        whole(flooded.sent),
        `${(flooded.bytes / 1e6).toFixed(0)} MB in ${flooded.seconds.toFixed(1)} s`,
        `${whole(flooded.sent / flooded.seconds)} per second`,
      ],
      ['received by the node', whole(received), percent(received, flooded.sent)],
      ['dropped by the kernel', whole(lost), percent(lost, flooded.sent)],
      ['dropped by the node', whole(refused), percent(refused, received)],
      ...dropped.map(([reason, one]) => [`  ${reason}`, whole(one), percent(one, received)]),
      ['pings answered in time', `${pings.inTime} of ${pings.asked}`, percent(pings.inTime, pings.asked)],
      ['their latency', `median ${latency(0.5)}`, `99 % ${latency(0.99)}`, `most ${latency(1)}`],
      ["peers' probes answered in time", `${probes.inTime} of ${probes.asked}`, percent(probes.inTime, probes.asked)],
      [
        'suspicions, deaths among the peers',
        `${after.peers.suspected - before.peers.suspected}`,
        `${after.peers.failed - before.peers.failed}`,
        `at the end of the flood ${suffered.suspected - before.peers.suspected}`,
      ],
      [
        'suspicions, deaths in the node',
        `${after.target.suspected - before.target.suspected}`,
        `${after.target.failed - before.target.failed}`,
      ],
      [
        'processor',
        `${cpu.toFixed(1)} s`,
        percent(cpu, flooded.seconds),
        `${((cpu / received) * 1e6).toFixed(1)} us per datagram`,
      ],
    ];
    return { title, rows, verdicts };
  } finally {
    await scene.end();
  }
}

interface Answered {
  readonly asked: number;
  readonly inTime: number;
}

function atRate(flooded: Flooded, rate: number, pings: Answered, probes: Answered): Verdict[] {
  const achieved = flooded.sent / flooded.seconds;
  const answered = (what: string, { asked, inTime }: Answered): Verdict => ({
    what,
    required: `95 % within ${ANSWERED_WITHIN_MS} ms`,
    measured: percent(inTime, asked),
    holds: asked > 0 && inTime >= ANSWERED_SHARE * asked,
  });
  return [
    {
      what: 'the rate was held',
      required: `${whole(rate)} per second`,
      measured: whole(achieved),
      holds: achieved >= HELD_SHARE * rate,
    },
    answered('pings answered', pings),
    answered("peers' probes answered", probes),
  ];
}

function probesBetween(before: Seen, after: Seen): Answered {
  const answered = after.roundTrips.slice(before.roundTrips.length);
  const inTime = answered.filter((one) => one <= ANSWERED_WITHIN_MS * 1_000).length;
  return { asked: answered.length + after.unanswered - before.unanswered, inTime };
}

async function state(scene: Scene) {
  return {
    metrics: await scrape(scene.admin),
    kernelDrops: kernelDrops(scene.address),
    peers: await scene.peers(),
    target: await scene.target(),
    cpu: cpuSeconds(scene.pid),
  };
}
