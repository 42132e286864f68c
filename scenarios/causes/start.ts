import type { Violation } from '../../simulator/invariant.ts';
import type { TraceRecord } from '../../simulator/trace.ts';
import type { Chronicle } from './chronicle.ts';
import { isAbout, isForgetting, isRoutine } from './subject.ts';

/** Where a story begins to be told backwards, and whom it is about. */
export interface Start {
  readonly event: TraceRecord | undefined;
  readonly subject: string;
}

/**
 * The event that broke a rule. A rule that looks at the clock finds at a tick what has been wrong for longer: then it is
 * the latest event that the violation's subject explains.
 */
export function startOf(chronicle: Chronicle, violation: Violation, during: number | undefined): Start {
  const [observer = '', about = ''] = violation.subject.split('>');
  const subject = about === '' ? observer : about;
  if (during !== undefined && during >= 0) return { event: chronicle.at(during), subject };
  if (violation.invariant === 'no-exception') {
    return { event: chronicle.records.findLast(({ host }) => host === observer), subject: '' };
  }
  return { event: lastAbout(chronicle, observer, about), subject };
}

/** The latest verdict about somebody, whoever gave it. */
export function lastVerdict(chronicle: Chronicle, subject: string): Start {
  const event = chronicle.records.findLast(
    (record) =>
      record.kind === 'emit' &&
      record.host !== subject &&
      !isRoutine(record) &&
      !isForgetting(record) &&
      isAbout(record, subject),
  );
  return { event: event ?? chronicle.lifeOf(subject).at(-1), subject };
}

/** What an observer last said of somebody, or what last became of the two of them: whichever came later. */
function lastAbout(chronicle: Chronicle, observer: string, about: string): TraceRecord | undefined {
  const said = chronicle
    .emitted(observer)
    .findLast((record) => !isRoutine(record) && (about === '' || isAbout(record, about)));
  const lives = [observer, about].map((host) => chronicle.lifeOf(host).at(-1));
  const latest = [said, ...lives].filter((one) => one !== undefined).toSorted((a, b) => a.event - b.event);
  return latest.at(-1);
}
