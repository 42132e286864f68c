import type { Timeline } from './timeline.ts';

/** The same run without some of its rows: what followed from one of those follows from what led to it. */
export function onlyKept(timeline: Timeline, kept: Uint8Array): Timeline {
  const { rows, kinds, told, transitions, messages, copies } = timeline;
  let count = 0;
  /** By row: where it stands now, or where what led to it stands. */
  const moved = new Int32Array(kept.length);
  for (let row = 0; row < kept.length; row++) {
    const cause = rows.cause[row] as number;
    moved[row] = kept[row] === 1 ? count++ : cause < 0 ? -1 : (moved[cause] as number);
  }
  const of = (family: string): Uint8Array => {
    const length = family === 'told' ? told.text.length : family === 'message' ? messages.size.length : 0;
    const places = new Uint8Array(length);
    for (let row = 0; row < kept.length; row++) {
      if (kept[row] === 1 && kinds[rows.kind[row] as number]?.family === family) places[rows.place[row] as number] = 1;
    }
    return places;
  };
  const [toldKept, messagesKept] = [of('told'), of('message')];
  const [toldPlace, messagePlace] = [placesOf(toldKept), placesOf(messagesKept)];
  const place = new Int32Array(count);
  for (let row = 0; row < kept.length; row++) {
    if (kept[row] === 0) continue;
    const family = kinds[rows.kind[row] as number]?.family;
    const old = rows.place[row] as number;
    place[moved[row] as number] =
      family === 'told' ? (toldPlace[old] as number) : family === 'message' ? (messagePlace[old] as number) : old;
  }
  const cause = pick(rows.cause, kept);
  for (let row = 0; row < cause.length; row++) {
    const old = cause[row] as number;
    cause[row] = old < 0 ? -1 : (moved[old] as number);
  }
  const copiesKept = Uint8Array.from(copies.message, (message) => messagesKept[message] as number);
  return {
    ...timeline,
    broken: timeline.broken < 0 ? -1 : (moved[timeline.broken] as number),
    rows: {
      at: pick(rows.at, kept),
      kind: pick(rows.kind, kept),
      host: pick(rows.host, kept),
      peer: pick(rows.peer, kept),
      cause,
      place,
    },
    told: { text: pick(told.text, toldKept), value: pick(told.value, toldKept) },
    transitions,
    messages: {
      size: pick(messages.size, messagesKept),
      after: pick(messages.after, messagesKept),
      fate: pick(messages.fate, messagesKept),
      shape: pick(messages.shape, messagesKept),
      firstPart: pick(messages.firstPart, messagesKept),
      partCount: pick(messages.partCount, messagesKept),
    },
    copies: {
      message: pick(copies.message, copiesKept).map((message) => messagePlace[message] as number),
      after: pick(copies.after, copiesKept),
    },
  };
}

function placesOf(kept: Uint8Array): Int32Array {
  const places = new Int32Array(kept.length);
  let next = 0;
  for (let place = 0; place < kept.length; place++) places[place] = kept[place] === 1 ? next++ : -1;
  return places;
}

function pick<Column extends Float64Array | Int32Array | Uint16Array | Uint8Array>(
  column: Column,
  kept: Uint8Array,
): Column {
  const picked = column.slice();
  let next = 0;
  for (let index = 0; index < kept.length; index++) if (kept[index] === 1) picked[next++] = column[index] as number;
  return picked.slice(0, next) as Column;
}
