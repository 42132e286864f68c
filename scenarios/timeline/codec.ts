import { RollcallError } from '../../core/errors.ts';
import type { Timeline } from './timeline.ts';
import { VarintReader, VarintWriter } from './varints.ts';

/** The first bytes of a timeline: a page reads only what was written for it. */
const FORMAT = 1;

/** Numbers that say where else something stands, how many there are, or that grow: each column in the way that suits it. */
type Column = Float64Array | Int32Array | Uint16Array | Uint8Array;
type Way = 'plain' | 'signed' | 'growing';

interface ColumnPlan {
  readonly make: (length: number) => Column;
  readonly way: Way;
}

const floats = (length: number): Column => new Float64Array(length);
const ints = (length: number): Column => new Int32Array(length);
const shorts = (length: number): Column => new Uint16Array(length);
const bytes = (length: number): Column => new Uint8Array(length);

/** Every table and its columns, in the order in which they are written. */
const TABLES = {
  rows: {
    at: { make: floats, way: 'growing' },
    kind: { make: shorts, way: 'plain' },
    host: { make: shorts, way: 'plain' },
    peer: { make: shorts, way: 'plain' },
  },
  told: { text: { make: ints, way: 'plain' }, value: { make: ints, way: 'signed' } },
  transitions: { change: { make: bytes, way: 'plain' }, by: { make: shorts, way: 'plain' } },
  messages: {
    size: { make: ints, way: 'plain' },
    after: { make: floats, way: 'signed' },
    fate: { make: shorts, way: 'plain' },
    shape: { make: ints, way: 'plain' },
    partCount: { make: ints, way: 'plain' },
  },
  parts: {
    name: { make: ints, way: 'plain' },
    sequence: { make: floats, way: 'plain' },
    subject: { make: shorts, way: 'plain' },
    incarnation: { make: floats, way: 'growing' },
  },
  copies: { message: { make: ints, way: 'growing' }, after: { make: floats, way: 'plain' } },
} as const satisfies Record<string, Record<string, ColumnPlan>>;

type Table = keyof typeof TABLES;
type Head = Omit<Timeline, Table> & { readonly lengths: Readonly<Record<Table, number>> };

/** A timeline as bytes, not compressed yet. */
export function encodeTimeline(timeline: Timeline): Uint8Array {
  const { rows, told, transitions, messages, parts, copies, ...rest } = timeline;
  const tables = { rows, told, transitions, messages, parts, copies };
  const lengths = Object.fromEntries(
    Object.entries(TABLES).map(([table, plan]) => [table, columnOf(tables, table, Object.keys(plan)[0]!).length]),
  );
  const writer = new VarintWriter();
  const head = new TextEncoder().encode(JSON.stringify({ ...rest, lengths }));
  writer.unsigned(FORMAT);
  writer.unsigned(head.length);
  writer.bytes(head);
  for (const [table, columns] of Object.entries(TABLES)) {
    for (const [name, { way }] of Object.entries<ColumnPlan>(columns)) {
      writeColumn(writer, columnOf(tables, table, name), way);
    }
  }
  writeCauses(writer, timeline);
  writeIncarnations(writer, timeline);
  writeFirstParts(writer, timeline);
  return writer.written();
}

export function decodeTimeline(encoded: Uint8Array): Timeline {
  const reader = new VarintReader(encoded);
  if (reader.unsigned() !== FORMAT) throw new UnreadableTimeline('it is of another version');
  const { lengths, ...head } = JSON.parse(new TextDecoder().decode(reader.bytes(reader.unsigned()))) as Head;
  const tables: Record<string, Record<string, Column>> = {};
  for (const [table, columns] of Object.entries(TABLES)) {
    const read: Record<string, Column> = {};
    for (const [name, { make, way }] of Object.entries<ColumnPlan>(columns)) {
      read[name] = readColumn(reader, make(lengths[table as Table]), way);
    }
    tables[table] = read;
  }
  const timeline = { ...head, ...tables } as unknown as Timeline;
  const cause = readCauses(reader, timeline);
  const withRows = { ...timeline, rows: { ...timeline.rows, cause, place: placesOf(timeline) } };
  const incarnation = readIncarnations(reader, withRows);
  const firstPart = readFirstParts(reader, withRows);
  return {
    ...withRows,
    transitions: { ...timeline.transitions, incarnation },
    messages: { ...timeline.messages, firstPart },
  };
}

