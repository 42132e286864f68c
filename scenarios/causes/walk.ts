import type { Fault } from '../../simulator/faults/fault.ts';
import type { TraceRecord } from '../../simulator/trace.ts';
import { durationInWords, names, timeInWords } from '../in-words.ts';
import { type StoryLine, tell } from '../story.ts';
import type { Chronicle } from './chronicle.ts';
import { delayOf, type Failing, servicesAmiss } from './fate.ts';
import { silenceBehind } from './silence.ts';
import { isAbout, isForgetting, isRoutine, isVerdict, subjectOf } from './subject.ts';

/** One link of a chain of causes: what happened, and what is known of why. */
export interface CausalStep extends StoryLine {
  readonly event: number;
  readonly notes: readonly string[];
}

/** A chain of causes, and the faults in it. */
export interface CausalChain {
  /** From the first cause to the event that is explained. */
  readonly steps: readonly CausalStep[];
  readonly faults: ReadonlySet<string>;
}

/** Walks back from an event to what began it: a fault, a command or a boot. */
export function causesOf(chronicle: Chronicle, event: TraceRecord, subject: string): CausalChain {
  const walk = new Walk(chronicle, subject);
  walk.from(event);
  return { steps: walk.steps, faults: walk.faults };
}

class Walk {
  readonly faults = new Set<string>();
  /** By event: what is told twice is told as it was told last. */
  readonly #steps = new Map<number, CausalStep>();
  readonly #chronicle: Chronicle;
  /** Whom the latest verdict on the way is about: news about others do not explain it. */
  #subject: string;

  constructor(chronicle: Chronicle, subject: string) {
    this.#chronicle = chronicle;
    this.#subject = subject;
  }

  get steps(): CausalStep[] {
    return [...this.#steps.values()].toSorted((a, b) => a.event - b.event);
  }

  /** Every step goes to an earlier event, so that this ends. */
  from(event: TraceRecord): void {
    if (event.kind === 'timer') this.#tell(event);
    let next: TraceRecord | undefined = event;
    while (next !== undefined) next = this.#before(next);
  }

  /** Takes an event into the story, and returns the one that led to it. */
  #before(record: TraceRecord): TraceRecord | undefined {
    switch (record.kind) {
      case 'emit':
        if (!isRoutine(record)) this.#subject = subjectOf(record) || this.#subject;
        this.#tell(record);
        return this.#beforeDeed(record);
      case 'timer':
        return this.#beforeTimer(record, record);
      case 'deliver':
      case 'stream-message':
        return this.#beforeHearing(record);
      case 'fault-begin':
        this.#tellFault(record);
        return undefined;
      case 'fault-end':
        this.#tell(record);
        return this.#chronicle.beginningOf(record.detail);
      case 'command':
        // The fault that told it says the same.
        return this.#cause(record);
      case 'boot':
      case 'crash':
      case 'pause':
        if (!this.#isToldByFault(record)) this.#tell(record);
        return this.#cause(record);
      case 'lost':
        return this.#afterFailing([this.#failingOf(record)]);
      default:
        this.#tell(record);
        return this.#cause(record);
    }
  }

  /** A deed follows from what its program was handling: a message, a timer. */
  #beforeDeed(deed: TraceRecord): TraceRecord | undefined {
    const step = this.#cause(deed);
    return step?.kind === 'timer' ? this.#beforeTimer(step, deed) : step;
  }

  /** A timer that ran out: it ran late, or something did not come, or what set it is the reason. */
  #beforeTimer(timer: TraceRecord, deed: TraceRecord): TraceRecord | undefined {
    const setter = this.#cause(timer);
    if (setter === undefined) return undefined;
    const pause = this.#chronicle.pauseWithin(timer.host, setter.at, timer.at);
    if (pause?.end !== undefined && pause.end.at === timer.at && pause.begin.at > setter.at) {
      const length = durationInWords(timer.at - pause.begin.at);
      this.#tell(timer, [`It was due while ${timer.host} was paused, and runs up to ${length} late.`]);
      return pause.begin;
    }
    const earlier = this.#earlierWord(timer, setter);
    const asked = earlier === undefined ? setter : this.#chronicle.stepOf(earlier);
    // What a verdict needs to become another one is time alone: what came before the first one explains both.
    const waited = earlier === undefined || !isVerdict(earlier);
    const partner = this.#subject === timer.host ? '' : this.#subject;
    const failing = waited ? silenceBehind(this.#chronicle, asked, timer, partner) : [];
    if (failing.length > 0) return this.#afterFailing(failing, earlier);
    if (earlier !== undefined) return earlier;
    return setter.kind === 'timer' && setter.host === timer.host ? this.#beforeRow(setter, deed) : setter;
  }

