import type { Observation } from '../../core/membership/observation.ts';
import type { Micros } from '../../core/ports/clock.ts';
import { State } from '../../core/wire/messages.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { HostEvent } from '../../simulator/program.ts';
import type { TracePart, TraceRecord } from '../../simulator/trace.ts';
import { tell } from '../story.ts';
import { densityOf } from './density.ts';
import { bytes, floats, ints, shorts } from './growing.ts';
import { Numbered } from './numbered.ts';
import { PartRing, Shapes } from './parts.ts';
import { ARRIVED, type Family, HOW, type Loss, packChange, ROUTINE, type RowKind } from './timeline.ts';
import { type Timeline, type TimelineRun, UNDER_WAY } from './timeline.ts';

type Transition = Extract<Observation, { type: 'transition' }>;

/** Numbers of names, kinds and losses are 16 bits wide. */
const MOST = 65_535;
const HOW_NUMBER: Readonly<Record<string, number>> = Object.fromEntries(HOW.map((how, number) => [how, number]));

/** What a run is about, known before it is played. */
export interface Setting {
  readonly hosts: readonly { readonly name: string; readonly bystander?: boolean }[];
  readonly faults: readonly Fault[];
}

/** Hears a run as it is traced and lays it down in columns. */
export class TimelineCollector {
  readonly #setting: Setting;
  readonly #names = new Numbered<string>(MOST);
  readonly #kinds = new Numbered<RowKind>(MOST);
  readonly #kindNumbers: Readonly<Record<Family, Map<string, number>>> = {
    told: new Map(),
    transition: new Map(),
    message: new Map(),
  };
  readonly #texts = new Numbered<string>(Number.POSITIVE_INFINITY);
  readonly #losses = new Numbered<Loss>(MOST - 2);
  readonly #faults: ReadonlyMap<string, number>;
  readonly #shapes = new Shapes();
  readonly #ring = new PartRing(
    (part) => this.#text(partName(part)),
    (name) => this.#name(name),
  );

  readonly #at = floats();
  readonly #kind = shorts();
  readonly #host = shorts();
  readonly #peer = shorts();
  readonly #cause = ints();
  readonly #place = ints();
  readonly #told = { text: ints(), value: ints() };
  readonly #transitions = { change: bytes(), incarnation: floats(), by: shorts() };
  readonly #messages = {
    size: ints(),
    after: floats(),
    fate: shorts(),
    shape: ints(),
    firstPart: ints(),
    partCount: ints(),
  };
  readonly #copies = { message: ints(), after: floats() };
  /**
   * By event: the row that stands for it. Of an event that is no row yet, such as a timer, the row that led to it, as
   * -2 less its number; the first thing told of such an event then stands for it.
   */
  readonly #rowOf = ints();
  #delivered = 0;
  #lost = 0;
  #bytes = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#names.number('', () => '');
    for (const { name } of setting.hosts) this.#name(name);
    this.#faults = new Map(setting.faults.map(({ id }, index) => [id, index]));
  }

  readonly record = (record: TraceRecord): void => {
    switch (record.kind) {
      case 'send':
      case 'stream-send':
        this.#rowOf.push(this.#send(record));
        return;
      case 'deliver':
      case 'stream-message':
        this.#rowOf.push(this.#deliver(record));
        return;
      case 'lost':
        this.#rowOf.push(this.#lose(record));
        return;
      case 'timer':
        this.#rowOf.push(-2 - this.#leading(record.cause));
        return;
      default:
        this.#rowOf.push(this.#event(record));
    }
  };

  /** Everything that was heard, once the run is over. */
  timeline(run: TimelineRun, struck: readonly string[], brokenDuring?: number): Timeline {
    const { hosts, faults } = this.#setting;
    const rows = {
      at: this.#at.values,
      kind: this.#kind.values,
      host: this.#host.values,
      peer: this.#peer.values,
      cause: this.#cause.values,
      place: this.#place.values,
    };
    const kinds = this.#kinds.things;
    const messages = this.#messages.size.length;
    const routine = countRoutine(rows.kind, kinds);
    const { oldest } = this.#ring;
    return {
      run,
      names: this.#names.things,
      hosts: hosts.length,
      bystanders: hosts.flatMap(({ bystander }, index) => (bystander === true ? [index + 1] : [])),
      faults,
      struck,
      kinds,
      texts: this.#texts.things,
      losses: this.#losses.things,
      broken: brokenDuring === undefined ? -1 : this.#leading(brokenDuring),
      totals: {
        events: this.#rowOf.length,
        messages,
        delivered: this.#delivered,
        lost: this.#lost,
        bytes: this.#bytes,
        messagesShown: messages,
        routine,
        routineShown: routine,
      },
      density: densityOf(rows, kinds, run.played),
      rows,
      told: { text: this.#told.text.values, value: this.#told.value.values },
      transitions: {
        change: this.#transitions.change.values,
        incarnation: this.#transitions.incarnation.values,
        by: this.#transitions.by.values,
      },
      messages: {
        size: this.#messages.size.values,
        after: this.#messages.after.values,
        fate: this.#messages.fate.values,
        shape: this.#messages.shape.values,
        firstPart: Int32Array.from(this.#messages.firstPart.values, (first) =>
          this.#ring.has(first) ? first - oldest : -1,
        ),
        partCount: this.#messages.partCount.values,
      },
      parts: this.#ring.from(oldest),
      copies: { message: this.#copies.message.values, after: this.#copies.after.values },
    };
  }

  #send({ at, kind, host, peer, size, parts, cause }: TraceRecord): number {
    const columns = this.#messages;
    columns.firstPart.push(this.#ring.written);
    columns.partCount.push(parts.length);
    columns.shape.push(this.#text(this.#shapes.shapeOf(parts)));
    for (const part of parts) this.#ring.push(part);
    columns.size.push(size);
    columns.after.push(-1);
    columns.fate.push(UNDER_WAY);
    this.#bytes += size;
    return this.#row(at, this.#kindOf(kind, 'message'), host, peer, this.#leading(cause), columns.size.length - 1);
  }

  #deliver({ at, cause }: TraceRecord): number {
    const row = this.#leading(cause);
    const message = this.#place.get(row);
    const { after, fate } = this.#messages;
    const travelled = at - this.#at.get(row);
    this.#delivered++;
    if (fate.get(message) === UNDER_WAY) {
      fate.set(message, ARRIVED);
      after.set(message, travelled);
    } else {
      this.#copies.message.push(message);
      this.#copies.after.push(travelled);
    }
    return row;
  }

  #lose({ at, cause, detail, data }: TraceRecord): number {
    const row = this.#leading(cause);
    const message = this.#place.get(row);
    this.#lost++;
    if (this.#messages.fate.get(message) !== UNDER_WAY) return row;
    const fault = this.#faults.get((data as Fault | undefined)?.id ?? '') ?? -1;
    const loss = this.#losses.number(`${fault} ${detail}`, () => ({ why: detail, fault }));
    this.#messages.fate.set(message, 2 + loss);
    this.#messages.after.set(message, at - this.#at.get(row));
    this.#kind.set(row, this.#kindOf('lost', 'message'));
    return row;
  }

  #event(record: TraceRecord): number {
    const data = record.data as HostEvent | undefined;
    return record.kind === 'emit' && isTransition(data) ? this.#transition(record, data) : this.#tell(record);
  }

  #transition({ at, host, cause }: TraceRecord, event: Transition): number {
    const { from, to, incarnation, by } = event;
    const columns = this.#transitions;
    columns.change.push(packChange(beliefNumber(from), beliefNumber(to), HOW_NUMBER[event.cause] ?? 0));
    columns.incarnation.push(incarnation);
    columns.by.push(by === '' ? 0 : this.#name(by));
    const kind = this.#kindOf(transitionKind(event, host), 'transition');
    return this.#follow(at, kind, host, event.subject, cause, columns.change.length - 1);
  }

  #tell(record: TraceRecord): number {
    const { at, kind, host, about, words } = tell(record);
    const peer = about.find((name) => name !== host && this.#names.find(name) !== undefined) ?? '';
    this.#told.text.push(this.#text(words));
    this.#told.value.push(this.#valueOf(record));
    const number = this.#kindOf(kind, 'told');
    return this.#follow(at, number, host, kind === 'fault' ? '' : peer, record.cause, this.#told.text.length - 1);
  }

  #valueOf({ kind, data }: TraceRecord): number {
    if (kind === 'fault-begin' || kind === 'fault-end') {
      const number = (this.#faults.get((data as Fault).id) ?? -1) + 1;
      return kind === 'fault-begin' ? number : -number;
    }
    const score = (data as { score?: unknown } | undefined)?.score;
    return typeof score === 'number' ? score : 0;
  }

  /** A row that stands for what led to it, when nothing else does. */
  #follow(at: Micros, kind: number, host: string, peer: string, cause: number, place: number): number {
    const row = this.#row(at, kind, host, peer, this.#leading(cause), place);
    if (cause >= 0 && this.#rowOf.get(cause) < 0) this.#rowOf.set(cause, row);
    return row;
  }

  #row(at: Micros, kind: number, host: string, peer: string, cause: number, place: number): number {
    this.#at.push(at);
    this.#kind.push(kind);
    this.#host.push(host === '' ? 0 : this.#name(host));
    this.#peer.push(peer === '' ? 0 : this.#name(peer));
    this.#cause.push(cause);
    this.#place.push(place);
    return this.#at.length - 1;
  }

  /** The row that stands for an event, or that led to it. */
  #leading(event: number): number {
    if (event < 0) return -1;
    const row = this.#rowOf.get(event);
    return row >= 0 ? row : -2 - row;
  }

  #name(name: string): number {
    return this.#names.find(name) ?? this.#names.number(name, () => name);
  }

  #text(text: string): number {
    return this.#texts.find(text) ?? this.#texts.number(text, () => text);
  }

  #kindOf(name: string, family: Family): number {
    const known = this.#kindNumbers[family].get(name);
    if (known !== undefined) return known;
    const number = this.#kinds.number(`${family} ${name}`, () => ({ name, family }));
    this.#kindNumbers[family].set(name, number);
    return number;
  }
}

function partName({ name, kind }: TracePart): string {
  return name === '' ? `kind ${kind}` : name;
}

/** A program of one's own may call its events the same. */
function isTransition(event: HostEvent | undefined): event is Transition {
  return event?.type === 'transition' && 'fromIncarnation' in event && 'subject' in event;
}

function beliefNumber(state: State | undefined): number {
  return state === undefined ? 0 : state + 1;
}

const STATE_KINDS: Readonly<Record<State, string>> = {
  [State.alive]: 'alive',
  [State.suspect]: 'suspect',
  [State.dead]: 'dead',
  [State.left]: 'left',
};

function transitionKind({ subject, from, to }: Transition, host: string): string {
  if (subject === host) return 'self';
  if (to === undefined) return 'forgotten';
  return from === undefined && to === State.alive ? 'joined' : STATE_KINDS[to];
}

function countRoutine(rows: Uint16Array, kinds: readonly RowKind[]): number {
  const routine = kinds.map(({ name, family }) => family !== 'message' && ROUTINE.has(name));
  let count = 0;
  for (const kind of rows) if (routine[kind] === true) count++;
  return count;
}
