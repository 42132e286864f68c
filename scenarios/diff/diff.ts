import { differenceWithin, differingBlock } from '../../simulator/trace-difference.ts';
import type { EventRange, TraceRecord } from '../../simulator/trace.ts';
import { stageDifferences } from './outline.ts';
import type { RecordedRun, ToldRecord } from './recorded-run.ts';

/** So many events are told before two runs part, and of each of them afterwards. */
const CONTEXT = 8;

/** Where two runs part. */
export interface Parting {
  /** The number of the first event that differs. */
  readonly event: number;
  /** What differs about it, in words; empty when one run was over. */
  readonly differs: readonly string[];
  /** The last events that both have. */
  readonly before: readonly ToldRecord[];
  /** What each does next; empty when it was over. */
  readonly left: readonly ToldRecord[];
  readonly right: readonly ToldRecord[];
}

export interface RunDiff {
  readonly left: RecordedRun;
  readonly right: RecordedRun;
  /** How the runs were set up differently, a sentence each. */
  readonly setUp: readonly string[];
  /** Undefined when both runs are the same, event by event. */
  readonly parting: Parting | undefined;
}

export async function diffRuns(left: RecordedRun, right: RecordedRun): Promise<RunDiff> {
  const same = left.token.hash === right.token.hash && left.events === right.events;
  return { left, right, setUp: setUpOf(left, right), parting: same ? undefined : await partingOf(left, right) };
}

/** By bisection over the hashes of both; then only the events around that place are looked at. */
async function partingOf(left: RecordedRun, right: RecordedRun): Promise<Parting> {
  const block = differingBlock(left.landmarks, right.landmarks);
  // Hashes know hosts by their place, people by their name: where places differ, names may be the same for longer.
  return (
    (await lookWithin(left, right, block)) ??
    (await lookWithin(left, right, { ...block, to: Number.POSITIVE_INFINITY })) ?? {
      event: block.from,
      differs: ['the place of a host in the topology'],
      before: [],
      left: [],
      right: [],
    }
  );
}

async function lookWithin(left: RecordedRun, right: RecordedRun, block: EventRange): Promise<Parting | undefined> {
  const range = { from: Math.max(0, block.from - CONTEXT), to: block.to + CONTEXT };
  const [ours, theirs] = [await left.window(range), await right.window(range)];
  const found = differenceWithin(range, recordsOf(ours), recordsOf(theirs));
  if (found.event === undefined) return undefined;
  const place = found.event - range.from;
  return {
    event: found.event,
    differs: fieldsThatDiffer(found.left, found.right),
    before: ours.slice(Math.max(0, place - CONTEXT), place),
    left: ours.slice(place, place + CONTEXT),
    right: theirs.slice(place, place + CONTEXT),
  };
}

function recordsOf(told: readonly ToldRecord[]): TraceRecord[] {
  return told.map(({ record }) => record);
}

const FIELDS: readonly (readonly [keyof TraceRecord, string])[] = [
  ['at', 'the time'],
  ['host', 'the host'],
  ['kind', 'what happens'],
  ['peer', 'the other side'],
  ['size', 'the size'],
  ['detail', 'the detail'],
  ['digest', 'the content'],
];

function fieldsThatDiffer(a: TraceRecord | undefined, b: TraceRecord | undefined): string[] {
  if (a === undefined || b === undefined) return [];
  return FIELDS.filter(([field]) => a[field] !== b[field]).map(([, words]) => words);
}

function setUpOf({ token: a, outline: left }: RecordedRun, { token: b, outline: right }: RecordedRun): string[] {
  return [
    ...(a.scenario === b.scenario ? [] : [`A plays ${a.scenario}, B ${b.scenario}`]),
    ...(a.seed === b.seed ? [] : [`A has seed ${a.seed}, B ${b.seed}`]),
    ...(a.version === b.version ? [] : [`A is from version ${a.version}, B from ${b.version}`]),
    ...(a.code === b.code ? [] : [`A is from source ${a.code}, B from ${b.code}`]),
    ...stageDifferences(left, right),
  ];
}
