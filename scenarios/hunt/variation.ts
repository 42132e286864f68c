import type { Micros } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import { type Fault } from '../../simulator/faults/fault.ts';
import { endOf } from '../builtin/schedule.ts';
import type { Edit } from '../edit.ts';
import { withoutHosts } from '../edit.ts';
import type { Stage } from '../scenario.ts';
import { leftAs } from './left-as.ts';

/** What a schedule may become: beyond this many faults, variations of variations add nothing but time. */
const MOST_FAULTS = 300;
const MOST_CHANGES = 4;

/** What members may be told at any time. Anything else that a program is told is a step of its story, and stays. */
const AT_ANY_TIME: ReadonlySet<string> = new Set([
  'leave',
  'stop',
  'join',
  'update',
  'broadcast',
  'send',
  'sendReliable',
]);

interface Draft {
  readonly random: Random;
  readonly faults: readonly Fault[];
  /** Of another run of the scenario, on hosts of this one. */
  readonly others: readonly Fault[];
  /** Faults begin no later than this. */
  readonly end: Micros;
}

/** One way to change a schedule; what may not be changed has been taken out before. */
const CHANGES: readonly ((draft: Draft) => readonly Fault[])[] = [
  /* drop */ ({ random, faults }) => {
    const gone = new Set(some(random, faults, Math.ceil(faults.length / 2)));
    return faults.filter((fault) => !gone.has(fault));
  },
  /* add from another draw */ ({ random, faults, others }) => [...faults, ...some(random, others, MOST_CHANGES)],
  /* move */ ({ random, faults, end }) => {
    const moved = new Set(some(random, faults, MOST_CHANGES));
    return faults.map((fault) => (moved.has(fault) ? { ...fault, at: moment(random, end) } : fault));
  },
  /* widen or narrow */ ({ random, faults }) => {
    const stretched = new Set(some(random, faults, MOST_CHANGES));
    return faults.map((fault) =>
      stretched.has(fault) && 'for' in fault ? { ...fault, for: scaled(fault.for, random) } : fault,
    );
  },
  /* repeat */ ({ random, faults, end }) => [
    ...faults,
    ...some(random, faults, MOST_CHANGES).map((fault) => ({ ...fault, at: moment(random, end) })),
  ],
  /* all of it faster or slower */ ({ random, faults }) => {
    const [part, whole] = random.pick([
      [1, 2],
      [2, 3],
      [3, 2],
      [2, 1],
    ] as const);
    const pace = (time: Micros) => Math.floor((time * part) / whole);
    return faults.map((fault) =>
      'for' in fault ? { ...fault, at: pace(fault.at), for: pace(fault.for) } : { ...fault, at: pace(fault.at) },
    );
  },
];

/**
 * Another run like this one, as an edit: its schedule changed in one to four ways, with parts of another run's. In the
 * end the hosts are left as the original schedule leaves them, and as much calm follows, so that whatever holds for
 * the one holds for the other. `most` bounds the time at which the last fault is over.
 */
export function vary(random: Random, stage: Stage, other: Stage, most: Micros): Edit {
  const end = Math.max(1, endOf(stage.faults));
  const others = onHostsOf(stage, other.faults.filter(isFree));
  const changes = Array.from({ length: 1 + random.int(MOST_CHANGES) }, () => random.pick(CHANGES));
  let free: readonly Fault[] = stage.faults.filter(isFree);
  for (const change of changes) {
    free = change({ random, faults: free, others, end }).slice(0, MOST_FAULTS);
  }
  const fixed = stage.faults.filter((fault) => !isFree(fault));
  const faults = leftAs(stage.faults, inOrder([...fixed, ...free.map((fault) => within(fault, most))]));
  const calm = stage.duration - lastTouch(stage, stage.faults);
  return {
    faults,
    duration: lastTouch(stage, faults) + calm + (random.chance([1, 4]) ? Math.floor(calm / 2) : 0),
    ...(stage.settings === undefined ? {} : { settings: stage.settings }),
  };
}

/** Settings that the stage would be built with instead: one of them taken back, or one taken from another draw. */
export function varySettings(random: Random, { settings }: Stage, other: Stage): Stage['settings'] {
  if (settings === undefined || random.chance([2, 3])) return settings;
  const [taken, given] = [Object.entries(settings), Object.entries(other.settings ?? {})];
  if (given.length > 0 && random.chance([1, 2])) return Object.fromEntries([...taken, random.pick(given)]);
  const back = taken.length > 0 ? random.pick(taken) : undefined;
  return Object.fromEntries(taken.filter((one) => one !== back));
}

function isFree(fault: Fault): boolean {
  return fault.kind !== 'command' || AT_ANY_TIME.has(fault.command);
}

/** Faults of another topology, as far as their hosts are in this one; seeds stay where they are written down. */
function onHostsOf({ hosts }: Stage, faults: readonly Fault[]): Fault[] {
  const names = new Set(hosts.map(({ name }) => name));
  const seeds = new Set(hosts.flatMap(({ name, seed }) => (seed === true ? [name] : [])));
  const strangers = [...new Set(faults.flatMap(namedIn))].filter((name) => !names.has(name));
  return withoutHosts(faults, strangers).map((fault) =>
    fault.kind === 'restart' && fault.hosts.some((name) => seeds.has(name)) ? { ...fault, newAddress: false } : fault,
  );
}

function namedIn(fault: Fault): readonly string[] {
  if (fault.kind === 'partition') return fault.groups.flat();
  if (fault.kind === 'block' || fault.kind === 'link') return [...(fault.from ?? []), ...(fault.to ?? [])];
  return fault.hosts;
}

function within(fault: Fault, most: Micros): Fault {
  const at = Math.min(fault.at, most);
  return 'for' in fault ? { ...fault, at, for: Math.min(fault.for, most - at) } : { ...fault, at };
}

/** By time, and each with an id of its own. */
function inOrder(faults: readonly Fault[]): Fault[] {
  const ids = new Set<string>();
  return faults
    .toSorted((a, b) => a.at - b.at)
    .map((fault) => {
      const stem = fault.id.replace(/~\d+$/, '');
      let id = fault.id;
      for (let copy = 2; ids.has(id); copy++) id = `${stem}~${copy}`;
      ids.add(id);
      return { ...fault, id };
    });
}

/** When the last thing is done to the hosts from outside: a fault, or the start of a late one. */
function lastTouch({ hosts }: Stage, faults: readonly Fault[]): Micros {
  return Math.max(endOf(faults), ...hosts.map(({ startAt }) => startAt ?? 0));
}

/** At least one, if there is any, and at most so many. */
function some<T>(random: Random, items: readonly T[], most: number): T[] {
  return items.length === 0 ? [] : random.shuffle([...items]).slice(0, 1 + random.int(Math.max(1, most)));
}

/** To a millionth, for spans beyond what one draw covers. */
function moment(random: Random, end: Micros): Micros {
  return Math.floor((end * random.int(1_000_001)) / 1_000_000);
}

function scaled(time: Micros, random: Random): Micros {
  return Math.floor((time * random.pick([1, 2, 8, 16])) / 4);
}
