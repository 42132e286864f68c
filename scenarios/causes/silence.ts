import type { TraceRecord } from '../../simulator/trace.ts';
import type { Chronicle } from './chronicle.ts';
import { type Failing, failingOf, outcomesOf, servicesAmiss } from './fate.ts';

/** A question is asked through others at most once, and their answers come back the same way. */
const MOST_FOLLOWED = 500;

/**
 * What did not come: a timer that runs out waited for something. Whatever was sent when it was set, by the same program,
 * is followed forwards, with what was sent in answer; returned are those that failed before the timer ran.
 *
 * Messages are followed that go to or come from `subject`, or are about it; with '' all of them.
 */
export function silenceBehind(
  chronicle: Chronicle,
  setter: TraceRecord,
  ranOut: TraceRecord,
  subject: string,
): readonly Failing[] {
  const failing: Failing[] = [];
  const concerns = ({ host, peer, parts }: TraceRecord) =>
    subject === '' || host === subject || peer === subject || parts[0]?.subject === subject;
  // Handled events whose sendings are to be followed. The timers that the first one set may have asked again.
  const handled = [setter, ...timersSetIn(setter)];
  const answersTo = new Map<number, string>();
  for (let next = 0; next < handled.length && next < MOST_FOLLOWED; next += 1) {
    const step = handled[next] as TraceRecord;
    const asker = answersTo.get(step.event);
    for (const sending of chronicle.sentIn(step.event)) {
      if (sending.event > ranOut.event) continue;
      const isAnswer = asker !== undefined && sending.peer === asker;
      if (!isAnswer && !concerns(sending)) continue;
      const failed = failingOf(chronicle, sending, ranOut);
      if (failed !== undefined) {
        failing.push(failed);
        continue;
      }
      for (const heard of outcomesOf(chronicle, sending)) {
        if (heard.kind !== 'deliver' && heard.kind !== 'stream-message' && heard.kind !== 'open') continue;
        const [amiss] = servicesAmiss(chronicle, heard);
        if (amiss !== undefined && heard.kind !== 'open')
          failing.push({ sending, words: 'has no good answer', because: amiss });
        answersTo.set(heard.event, sending.host);
        if (heard.host !== setter.host || heard.kind === 'open') handled.push(heard);
      }
    }
  }
  return failing;

  function timersSetIn({ event, host }: TraceRecord): TraceRecord[] {
    const timers = chronicle.effects(event).filter(({ kind }) => kind === 'timer');
    return timers.filter((timer) => timer.host === host && timer.event < ranOut.event);
  }
}
