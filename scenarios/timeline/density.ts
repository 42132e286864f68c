import type { Micros } from '../../core/ports/clock.ts';
import { type Density, ROUTINE, type RowKind, type Rows } from './timeline.ts';

const BUCKETS = 1_000;

/** How much happened when: what a scrubber shows. */
export function densityOf({ at, kind }: Pick<Rows, 'at' | 'kind'>, kinds: readonly RowKind[], played: Micros): Density {
  const bucket = Math.max(1, Math.ceil((played + 1) / BUCKETS));
  const count = Math.floor(played / bucket) + 1;
  const zeros = (): number[] => Array.from({ length: count }, () => 0);
  const [messages, lost, events] = [zeros(), zeros(), zeros()];
  const countsOf = kinds.map(({ name, family }) => {
    if (family === 'message') return name === 'lost' ? [messages, lost] : [messages];
    return ROUTINE.has(name) ? [] : [events];
  });
  for (let row = 0; row < at.length; row++) {
    const place = Math.floor((at[row] as number) / bucket);
    for (const counts of countsOf[kind[row] as number] ?? []) counts[place] = (counts[place] ?? 0) + 1;
  }
  return { bucket, messages, lost, events };
}
