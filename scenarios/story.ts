import type { Micros } from '../core/ports/clock.ts';
import type { Fault } from '../simulator/faults/fault.ts';
import type { HostEvent } from '../simulator/program.ts';
import type { TraceKind, TraceRecord } from '../simulator/trace.ts';
import { eventInWords } from './event-in-words.ts';
import { deedInWords } from './in-words.ts';

/** One thing that happened, told. */
export interface StoryLine {
  readonly at: Micros;
  /** What `--kind` filters by: a kind of record, a state that a member took, or the type of a program's event. */
  readonly kind: string;
  /** Whose doing it is; '' for the world's. */
  readonly host: string;
  /** Everybody that it concerns: what `--node` filters by. */
  readonly about: readonly string[];
  readonly words: string;
  /** Lines with equal keys say the same thing of different observers, so that a crowd of them can be told as one. */
  readonly sameAs?: string;
}

export interface StoryFilter {
  readonly from?: Micros;
  readonly to?: Micros;
  readonly nodes?: readonly string[];
  readonly kinds?: readonly string[];
  /** Tells packets too. */
  readonly wire?: boolean;
}

const PACKETS: readonly string[] = [
  'send',
  'deliver',
  'lost',
  'connect',
  'open',
  'stream-send',
  'stream-message',
  'stream-close',
] satisfies TraceKind[];

/** Routine, told only to those who ask for it by kind. */
const ROUTINE: readonly string[] = ['timer', 'self', 'probe', 'inserted', 'push-pull', 'health', 'broadcast'];

/** Collects what a world traces and tells it. Keeps only what the filter lets through. */
export class Story {
  readonly #filter: StoryFilter;
  readonly #lines: StoryLine[] = [];
  readonly #kinds = new Set<string>();

  constructor(filter: StoryFilter) {
    this.#filter = filter;
  }

  readonly record = (record: TraceRecord): void => {
    const line = tell(record);
    this.#kinds.add(line.kind);
    if (this.#wants(line)) this.#lines.push(line);
  };

  /** Every kind that occurred, told or not: what can be filtered by. */
  get kinds(): string[] {
    return [...this.#kinds].toSorted();
  }

  /** In order of time. Unless somebody asked about single nodes, a crowd of observers is told by its first and last. */
  lines(): StoryLine[] {
    return this.#filter.nodes === undefined ? gather(this.#lines) : this.#lines;
  }

  #wants({ at, kind, about }: StoryLine): boolean {
    const { from = 0, to = Number.POSITIVE_INFINITY, nodes, kinds, wire = false } = this.#filter;
    if (at < from || at > to) return false;
    if (nodes !== undefined && !nodes.some((node) => about.includes(node))) return false;
    if (PACKETS.includes(kind) && wire) return true;
    return kinds === undefined ? !PACKETS.includes(kind) && !ROUTINE.includes(kind) : kinds.includes(kind);
  }
}

/** The members of a crowd between its first and its last add nothing. */
function gather(lines: readonly StoryLine[]): StoryLine[] {
  const crowds = new Map<string, number>();
  for (const { sameAs } of lines) if (sameAs !== undefined) crowds.set(sameAs, (crowds.get(sameAs) ?? 0) + 1);
  const told = new Map<string, number>();
  return lines.flatMap((line) => {
    if (line.sameAs === undefined) return [line];
    const place = (told.get(line.sameAs) ?? 0) + 1;
    told.set(line.sameAs, place);
    const crowd = crowds.get(line.sameAs) ?? 1;
    if (place === 1 || crowd <= 3) return [line];
    return place === crowd ? [{ ...line, words: `${line.words} - last of ${crowd}` }] : [];
  });
}

/** One event as a line of a story. */
export function tell(record: TraceRecord): StoryLine {
  const { at, kind, host, peer, detail, size } = record;
  switch (kind) {
    case 'emit':
      return tellEvent(record, record.data as HostEvent | undefined);
    case 'fault-begin':
    case 'fault-end':
      return tellFault(record, record.data as Fault | undefined);
    case 'command':
      return { at, kind, host, about: [host], words: `is told to ${detail}` };
    case 'boot':
    case 'crash':
    case 'pause':
    case 'resume':
      return { at, kind, host, about: [host], words: DEEDS[kind] + (detail === '' ? '' : ` (${detail})`) };
    case 'timer':
      return { at, kind, host, about: [host], words: 'a timer runs' };
    default: {
      const towards =
        peer === '' ? '' : kind === 'deliver' || kind === 'stream-message' ? ` from ${peer}` : ` to ${peer}`;
      const inside = record.parts.map((part) => partInWords(part)).join(', ');
      const words = [`${PACKET_DEEDS[kind]}${towards}`, size > 0 ? `${size} bytes` : '', inside, detail];
      return { at, kind, host, about: [host, peer], words: words.filter((word) => word !== '').join(': ') };
    }
  }
}

const DEEDS = { boot: 'boots', crash: 'crashes', pause: 'is paused', resume: 'resumes' } as const;

const PACKET_DEEDS = {
  send: 'sends',
  deliver: 'hears',
  lost: 'loses what it sent',
  connect: 'opens a stream',
  open: 'has a stream open',
  'stream-send': 'sends on a stream',
  'stream-message': 'hears on a stream',
  'stream-close': 'sees a stream close',
} as const;

function partInWords({ kind, name, sequence, subject, incarnation }: TraceRecord['parts'][number]): string {
  const numbers = [sequence > 0 ? `#${sequence}` : '', subject, incarnation > 0 ? `@${incarnation}` : ''];
  return [name === '' ? `kind ${kind}` : name, ...numbers].filter((word) => word !== '').join(' ');
}

function tellFault({ at, kind, detail }: TraceRecord, fault: Fault | undefined): StoryLine {
  const words = fault === undefined ? detail : deedInWords(fault);
  const over = kind === 'fault-end';
  return { at, kind: 'fault', host: '', about: hostsOf(fault), words: over ? `over: ${words}` : words };
}

function hostsOf(fault: Fault | undefined): string[] {
  if (fault === undefined) return [];
  if ('hosts' in fault) return fault.hosts;
  if (fault.kind === 'partition') return fault.groups.flat();
  return [...(fault.from ?? []), ...(fault.to ?? [])];
}

function tellEvent({ at, host, detail }: TraceRecord, event: HostEvent | undefined): StoryLine {
  const { kind, words, about, sameAs } = eventInWords(event ?? { type: detail }, host);
  return { at, kind, host, about: [host, ...about], words, ...(sameAs === undefined ? {} : { sameAs }) };
}
