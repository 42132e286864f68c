import { MILLISECOND, type Micros, SECOND } from '../../core/ports/clock.ts';
import type { Random, Ratio } from '../../core/ports/random.ts';
import {
  bridge,
  cascading,
  flapping,
  flipFlopIngressLoss,
  isolate,
  oneWay,
  ring,
  rollingRestart,
  split,
  swizzle,
  type Window,
} from './compose.ts';
import type { Fault, LinkHarm } from './fault.ts';

interface Draw {
  readonly id: string;
  readonly random: Random;
  readonly hosts: readonly string[];
  readonly window: Window;
}

/** Makes one occurrence of a class of faults, over at the end of its window. */
type FaultClass = (draw: Draw) => Fault[];

/**
 * Random chaos on these hosts, all of it between `from` and `until`: a random subset of all classes of faults, each
 * once to three times with random targets, times and parameters. At `until` every host that was up is up again, no
 * host is paused or slow, clocks run true, and the network is clean.
 */
export function swarmSchedule(
  random: Random,
  hosts: readonly string[],
  { from, until }: { readonly from: Micros; readonly until: Micros },
): Fault[] {
  // Each class draws from a stream of its own: one class more or less leaves the others as they are.
  const names = Object.keys(CLASSES);
  const chosen = names.filter((name) => random.fork(`choose ${name}`).chance([1, 3]));
  if (chosen.length === 0) chosen.push(random.fork('at least one').pick(names));
  const faults = chosen.flatMap((name) => {
    const own = random.fork(name);
    const times = 1 + own.int(3);
    return Array.from({ length: times }, (_, index) => {
      const window = windowWithin(own, from, until);
      return (CLASSES[name] as FaultClass)({ id: `${name}-${index + 1}`, random: own, hosts, window });
    }).flat();
  });
  return faults.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

const CLASSES: Readonly<Record<string, FaultClass>> = {
  crash: ({ id, random, hosts, window }) => {
    const crashed = someOf(random, hosts, 3);
    const [keepStore, newAddress] = [random.chance([1, 2]), random.chance([1, 4])];
    const up = window.at + window.for;
    return [
      { id, kind: 'crash', at: window.at, hosts: crashed },
      { id: `${id}-restarted`, kind: 'restart', at: up, hosts: crashed, keepStore, newAddress },
    ];
  },
  'rolling-restart': ({ id, random, hosts, window }) => {
    const rolled = someOf(random, hosts, 2);
    const every = Math.floor(window.for / (rolled.length + 1));
    const [keepStore, newAddress] = [random.chance([1, 2]), random.chance([1, 4])];
    return rollingRestart(id, rolled, { at: window.at, every, down: Math.floor(every / 2), keepStore, newAddress });
  },
  pause: ({ id, random, hosts, window }) => [
    { id, kind: 'pause', hosts: someOf(random, hosts, 4), mode: random.pick(['ioBlock', 'freeze']), ...window },
  ],
  slow: ({ id, random, hosts, window }) => [
    { id, kind: 'slow', hosts: someOf(random, hosts, 3), perMessage: MILLISECOND * (1 + random.int(100)), ...window },
  ],
  clock: ({ id, random, hosts, window }) => {
    const struck = someOf(random, hosts, 2);
    const jumpMs = random.int(7_200_001) - 3_600_000;
    const driftPpm = random.int(20_001) - 10_000;
    return [
      { id, kind: 'clock', at: window.at, hosts: struck, jumpMs, driftPpm },
      { id: `${id}-mended`, kind: 'clock', at: window.at + window.for, hosts: struck, jumpMs: -jumpMs, driftPpm: 0 },
    ];
  },
  split: ({ id, random, hosts, window }) => split(id, twoSides(random, hosts), window),
  'split-datagrams': ({ id, random, hosts, window }) =>
    split(id, twoSides(random, hosts), window).map((fault) => Object.assign(fault, { only: 'datagram' as const })),
  'split-streams': ({ id, random, hosts, window }) =>
    split(id, twoSides(random, hosts), window).map((fault) => Object.assign(fault, { only: 'stream' as const })),
  'one-way': ({ id, random, hosts, window }) => {
    const [from, to] = twoSides(random, hosts);
    return oneWay(id, from, to, window);
  },
  isolate: ({ id, random, hosts, window }) => isolate(id, random.pick(hosts), hosts, window),
  bridge: ({ id, random, hosts, window }) => bridge(id, random.shuffle([...hosts]), random.pick(hosts), window),
  ring: ({ id, random, hosts, window }) => ring(id, random.shuffle([...hosts]), window),
  flapping: ({ id, random, hosts, window }) => {
    const sides = twoSides(random, hosts);
    const rhythm = { on: SECOND * (1 + random.int(10)), off: SECOND * (1 + random.int(10)) };
    return flapping(id, window, rhythm, (turn, part) => split(turn, sides, part));
  },
  cascading: ({ id, random, hosts, window }) => cascading(id, someOf(random, hosts, 2), hosts, window),
  swizzle: ({ id, random, hosts, window }) => swizzle(id, random, hosts, window),
  'flip-flop': ({ id, random, hosts, window }) =>
    flipFlopIngressLoss(id, someOf(random, hosts, 5), window, { on: 20 * SECOND, off: 20 * SECOND }),
  loss: ({ id, random, hosts, window }) => harmed(id, random, hosts, window, { loss: upTo(random, 50) }),
  burst: ({ id, random, hosts, window }) =>
    harmed(id, random, hosts, window, {
      burst: { enter: upTo(random, 20), leave: upTo(random, 50), loss: upTo(random, 100), slot: 100 * MILLISECOND },
    }),
  duplicate: ({ id, random, hosts, window }) => harmed(id, random, hosts, window, { duplicate: upTo(random, 50) }),
  reorder: ({ id, random, hosts, window }) =>
    harmed(id, random, hosts, window, { reorder: { chance: upTo(random, 50), by: SECOND } }),
  corrupt: ({ id, random, hosts, window }) => harmed(id, random, hosts, window, { corrupt: upTo(random, 20) }),
  truncate: ({ id, random, hosts, window }) => harmed(id, random, hosts, window, { truncate: upTo(random, 20) }),
  delay: ({ id, random, hosts, window }) =>
    harmed(id, random, hosts, window, { delay: MILLISECOND * (1 + random.int(1000)) }),
  bandwidth: ({ id, random, hosts, window }) =>
    harmed(id, random, hosts, window, { bytesPerSecond: 1000 * (1 + random.int(100)) }),
  streams: ({ id, random, hosts, window }) => [
    {
      id,
      kind: 'stream',
      hosts: someOf(random, hosts, 3),
      effect: random.pick(['refuse', 'reset', 'stall', 'half-open']),
      ...window,
    },
  ],
};

function harmed(id: string, random: Random, hosts: readonly string[], window: Window, harm: LinkHarm): Fault[] {
  switch (random.int(3)) {
    case 0:
      return [{ id, kind: 'link', ...harm, ...window }];
    case 1:
      return [{ id, kind: 'link', from: someOf(random, hosts, 3), ...harm, ...window }];
    default:
      return [{ id, kind: 'link', to: someOf(random, hosts, 3), ...harm, ...window }];
  }
}

function windowWithin(random: Random, from: Micros, until: Micros): Window {
  const at = from + fraction(random, Math.floor(((until - from) * 3) / 4));
  return { at, for: 1 + fraction(random, until - at - 1) };
}

/** A random part of a span of any length, to a millionth of it. */
function fraction(random: Random, span: Micros): Micros {
  return Math.floor((random.int(1_000_001) * Math.max(0, span)) / 1_000_000);
}

/** At least one host, at most one in `share`. */
function someOf(random: Random, hosts: readonly string[], share: number): string[] {
  const most = Math.max(1, Math.floor(hosts.length / share));
  return random.shuffle([...hosts]).slice(0, 1 + random.int(most));
}

function twoSides(random: Random, hosts: readonly string[]): [string[], string[]] {
  const shuffled = random.shuffle([...hosts]);
  const cut = 1 + random.int(Math.max(1, hosts.length - 1));
  return [shuffled.slice(0, cut), shuffled.slice(cut)];
}

/** A chance of at most so many percent. */
function upTo(random: Random, percent: number): Ratio {
  return [1 + random.int(percent), 100];
}
