import type { Random } from '../ports/random.ts';
import type { MemberTable } from './member-table.ts';

/**
 * Up to `k` different members at random for which `eligible` holds. Large views draw (at most 3n times), because
 * nearly every draw hits; small ones shuffle, because draws would miss too often.
 */
export function pickPeers(table: MemberTable, random: Random, k: number, eligible: (row: number) => boolean): number[] {
  const rows = table.rows;
  const picked: number[] = [];
  if (rows < 3 * k) {
    for (let row = 0; row < rows; row += 1) {
      if (table.holds(row) && eligible(row)) picked.push(row);
    }
    random.shuffle(picked);
    if (picked.length > k) picked.length = k;
    return picked;
  }
  for (let draw = 0; draw < 3 * rows && picked.length < k; draw += 1) {
    const row = random.int(rows);
    if (table.holds(row) && eligible(row) && !picked.includes(row)) picked.push(row);
  }
  return picked;
}