class UnreadableTimeline extends RollcallError {
  constructor(why: string) {
    super('UNREADABLE_TIMELINE', `This timeline cannot be read: ${why}. Make it again from its token.`);
  }
}

function columnOf(tables: object, table: string, name: string): Column {
  return (tables as Record<string, Record<string, Column>>)[table]![name]!;
}

function writeColumn(writer: VarintWriter, column: Column, way: Way): void {
  let before = 0;
  for (const value of column) {
    if (way === 'plain') writer.unsigned(value);
    else writer.signed(way === 'growing' ? value - before : value);
    before = value;
  }
}

function readColumn(reader: VarintReader, column: Column, way: Way): Column {
  let before = 0;
  for (let index = 0; index < column.length; index++) {
    const read = way === 'plain' ? reader.unsigned() : reader.signed();
    column[index] = before = way === 'growing' ? before + read : read;
  }
  return column;
}

/** Rows of one family stand in their columns in the order of the rows. */
function placesOf({ kinds, rows }: Pick<Timeline, 'kinds'> & { rows: Pick<Timeline['rows'], 'kind'> }): Int32Array {
  const next = { told: 0, transition: 0, message: 0 };
  return Int32Array.from(rows.kind, (kind) => next[kinds[kind]!.family]++);
}

/** 0 for none, 1 for the same as of this host's last row; else how far back, plus 1. */
function writeCauses(writer: VarintWriter, { rows, names }: Timeline): void {
  const last = new Int32Array(names.length).fill(-1);
  for (let row = 0; row < rows.cause.length; row++) {
    const cause = rows.cause[row] as number;
    const host = rows.host[row] as number;
    writer.unsigned(cause < 0 ? 0 : cause === last[host] ? 1 : row - cause + 1);
    last[host] = cause;
  }
}

function readCauses(reader: VarintReader, { rows, names }: Timeline): Int32Array {
  const last = new Int32Array(names.length).fill(-1);
  return Int32Array.from(rows.host, (host, row) => {
    const read = reader.unsigned();
    const cause = read === 0 ? -1 : read === 1 ? (last[host] as number) : row - read + 1;
    last[host] = cause;
    return cause;
  });
}

/** Most transitions are about the incarnation that was told of last. */
function* incarnationSteps({ rows, kinds }: Timeline): Generator<{ place: number; subject: number }> {
  for (let row = 0; row < rows.at.length; row++) {
    if (kinds[rows.kind[row] as number]!.family !== 'transition') continue;
    yield { place: rows.place[row] as number, subject: rows.peer[row] as number };
  }
}

function writeIncarnations(writer: VarintWriter, timeline: Timeline): void {
  const last = new Float64Array(timeline.names.length);
  for (const { place, subject } of incarnationSteps(timeline)) {
    const incarnation = timeline.transitions.incarnation[place] as number;
    writer.signed(incarnation - (last[subject] as number));
    last[subject] = incarnation;
  }
}

function readIncarnations(reader: VarintReader, timeline: Timeline): Float64Array {
  const last = new Float64Array(timeline.names.length);
  const incarnations = new Float64Array(timeline.transitions.change.length);
  for (const { place, subject } of incarnationSteps(timeline)) {
    incarnations[place] = last[subject] = (last[subject] as number) + reader.signed();
  }
  return incarnations;
}

/** Where the parts of a message begin follows from where those of the last one ended, unless some were left out. */
function writeFirstParts(writer: VarintWriter, { messages }: Timeline): void {
  let expected = 0;
  for (let message = 0; message < messages.firstPart.length; message++) {
    const first = messages.firstPart[message] as number;
    writer.unsigned(first < 0 ? 0 : first - expected + 1);
    if (first >= 0) expected = first + (messages.partCount[message] as number);
  }
}

function readFirstParts(reader: VarintReader, { messages }: Timeline): Int32Array {
  let expected = 0;
  return Int32Array.from(messages.partCount, (count) => {
    const read = reader.unsigned();
    if (read === 0) return -1;
    const first = expected + read - 1;
    expected = first + count;
    return first;
  });
}
