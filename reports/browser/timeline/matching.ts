import { faultOfRow, rowInWords } from '../../../scenarios/timeline/words.ts';
import type { Model } from './model.ts';

export interface Wanted {
  readonly nodes: readonly string[];
  readonly kinds: readonly string[];
  readonly text: string;
}

/** Rows that a filter by node and kind lets through; texts are looked at by `withText`. */
export function matchingRows(model: Model, { nodes, kinds }: Wanted): Int32Array {
  const { rows, kinds: known, names, transitions } = model.timeline;
  const wantedKinds = known.map(({ name }, kind) => (kinds.length === 0 ? model.usual[kind]! : kinds.includes(name)));
  const wantedNames = names.map((name) => nodes.includes(name));
  const faults = model.spans.map(({ lanes }) => lanes.some(({ lane }) => wantedNames[lane + 1] === true));
  const found = new Int32Array(rows.at.length);
  let count = 0;
  for (let row = 0; row < found.length; row++) {
    const kind = rows.kind[row] as number;
    if (wantedKinds[kind] !== true) continue;
    if (
      nodes.length > 0 &&
      wantedNames[rows.host[row] as number] !== true &&
      wantedNames[rows.peer[row] as number] !== true
    ) {
      const { family } = known[kind]!;
      const accuser = family === 'transition' ? (transitions.by[rows.place[row] as number] as number) : 0;
      const fault = family === 'told' ? faultOfRow(model.timeline, row) : -1;
      if (wantedNames[accuser] !== true && faults[fault] !== true) continue;
    }
    found[count++] = row;
  }
  return found.slice(0, count);
}

/** Looked at in one go; longer lists go on in the next picture. */
const AT_ONCE_MS = 8;

/** Keeps the rows whose words hold a text, a little at a time; `tell` hears of each little, and stops it with `false`. */
export function withText(
  model: Model,
  rows: Int32Array,
  text: string,
  tell: (rows: Int32Array, done: boolean) => boolean,
): void {
  const wanted = text.toLowerCase();
  const found = new Int32Array(rows.length);
  let [count, next] = [0, 0];
  const go = (): void => {
    const until = performance.now() + AT_ONCE_MS;
    while (next < rows.length && performance.now() < until) {
      for (const end = Math.min(rows.length, next + 256); next < end; next++) {
        const row = rows[next] as number;
        const { host, words } = rowInWords(model.timeline, row);
        if (`${host} ${words}`.toLowerCase().includes(wanted)) found[count++] = row;
      }
    }
    const done = next === rows.length;
    if (tell(found.subarray(0, count), done) && !done) setTimeout(go);
  };
  go();
}
