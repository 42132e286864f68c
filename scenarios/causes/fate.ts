import type { Micros } from '../../core/ports/clock.ts';
import { MILLISECOND } from '../../core/ports/clock.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { TraceRecord } from '../../simulator/trace.ts';
import { durationInWords, timeInWords } from '../in-words.ts';
import type { Chronicle } from './chronicle.ts';

/** Nothing on a healthy network is under way for so long. */
const LATE: Micros = 100 * MILLISECOND;

/** A message that did not do its work in time, and what stood in its way. */
export interface Failing {
  readonly sending: TraceRecord;
  /** As a sentence whose subject is the message. */
  readonly words: string;
  /** The event that explains it: the beginning of a fault, a crash, a pause, an end. Undefined when nobody knows. */
  readonly because: TraceRecord | undefined;
}

/** Why a message was not heard before an event; undefined when it was. */
export function failingOf(chronicle: Chronicle, sending: TraceRecord, before: TraceRecord): Failing | undefined {
  const outcomes = outcomesOf(chronicle, sending);
  const heard = outcomes.find(({ kind }) => kind === 'deliver' || kind === 'stream-message' || kind === 'open');
  if (heard !== undefined && heard.event < before.event) return undefined;
  const lost = outcomes.find(({ kind }) => kind === 'lost');
  if (lost !== undefined && lost.event < before.event) return lossOf(chronicle, sending, lost);
  const hindrance = hindranceOf(chronicle, sending, before);
  const late = heard === undefined ? 'is not heard' : `is heard only at ${timeInWords(heard.at)}`;
  return { sending, words: `${late}${hindrance.words}`, because: hindrance.because };
}

/** An opened stream is told by the event that opened it, as all that happens later in the same one. */
export function outcomesOf(chronicle: Chronicle, sending: TraceRecord): TraceRecord[] {
  if (sending.kind !== 'connect') return chronicle.effects(sending.event);
  const opened = ({ kind, peer }: TraceRecord) => kind === 'open' && peer === sending.peer;
  return chronicle.effects(sending.cause).filter(opened);
}

function lossOf(chronicle: Chronicle, sending: TraceRecord, lost: TraceRecord): Failing {
  const { detail, peer, event } = lost;
  const fault = lost.data as Fault | undefined;
  if (fault !== undefined) return { sending, words: 'is lost', because: chronicle.beginningOf(fault.id) };
  if (detail === 'host down') {
    return { sending, words: `is lost: ${peer} is down`, because: chronicle.crashBefore(peer, event) };
  }
  if (detail === 'nobody bound') {
    const stopped = chronicle.emitted(peer).findLast((one) => one.detail === 'stopped' && one.event < event);
    return { sending, words: `is lost: the program of ${peer} has closed its port`, because: stopped };
  }
  const slow = detail === 'queue full' ? faultUpon(chronicle, lost.at, peer, ['slow']) : undefined;
  return { sending, words: `is lost: ${detail}`, because: slow };
}

/** What kept a message from being heard at once, seen from an event that came first. */
function hindranceOf(
  chronicle: Chronicle,
  { at, host, peer }: TraceRecord,
  before: TraceRecord,
): { words: string; because: TraceRecord | undefined } {
  const down = chronicle.crashBefore(peer, before.event);
  if (down !== undefined) return { words: `: ${peer} is down`, because: down };
  for (const one of [peer, host]) {
    const pause = chronicle.pauseWithin(one, at, before.at);
    if (pause !== undefined) return { words: `: ${one} is paused`, because: pause.begin };
  }
  const slow = faultUpon(chronicle, at, peer, ['slow']) ?? faultUpon(chronicle, at, host, ['slow']);
  if (slow !== undefined) return { words: '', because: slow };
  return { words: '', because: faultBetween(chronicle, at, host, peer) };
}

/** Why something arrived long after it was sent; undefined when it did not. */
export function delayOf(chronicle: Chronicle, sending: TraceRecord, heard: TraceRecord): Failing | undefined {
  const taken = heard.at - sending.at;
  if (taken < LATE) return undefined;
  const { words, because } = hindranceOf(chronicle, sending, heard);
  return { sending, words: `was under way for ${durationInWords(taken)}${words}`, because };
}

function faultUpon(chronicle: Chronicle, at: Micros, host: string, kinds: readonly string[]): TraceRecord | undefined {
  return inForce(
    chronicle,
    at,
    (fault) => kinds.includes(fault.kind) && 'hosts' in fault && fault.hosts.includes(host),
  );
}

/** The fault that touches what one host sends to another. */
function faultBetween(chronicle: Chronicle, at: Micros, from: string, to: string): TraceRecord | undefined {
  return inForce(chronicle, at, (fault) => {
    switch (fault.kind) {
      case 'partition': {
        const [ours, theirs] = [from, to].map((name) => fault.groups.findIndex((group) => group.includes(name)));
        return ours !== theirs && ours !== -1 && theirs !== -1;
      }
      case 'block':
      case 'link':
        return (fault.from?.includes(from) ?? true) && (fault.to?.includes(to) ?? true);
      case 'stream':
        return fault.hosts.includes(from) || fault.hosts.includes(to);
      default:
        return false;
    }
  });
}

/** What the sender of a message suffers as a service, the latest first: it answers as it would not otherwise. */
export function servicesAmiss(chronicle: Chronicle, { at, host }: TraceRecord): TraceRecord[] {
  return allInForce(chronicle, at, (fault) => fault.kind === 'service' && fault.hosts.includes(host)).toReversed();
}

/** The latest beginning of such a fault that holds at a time. */
function inForce(chronicle: Chronicle, at: Micros, fits: (fault: Fault) => boolean): TraceRecord | undefined {
  return allInForce(chronicle, at, fits).at(-1);
}

function allInForce(chronicle: Chronicle, at: Micros, fits: (fault: Fault) => boolean): TraceRecord[] {
  return chronicle.faults.filter((record) => {
    const fault = record.data as Fault;
    const holds = record.at <= at && 'for' in fault && at <= fault.at + fault.for;
    return record.kind === 'fault-begin' && holds && fits(fault);
  });
}
