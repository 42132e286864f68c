import type { TraceRecord } from '../../simulator/trace.ts';
import { tell } from '../story.ts';

/** Said of a member by its own program, though no field names it. */
const OF_ITSELF: readonly string[] = ['self', 'refuted', 'leaving', 'stopped', 'joined'];

/** What a member does all the time, and what is no verdict about anybody. */
export const ROUTINE: readonly string[] = ['probe', 'inserted', 'health', 'push-pull', 'broadcast', 'log'];

/** Whom something that was emitted is about; '' when it is about nobody. */
export function subjectOf(record: TraceRecord): string {
  if (record.kind !== 'emit') return '';
  const { subject } = (record.data ?? {}) as { subject?: unknown };
  if (typeof subject === 'string') return subject;
  return OF_ITSELF.includes(record.detail) ? record.host : '';
}

export function isAbout(record: TraceRecord, subject: string): boolean {
  const said = subjectOf(record);
  return said === '' ? tell(record).about.slice(1).includes(subject) : said === subject;
}

export function isRoutine({ detail }: TraceRecord): boolean {
  return ROUTINE.includes(detail);
}

/** A change of what a member holds of another: it stands until the next one. */
export function isVerdict({ detail }: TraceRecord): boolean {
  return detail === 'transition';
}

/** The dead are forgotten in the end: that says nothing new about them. */
export function isForgetting(record: TraceRecord): boolean {
  return isVerdict(record) && (record.data as { to?: unknown }).to === undefined;
}
