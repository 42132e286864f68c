import type { Micros } from '../../core/ports/clock.ts';
import type { Timeline } from './timeline.ts';

/** How one row led to the next. */
export type Link = 'heard' | 'timer since heard' | 'timer' | 'at once';

export interface Step {
  readonly row: number;
  /** How it follows from the step after it (its cause); undefined for the last one. */
  readonly link: Link | undefined;
  /** What else followed from the same cause in the same moment. */
  readonly beside: readonly number[];
  /** How many steps of routine, all of one kind and one host, are left out before the next one. */
  readonly skipped: number;
}

/** Rows that are told beside a step. */
const MOST_BESIDE = 4;
/** So many equal steps in a row are told one by one. */
const TOLD_ALIKE = 2;

/** From a row back to what led to it, and so on, to a boot or a fault. */
export function causesOf(timeline: Timeline, row: number): Step[] {
  const { rows } = timeline;
  const chain: number[] = [];
  for (let at = row; at >= 0; at = rows.cause[at] as number) chain.push(at);
  const steps: Step[] = [];
  for (let place = 0; place < chain.length; place++) {
    const here = chain[place] as number;
    let next = place + 1;
    // A probe that follows from a probe that follows from a probe.
    while (next < chain.length && isAlike(timeline, here, chain[next] as number)) next++;
    const alike = next - place - 1;
    const skipped = alike > TOLD_ALIKE ? alike : 0;
    const cause = chain[place + 1];
    steps.push({
      row: here,
      link: cause === undefined ? undefined : linkOf(timeline, here, cause),
      beside: besides(timeline, here, chain[place - 1]),
      skipped,
    });
    if (skipped > 0) place = next - 1;
  }
  return steps;
}

function isAlike({ rows }: Timeline, row: number, cause: number): boolean {
  return rows.kind[row] === rows.kind[cause] && rows.host[row] === rows.host[cause];
}

function linkOf({ rows, kinds, messages }: Timeline, row: number, cause: number): Link {
  const family = kinds[rows.kind[cause] as number]!.family;
  if (family === 'message' && rows.host[row] === rows.peer[cause]) return isHeardThen() ? 'heard' : 'timer since heard';
  return rows.at[row] === rows.at[cause] ? 'at once' : 'timer';

  /** What a message leads to later comes of a timer that was set when it was heard. */
  function isHeardThen(): boolean {
    const after = messages.after[rows.place[cause] as number] as number;
    return rows.at[row] === (rows.at[cause] as number) + after;
  }
}

/** What followed at once from a row: for a message, at its receiver; else, in the same moment. */
function besides({ rows, kinds }: Timeline, row: number, told: number | undefined): number[] {
  const found: number[] = [];
  const host = rows.host[row] as number;
  const at: Micros = rows.at[row] as number;
  if (kinds[rows.kind[row] as number]!.family === 'message') return found;
  for (let other = row + 1; other < rows.at.length && rows.at[other] === at; other++) {
    if (rows.cause[other] === row && rows.host[other] === host && other !== told && found.length < MOST_BESIDE)
      found.push(other);
  }
  return found;
}
