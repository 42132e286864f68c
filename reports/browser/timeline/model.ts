import { type BeliefHistory, believed } from '../../../scenarios/timeline/beliefs.ts';
import { type FaultSpan, faultSpans } from '../../../scenarios/timeline/fault-spans.ts';
import { type OwnSpell, ownStates } from '../../../scenarios/timeline/own-states.ts';
import { ROUTINE, type Timeline } from '../../../scenarios/timeline/timeline.ts';
import { Band } from './bands.ts';

export interface Lane {
  readonly name: string;
  readonly bystander: boolean;
  readonly beliefs: BeliefHistory;
  readonly band: Band;
  readonly own: readonly OwnSpell[];
}

/** Messages that travel longer are looked for one by one. */
const USUAL_TRAVEL = 1_000_000;

/** The run, with all that follows from it and does not change while it is looked at. */
export class Model {
  readonly timeline: Timeline;
  readonly lanes: readonly Lane[];
  readonly spans: readonly FaultSpan[];
  /** The nodes tell what they believe of each other; programs of one's own need not. */
  readonly hasBeliefs: boolean;
  /** Rows, by what they are drawn as. */
  readonly messages: Int32Array;
  readonly slowMessages: Int32Array;
  readonly deeds: Int32Array;
  readonly changes: Int32Array;
  readonly end: number;
  /** By kind: told without being asked for. */
  readonly usual: readonly boolean[];

  constructor(timeline: Timeline) {
    const { names, hosts, bystanders, kinds, rows, run, faults, struck } = timeline;
    this.timeline = timeline;
    this.end = Math.max(1, run.played);
    const histories = believed(timeline);
    const own = ownStates(timeline);
    this.lanes = histories.map((beliefs, lane) => ({
      name: names[lane + 1]!,
      bystander: bystanders.includes(lane + 1),
      beliefs,
      band: new Band(beliefs),
      own: own[lane]!,
    }));
    this.spans = faultSpans(faults, names.slice(1, hosts + 1), struck, run.played);
    this.hasBeliefs = timeline.transitions.change.length > 0;
    this.usual = kinds.map(({ name }) => !ROUTINE.has(name));
    const of = (keep: (kind: number) => boolean): Int32Array =>
      rowsOf(
        rows.kind,
        kinds.map((_, kind) => keep(kind)),
      );
    this.messages = of((kind) => kinds[kind]!.family === 'message');
    this.deeds = of((kind) => kinds[kind]!.family === 'told' && kinds[kind]!.name !== 'fault' && this.usual[kind]!);
    this.changes = of((kind) => kinds[kind]!.family === 'transition' && this.usual[kind]!);
    const { after } = timeline.messages;
    this.slowMessages = this.messages.filter((row) => (after[rows.place[row] as number] as number) > USUAL_TRAVEL);
  }

  /** Messages that are on their way between two times: a range of `messages`, and those among `slowMessages` before it. */
  messagesWithin(from: number, to: number): { first: number; last: number; slow: Int32Array } {
    const { at, place } = this.timeline.rows;
    const { after } = this.timeline.messages;
    const first = lowerBound(this.messages, at, from - USUAL_TRAVEL);
    const last = lowerBound(this.messages, at, to);
    const slow = this.slowMessages.filter((row) => {
      const sent = at[row] as number;
      return sent < from - USUAL_TRAVEL && sent + (after[place[row] as number] as number) >= from;
    });
    return { first, last, slow };
  }
}

/** The first place in a list of rows whose time is not before `time`. */
export function lowerBound(rows: Int32Array, at: Float64Array, time: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((at[rows[middle] as number] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rowsOf(kinds: Uint16Array, wanted: readonly boolean[]): Int32Array {
  let count = 0;
  for (const kind of kinds) if (wanted[kind] === true) count++;
  const rows = new Int32Array(count);
  let next = 0;
  for (let row = 0; row < kinds.length; row++) if (wanted[kinds[row] as number] === true) rows[next++] = row;
  return rows;
}
