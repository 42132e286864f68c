import { Names } from '../../core/membership/names.ts';
import type { MembershipSettings } from '../../core/membership/settings.ts';
import { MILLISECOND, type Micros } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import { swarmSchedule } from '../../simulator/faults/swarm.ts';
import { boundsFor, withMargin } from '../../simulator/invariants/bounds.ts';
import { membershipInvariants } from '../../simulator/invariants/index.ts';
import type { LatencyModel } from '../../simulator/latency.ts';
import { memberProgram } from '../../simulator/member.ts';
import type { HostSpec } from '../../simulator/program.ts';
import { defineScenario } from '../define.ts';
import { hostNames } from './cluster.ts';
import { endOf, schedule, seconds, type Step } from './schedule.ts';
import { withoutMoving } from './swarm.ts';
import { drawSettings, settingsWith } from './wild-settings.ts';

const MOST_HOSTS = 32;
const ZONES = ['east', 'west', 'south'];

/** Settings without healing promise no view in the end; so much time is left to break what they do promise. */
const CALM_WITHOUT_PROMISE = seconds(60);

interface Window {
  readonly from: Micros;
  readonly until: Micros;
}

/** How long a datagram may take so that the slowest way there and back, over a relay too, ends within the timeout. */
function drawLatency(random: Random, { probeTimeoutMs }: MembershipSettings): LatencyModel {
  const most = Math.floor((probeTimeoutMs * MILLISECOND) / 10);
  const some = (share: number) => 1 + Math.floor((most * (1 + random.int(100))) / (100 * share));
  const model = (): LatencyModel => {
    switch (random.int(4)) {
      case 0:
        return { kind: 'constant', delay: some(1) };
      case 1:
        return { kind: 'exponential', min: some(4), mean: some(16) };
      case 2:
        return { kind: 'lognormal', median: some(8), sigmaPerMille: random.int(1_000) };
      default: {
        const min = some(2);
        return { kind: 'uniform', min, max: min + some(2) };
      }
    }
  };
  if (random.chance([1, 2])) return model();
  const pairs = ZONES.flatMap((from) => ZONES.map((to) => [`${from}>${to}`, model()] as const));
  return { kind: 'zones', pairs: Object.fromEntries(pairs), otherwise: model() };
}

/** When each host starts: all at once, or the first few and the others late, one by one or all together. */
function drawStarts(random: Random, hosts: number, { from, until }: Window): Micros[] {
  const first = 1 + random.int(hosts);
  const moment = () => from + Math.floor(((until - from) * random.int(101)) / 100);
  const together = moment();
  const how = random.pick(['at once', 'at once', 'mass join', 'one by one'] as const);
  return Array.from({ length: hosts }, (_, index) => {
    if (how === 'at once' || index < first) return 0;
    return how === 'mass join' ? together : moment();
  });
}

/** What the members do themselves: they change what they say of themselves, talk, leave and return. */
function life(random: Random, names: readonly string[], { from, until }: Window): Step[] {
  const at = () => from + Math.floor(((until - from) * random.int(1_001)) / 1_000);
  const one = () => [random.pick(names)];
  const times = (most: number) => Array.from({ length: random.int(most + 1) }, (_, index) => index + 1);
  const told = (command: string, argument?: unknown): Step => ({
    kind: 'command',
    at: at(),
    hosts: one(),
    command,
    ...(argument === undefined ? {} : { argument }),
  });
  return [
    ...times(3).map(() => told('update', 'x'.repeat(random.int(200)))),
    ...times(5).map((nth) => told('broadcast', `news ${nth}`)),
    ...times(3).map((nth) => told('send', { to: random.pick(names), text: `word ${nth}` })),
    ...times(3).map((nth) => told('sendReliable', { to: random.pick(names), text: `letter ${nth}` })),
    ...times(3).flatMap((): Step[] => {
      const goes = told(random.chance([3, 4]) ? 'leave' : 'stop');
      const away = Math.floor(((until - from) * (1 + random.int(50))) / 100);
      return [goes, { ...goes, at: goes.at + away, command: 'join' } as Step];
    }),
  ];
}

export const wild = defineScenario({
  name: 'wild',
  summary:
    'everything drawn: 2 to 32 hosts in zones, their starts, settings, keys and packet sizes, and what befalls them',
  anySchedule: true,
  sometimes: [
    'suspected',
    'declared-dead',
    'refuted',
    'rejoined',
    'forgotten',
    'left',
    'address-changed',
    'metadata-changed',
    'health-rose',
    'health-recovered',
    'broadcast-relayed',
    'message-delivered',
  ],
  stage({ random, settings: given }) {
    const changes = given ?? drawSettings(random.fork('settings'));
    const settings = settingsWith(changes);
    const topology = random.fork('topology');
    // The smaller of two draws: most bugs need few hosts, and small worlds are cheap.
    const count = 2 + Math.min(topology.int(MOST_HOSTS - 1), topology.int(MOST_HOSTS - 1));
    const names = hostNames(count);
    const seeds = Math.min(count, 1 + topology.int(3));
    const key = Uint8Array.from({ length: 32 }, () => topology.int(256));
    const keys = topology.chance([1, 4]) ? [key] : undefined;
    const slack = topology.pick([0, 0, 100]);

    // Slow settings get more time for as many turns.
    const turn = Math.max(seconds(1), settings.probeIntervalMs * MILLISECOND);
    const shape = random.fork('shape');
    const from = turn * shape.pick([0, 8, 8]);
    const window = { from, until: from + turn * (20 + shape.int(50)) };
    const starts = drawStarts(random.fork('starts'), count, window);
    const chaos = swarmSchedule(random.fork('chaos'), names, window);
    const known = names.slice(0, seeds);
    const faults = [
      ...chaos.map((fault) => withoutMoving(fault, known)),
      ...schedule(life(random.fork('life'), names, window)),
    ].toSorted((a, b) => a.at - b.at);

    const interned = new Names();
    const program = memberProgram({ settings, names: interned, ...(keys === undefined ? {} : { keys }) });
    const hosts = names.map((name, index): HostSpec => {
      const zone = ZONES[index % ZONES.length] as string;
      return { name, program, zone, seed: index < seeds, startAt: starts[index] as Micros };
    });
    const { converged } = boundsFor(settings, count);
    const calm = Number.isFinite(converged) ? withMargin(converged) + seconds(5) : CALM_WITHOUT_PROMISE;
    return {
      hosts,
      faults,
      duration: Math.max(endOf(faults), ...starts) + calm,
      latency: drawLatency(random.fork('latency'), settings),
      mtu: settings.packetBytes + slack,
      settings: changes,
      invariants: membershipInvariants(settings),
    };
  },
});
