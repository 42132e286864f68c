import { lifeguardWith, type LifeguardParts } from '../../../core/membership/settings.ts';
import { MILLISECOND, SECOND, type Micros } from '../../../core/ports/clock.ts';
import { State } from '../../../core/wire/messages.ts';
import type { Fault } from '../../../simulator/faults/fault.ts';
import type { LatencyModel } from '../../../simulator/latency.ts';
import type { Experiment } from '../../experiments/experiment.ts';
import { formedWorld, memberName } from '../../experiments/formed-world.ts';
import type { Cell } from './grid.ts';
import { agentSettings, agentTags } from './consul-agent.ts';
import { waitingWhereItSends } from './waiting-program.ts';

const MEMBERS = 128;
/** Introductions are over by then, and nothing but probes, acks and exchanges of state is left. */
const INTRODUCED: Micros = 15 * SECOND;
/** Everybody has probed everybody by then, so that all acks carry news. */
const ACQUAINTED: Micros = 150 * SECOND;
/** The anomaly is repeated for at least as long. */
const DISTURBED_MS = 120_000;
/** Machines of one data centre. Constant delays would fall in step with blocks of whole milliseconds. */
const LATENCY: LatencyModel = { kind: 'uniform', min: 100, max: 500 };

const NONE: LifeguardParts = { probe: false, suspicion: false, buddy: false };

/** The five columns of the paper's tables. */
export const CONFIGURATIONS = {
  SWIM: NONE,
  'LHA-Probe': { ...NONE, probe: true },
  'LHA-Suspicion': { ...NONE, suspicion: true },
  'Buddy System': { ...NONE, buddy: true },
  Lifeguard: { probe: true, suspicion: true, buddy: true },
} as const satisfies Readonly<Record<string, LifeguardParts>>;
export type Configuration = keyof typeof CONFIGURATIONS;

interface ReadingOfTestbed {
  /** Whether what a blocked member would send waits, and what would come of it too; otherwise it queues. */
  readonly waits: boolean;
  readonly health: 'formula' | 'memberlist';
  /** Whether members say of themselves what Consul agents do, and compress what they send. */
  readonly tags: boolean;
  readonly compress: boolean;
  /** What each message that a slow member sends or receives takes of the time in which it is free. */
  readonly perMessage: Micros;
  /** When the blocks begin. */
  readonly settled: Micros;
}

const FORMULA: ReadingOfTestbed = {
  waits: true,
  health: 'formula',
  tags: false,
  compress: false,
  perMessage: 0,
  settled: INTRODUCED,
};
const AGENTS: ReadingOfTestbed = { ...FORMULA, health: 'memberlist', tags: true, compress: true };

/** How the paper's testbed may be read: by the formulas that it gives, by the agents that it ran, and what depends on that. */
export const READINGS = {
  formula: FORMULA,
  agents: AGENTS,
  // Nothing but bytes depends on compression.
  'busy agents': { ...AGENTS, compress: false, perMessage: 10 },
  'sends queue': { ...FORMULA, waits: false },
  /** Members have long known each other. */
  acquainted: { ...FORMULA, settled: ACQUAINTED },
} as const satisfies Readonly<Record<string, ReadingOfTestbed>>;
export type Reading = keyof typeof READINGS;

export interface CellRun extends Cell {
  readonly configuration: Configuration;
  readonly reading: Reading;
  readonly seed: number;
  /** 128, as in the paper, unless said otherwise. */
  readonly members?: number;
}

export interface CellCounts {
  /** Failure events about members that were never slow, at any member (the paper's FP) … */
  readonly falsePositives: number;
  /** … and at such members alone (FP-). */
  readonly atHealthy: number;
  /** Datagrams sent and messages on streams. */
  readonly messages: number;
  readonly bytes: number;
}

/** Plays one cell of the grid from one seed. The configurations of a cell see the same blocks. */
export function playCell({ members = MEMBERS, ...run }: CellRun): CellCounts {
  const slow = Array.from({ length: run.slow }, (_, index) => memberName(members - 1 - index));
  const isSlow = new Set(slow);
  const { waits, health, tags, compress, perMessage, settled }: ReadingOfTestbed = READINGS[run.reading];
  const parts = CONFIGURATIONS[run.configuration];
  const rhythm = rhythmOf(run, settled);
  const busy: Fault[] =
    perMessage === 0
      ? []
      : [{ id: 'busy', at: settled, kind: 'slow', hosts: slow, perMessage, for: rhythm.end - settled }];
  let [falsePositives, atHealthy] = [0, 0];
  const world = formedWorld({
    seed: `lifeguard ${run.slow} ${run.blockMs} ${run.freeMs} ${run.seed}`,
    size: members,
    settings: health === 'memberlist' ? agentSettings(parts) : lifeguardWith(parts),
    duration: rhythm.end,
    latency: LATENCY,
    ...(tags && { metaOf: agentTags }),
    compress,
    faults: [
      ...rhythm.starts.map((at, index): Fault => {
        return { id: `block ${index}`, at, kind: 'pause', mode: 'ioBlock', hosts: slow, for: rhythm.block };
      }),
      ...busy,
    ],
    around: (program, name) =>
      waits && isSlow.has(name) ? waitingWhereItSends(program, rhythm.blockedUntil) : program,
    onEvent(host, event) {
      if (event.type !== 'transition' || event.to !== State.dead || event.from === State.dead) return;
      if (isSlow.has(event.subject)) return;
      falsePositives += 1;
      if (!isSlow.has(host.name)) atHealthy += 1;
    },
  });
  world.runUntil(settled);
  const before = { ...world.counters };
  world.run();
  const { datagramsSent, streamMessages, bytes } = world.counters;
  return {
    falsePositives,
    atHealthy,
    messages: datagramsSent + streamMessages - before.datagramsSent - before.streamMessages,
    bytes: bytes - before.bytes,
  };
}

function rhythmOf({ blockMs, freeMs }: Cell, settled: Micros) {
  const block = blockMs * MILLISECOND;
  const cycle = block + freeMs * MILLISECOND;
  const cycles = Math.ceil(DISTURBED_MS / (blockMs + freeMs));
  return {
    block,
    starts: Array.from({ length: cycles }, (_, index) => settled + index * cycle),
    end: settled + cycles * cycle,
    blockedUntil(now: Micros): Micros | undefined {
      const start = now - ((now - settled) % cycle);
      return now >= settled && now < start + block ? start + block : undefined;
    },
  };
}

export const lifeguardCell: Experiment<CellRun, CellCounts> = { name: 'papers/lifeguard-cell', measure: playCell };
