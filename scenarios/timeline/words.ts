import type { State } from '../../core/wire/messages.ts';
import type { TraceRecord } from '../../simulator/trace.ts';
import { type StoryLine, tell } from '../story.ts';
import { ARRIVED, type Loss, type Timeline, UNDER_WAY, unpackChange } from './timeline.ts';

/** One row, told as a story tells it. */
export function rowInWords(timeline: Timeline, row: number): Pick<StoryLine, 'kind' | 'host' | 'words'> {
  const { rows, kinds, names, told, texts } = timeline;
  const { family, name: kind } = kinds[rows.kind[row] as number]!;
  const host = names[rows.host[row] as number]!;
  const place = rows.place[row] as number;
  if (family === 'told') return { kind, host, words: texts[told.text[place] as number]! };
  if (family === 'transition') return tellTransition(timeline, row, place);
  return { kind, host, words: messageInWords(timeline, row, place) };
}

/** The fault that a row begins or ends, or that took the message: its place in the schedule, -1 for none. */
export function faultOfRow({ rows, kinds, told, messages, losses }: Timeline, row: number): number {
  const { family, name } = kinds[rows.kind[row] as number]!;
  const place = rows.place[row] as number;
  if (family === 'told') return name === 'fault' ? Math.abs(told.value[place] as number) - 1 : -1;
  return family === 'message' ? (losses[(messages.fate[place] as number) - 2]?.fault ?? -1) : -1;
}

/** How a message was lost; undefined for all others. */
export function lossOf({ messages, losses }: Timeline, message: number): Loss | undefined {
  return losses[(messages.fate[message] as number) - 2];
}

function tellTransition({ rows, names, transitions }: Timeline, row: number, place: number): StoryLine {
  const { before, after, how } = unpackChange(transitions.change[place] as number);
  const data = {
    type: 'transition',
    subject: names[rows.peer[row] as number]!,
    from: stateOf(before),
    to: stateOf(after),
    incarnation: transitions.incarnation[place] as number,
    cause: how,
    by: names[transitions.by[place] as number]!,
  };
  const host = names[rows.host[row] as number]!;
  return tell({ ...BLANK, at: rows.at[row] as number, kind: 'emit', host, detail: data.type, data });
}

const BLANK: TraceRecord = {
  event: 0,
  at: 0,
  kind: 'emit',
  host: '',
  peer: '',
  size: 0,
  detail: '',
  digest: 0,
  parts: [],
  data: undefined,
  cause: -1,
};

function stateOf(belief: number): State | undefined {
  return belief === 0 ? undefined : ((belief - 1) as State);
}

function messageInWords(timeline: Timeline, row: number, message: number): string {
  const { rows, names, kinds, messages } = timeline;
  const peer = rows.peer[row] as number;
  const deed = kinds[rows.kind[row] as number]!.name === 'stream-send' ? 'sends on a stream' : 'sends';
  const to = peer === 0 ? "to an address that is nobody's" : `to ${names[peer]}`;
  return `${deed} ${to}: ${contentInWords(timeline, message)} (${messages.size[message]} bytes); ${fateInWords(timeline, message)}`;
}

/** All parts where they were kept, else what kinds there were. */
function contentInWords({ messages, parts, texts, names }: Timeline, message: number): string {
  const first = messages.firstPart[message] as number;
  const count = messages.partCount[message] as number;
  const shape = texts[messages.shape[message] as number]!;
  if (first < 0 || count === 0) return shape === '' ? 'a message' : shape;
  const told: string[] = [];
  for (let part = first; part < first + count; part++) {
    const sequence = parts.sequence[part] as number;
    const subject = parts.subject[part] as number;
    const incarnation = parts.incarnation[part] as number;
    const words = [
      texts[parts.name[part] as number]!,
      sequence > 0 ? `#${sequence}` : '',
      subject > 0 ? names[subject]! : '',
      incarnation > 0 ? `@${incarnation}` : '',
    ];
    told.push(words.filter((word) => word !== '').join(' '));
  }
  return told.join(', ');
}

function fateInWords(timeline: Timeline, message: number): string {
  const { messages, faults } = timeline;
  const fate = messages.fate[message] as number;
  const after = messages.after[message] as number;
  if (fate === UNDER_WAY) return 'never heard before the run ended';
  if (fate === ARRIVED) return `heard after ${millis(after)}`;
  const { why, fault } = lossOf(timeline, message) ?? { why: 'unknown', fault: -1 };
  const by = fault < 0 ? why : `${why}, fault ${faults[fault]?.id ?? '?'}`;
  return after > 0 ? `lost after ${millis(after)}: ${by}` : `lost on its way: ${by}`;
}

function millis(micros: number): string {
  return micros >= 1_000_000 ? `${(micros / 1_000_000).toFixed(3)} s` : `${(micros / 1_000).toFixed(3)} ms`;
}
