import { Names } from '../core/membership/names.ts';
import { lan } from '../core/membership/settings.ts';
import { SECOND, type Micros } from '../core/ports/clock.ts';
import { State } from '../core/wire/messages.ts';
import type { PeerState } from '../core/wire/messages.ts';
import type { Invariant } from '../simulator/invariant.ts';
import { membershipInvariants } from '../simulator/invariants/index.ts';
import type { MemberEvent } from '../simulator/member-events.ts';
import { memberProgram } from '../simulator/member.ts';
import type { Host, HostSpec, Program } from '../simulator/program.ts';
import { World } from '../simulator/world.ts';

/** Everybody introduces itself once; after this nothing but probes, their acks and push/pull is left. */
const WARM_UP = 40 * SECOND;
/** Neighbours on a shared machine come and go within seconds: the median tells of them, the best of us. */
const WINDOWS = 10;
const WINDOW = 60 * SECOND;
const MEASURED = WINDOWS * WINDOW;
const FORMATION_LIMIT = 600 * SECOND;

export interface SteadyResult {
  readonly nodes: number;
  readonly timesRealTime: number;
  readonly medianTimesRealTime: number;
  /** Datagrams and stream messages delivered per second of wall time. */
  readonly messagesPerSecond: number;
  readonly eventsPerSecond: number;
  readonly peakMegabytes: number;
}

export interface FormationResult {
  readonly nodes: number;
  readonly wallSeconds: number;
  /** Virtual time until every view lists everybody. */
  readonly formedSeconds: number;
}

/** A formed cluster at rest: trace and all membership invariants on, `lan` settings. */
export function steady(nodes: number): SteadyResult {
  const world = clusterOf(nodes, formedProgram(nodes), WARM_UP + MEASURED);
  world.runUntil(WARM_UP);
  const windows: Window[] = [];
  for (let window = 1; window <= WINDOWS; window++) windows.push(measured(world, WARM_UP + window * WINDOW));
  expectNoViolation(world);
  windows.sort((a, b) => b.timesRealTime - a.timesRealTime);
  const best = windows[0] as Window;
  const median = windows[WINDOWS / 2] as Window;
  return {
    nodes,
    ...best,
    medianTimesRealTime: median.timesRealTime,
    peakMegabytes: process.resourceUsage().maxRSS / 1_024,
  };
}

type Window = Pick<SteadyResult, 'timesRealTime' | 'messagesPerSecond' | 'eventsPerSecond'>;

function measured(world: World, until: Micros): Window {
  const before = { ...world.counters };
  const began = performance.now();
  world.runUntil(until);
  const seconds = (performance.now() - began) / 1_000;
  const { counters } = world;
  const messages = (of: typeof before): number => of.datagramsDelivered + of.streamMessages;
  return {
    timesRealTime: WINDOW / SECOND / seconds,
    messagesPerSecond: (messages(counters) - messages(before)) / seconds,
    eventsPerSecond: (counters.events - before.events) / seconds,
  };
}

/** Everybody starts at once and knows one seed. */
export function formation(nodes: number): FormationResult {
  const program = memberProgram({ settings: 'lan', names: new Names() });
  const { counter, entries } = entryCounter();
  const world = clusterOf(nodes, program, FORMATION_LIMIT, { seeds: 1, counter });
  const began = performance.now();
  while (entries() < nodes * nodes) {
    if (world.now() >= FORMATION_LIMIT) throw new Error(`${nodes} nodes did not find each other in time`);
    world.runUntil(world.now() + SECOND / 10);
  }
  const wallSeconds = (performance.now() - began) / 1_000;
  expectNoViolation(world);
  return { nodes, wallSeconds, formedSeconds: world.now() / SECOND };
}

/** Counts the members in all views together. */
function entryCounter(): { counter: Invariant; entries: () => number } {
  let entries = 0;
  const counter: Invariant = {
    id: 'entries',
    words: 'Never broken: counts the members in all views.',
    create: () => ({
      onEvent(_, event) {
        const { type, from, to } = event as Extract<MemberEvent, { type: 'transition' }>;
        if (type !== 'transition') return;
        if (from === undefined) entries += 1;
        if (to === undefined) entries -= 1;
      },
    }),
  };
  return { counter, entries: () => entries };
}

function clusterOf(
  nodes: number,
  program: Program,
  duration: number,
  { seeds = 0, counter }: { seeds?: number; counter?: Invariant } = {},
): World {
  const hosts = Array.from({ length: nodes }, (_, i): HostSpec => ({ name: nameOf(i), program, seed: i < seeds }));
  const invariants = [...membershipInvariants(lan), ...(counter === undefined ? [] : [counter])];
  return new World({ seed: 'bench', hosts, faults: [], duration, invariants });
}

const nameOf = (index: number): string => `n${index}`;

/** Members that start knowing one another, as if they had met long ago. */
function formedProgram(nodes: number): Program {
  const names = new Names();
  let program: Program | undefined;
  return (host) => {
    program ??= memberProgram({ settings: 'lan', names, known: everybody(host, nodes) });
    return program(host);
  };
}

function everybody(host: Host, nodes: number): PeerState[] {
  // What a member chooses for itself at its first boot.
  const incarnation = Math.floor(host.clock.wallTime() / 1_000);
  const meta = new Uint8Array(0);
  const vsn = Uint8Array.of(1, 5, 2, 2, 5, 4);
  return Array.from({ length: nodes }, (_, i) => {
    const about = Object.freeze({ name: nameOf(i), address: host.addressOf(nameOf(i))!, meta, vsn });
    return { about, incarnation, state: State.alive };
  });
}

/** A figure from a run that broke a rule would be the figure of a bug. */
function expectNoViolation(world: World): void {
  const [violation] = world.violations;
  if (violation !== undefined) throw new Error(`${violation.invariant}: ${violation.detail}`);
}