  /** What the host said of the subject when it set the timer, or what it has held of the subject since. */
  #earlierWord(timer: TraceRecord, setter: TraceRecord): TraceRecord | undefined {
    if (this.#subject === '') return undefined;
    const words = this.#chronicle
      .emitted(timer.host)
      .filter((one) => one.event < timer.event && one.detail !== 'inserted' && isAbout(one, this.#subject));
    // A message about the same subject may have set the timer anew, as the confirmation of a suspicion does.
    const then = words.findLast(({ cause }) => cause === setter.event);
    return then ?? (this.#subject === timer.host ? undefined : words.findLast(isVerdict));
  }

  /** Periodic timers that set each other are told as one. */
  #beforeRow(first: TraceRecord, deed: TraceRecord): TraceRecord | undefined {
    let earliest = first;
    let runs = 1;
    for (let next = this.#cause(first); next?.kind === 'timer' && next.host === first.host; next = this.#cause(next)) {
      earliest = next;
      runs += 1;
      // What was said on the way about the same subject explains more than the clock does.
      const said = this.#chronicle.effects(next.event).find((one) => this.#explains(one));
      if (said !== undefined) return said;
    }
    if (runs > 1) {
      const note = `One of a row of ${runs + 1} timers, each set by the one before.`;
      this.#tell(earliest, deed.kind === 'emit' ? [note] : []);
    }
    return this.#cause(earliest);
  }

  #explains(record: TraceRecord): boolean {
    return record.kind === 'emit' && !isRoutine(record) && this.#subject !== '' && isAbout(record, this.#subject);
  }

  /** What was heard goes back to its sender, and there to what the sender knew. */
  #beforeHearing(heard: TraceRecord): TraceRecord | undefined {
    const sending = this.#cause(heard);
    if (sending === undefined) return undefined;
    const late = delayOf(this.#chronicle, sending, heard);
    const notes = late === undefined ? [] : [`It ${late.words}.`];
    if (late?.because !== undefined) this.#blame(late.because);
    // What travels on a stream is one message; of a packet's news only those count that are about the subject.
    const whole = heard.kind === 'stream-message';
    const parts = sending.parts.filter(({ subject }) => whole || this.#concerns(subject));
    const [misbehaving, ...others] = servicesAmiss(this.#chronicle, sending);
    for (const other of others) this.#blame(other);
    this.#tell({ ...heard, size: 0, parts }, [...notes, ...others.map((other) => `Besides, ${tell(other).words}.`)]);
    return misbehaving ?? this.#knownToSender(sending) ?? this.#beforeDeed(sending);
  }

  #concerns(subject: string): boolean {
    return this.#subject === '' || subject === this.#subject;
  }

  /** News wait for their turn: what a member passes on follows from when it learned it, not from when it spoke. */
  #knownToSender(sending: TraceRecord): TraceRecord | undefined {
    const told = sending.kind === 'stream-send' || sending.parts.some(({ subject }) => subject === this.#subject);
    if (!told || this.#subject === '') return undefined;
    return this.#chronicle
      .emitted(sending.host)
      .findLast(
        (one) => one.event < sending.event && !isRoutine(one) && !isForgetting(one) && subjectOf(one) === this.#subject,
      );
  }

  /** Tells what did not arrive, and goes on with what stood in its way. */
  #afterFailing(failing: readonly Failing[], question?: TraceRecord): TraceRecord | undefined {
    const [first, ...others] = (failing.some(({ because }) => because) ? explained(failing) : failing) as [
      Failing,
      ...Failing[],
    ];
    const notes = others.length === 0 ? [] : [inShort(others)];
    const { sending, words, because } = first;
    const parts = sending.parts.filter(({ subject }, place) => place === 0 || this.#concerns(subject));
    const line = tell({ ...sending, parts, size: 0 });
    this.#add({ ...line, kind: 'lost', words: `${line.words}, which ${words}` }, sending.event, notes);
    for (const { because: other } of others) if (other !== undefined) this.#blame(other);
    if (question !== undefined) this.#tell(question);
    return because ?? this.#cause(sending);
  }

  #failingOf(lost: TraceRecord): Failing {
    const fault = lost.data as Fault | undefined;
    return {
      sending: this.#cause(lost) ?? lost,
      words: `is lost: ${lost.detail}`,
      because: fault && this.#chronicle.beginningOf(fault.id),
    };
  }

  /** A fault that took part without being the one that the story goes back to. */
  #blame(because: TraceRecord): void {
    const fault = because.kind === 'fault-begin' ? because : this.#chronicle.at(because.cause);
    if (fault?.kind === 'fault-begin') this.faults.add(fault.detail);
  }

  /** A fault that befalls one host says what becomes of it. */
  #isToldByFault(record: TraceRecord): boolean {
    const fault = this.#cause(record)?.data as Fault | undefined;
    return fault !== undefined && 'hosts' in fault && fault.hosts.length === 1;
  }

  #tellFault(record: TraceRecord): void {
    const fault = record.data as Fault;
    const until = 'for' in fault ? ` until ${timeInWords(fault.at + fault.for)}` : '';
    const line = tell(record);
    this.#add({ ...line, words: `${line.words}${until}` }, record.event, []);
    this.faults.add(fault.id);
  }

  #cause({ cause }: TraceRecord): TraceRecord | undefined {
    return cause < 0 ? undefined : this.#chronicle.at(cause);
  }

  #tell(record: TraceRecord, notes: readonly string[] = []): void {
    this.#add(tell(record), record.event, notes);
  }

  #add(line: StoryLine, event: number, notes: readonly string[]): void {
    this.#steps.set(event, { ...line, event, notes });
  }
}

/** Those whose reason is known first. */
function explained(failing: readonly Failing[]): Failing[] {
  return failing.toSorted((a, b) => Number(b.because !== undefined) - Number(a.because !== undefined));
}

/** What else failed with it, by what became of it. */
function inShort(others: readonly Failing[]): string {
  const ways = new Set(others.map(({ words }) => words));
  const told = [...ways].map((way) => {
    const those = others.filter(({ words }) => words === way);
    const pairs = [...new Set(those.map(({ sending: { host, peer } }) => `${host} to ${peer}`))];
    return `from ${names(pairs)} ${way}`;
  });
  return `What was asked and answered besides ${told.join('; and ')}.`;
}
