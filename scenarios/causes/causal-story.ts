import type { Micros } from '../../core/ports/clock.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { faultInWords } from '../in-words.ts';
import { type Played, type PlayOptions, playWorld } from '../play.ts';
import type { RunResult } from '../result.ts';
import type { Scenario } from '../scenario.ts';
import { tell } from '../story.ts';
import { Chronicle } from './chronicle.ts';
import { lastVerdict, type Start, startOf } from './start.ts';
import { isRoutine } from './subject.ts';
import { type CausalStep, causesOf } from './walk.ts';

/** Why a run failed: one chain of causes, from the fault that began it to the rule that was broken. */
export interface CausalStory {
  readonly result: RunResult;
  /** Whom the story is about; '' when it is about nobody. */
  readonly subject: string;
  /** In order; empty when no single event led to the failure. */
  readonly steps: readonly CausalStep[];
  /** What the other side of the violation last did, where the chain does not tell. */
  readonly meanwhile: readonly CausalStep[];
  /** Faults that held while the story went on, and are in no part of it, as far as messages show. */
  readonly bystanders: readonly string[];
}

/**
 * Plays a run and explains why it failed. Of a run that passed, and with `about`, it explains the latest verdict about
 * that host.
 */
export async function causalStory(
  scenario: Scenario,
  seed: number,
  options: Pick<PlayOptions, 'mode' | 'code'>,
  about?: string,
): Promise<CausalStory> {
  const chronicle = new Chronicle();
  const played = await playWorld(scenario, seed, { ...options, onTrace: chronicle.record });
  return explain(chronicle, played, about);
}

/** As `causalStory`, of a run that was recorded while it played. */
export function explain(chronicle: Chronicle, { result, stage, world }: Played, about?: string): CausalStory {
  const { violation } = result;
  const start = beginning();
  if (start?.event === undefined) {
    return { result, subject: start?.subject ?? '', steps: [], meanwhile: [], bystanders: [] };
  }
  const { steps, faults } = causesOf(chronicle, start.event, start.subject);
  const [from, to] = [steps[0]?.at ?? 0, violation?.at ?? start.event.at];
  return {
    result,
    subject: start.subject,
    steps,
    meanwhile: meanwhileOf(start, steps),
    bystanders: stage.faults.filter((fault) => !faults.has(fault.id) && holds(fault, from, to)).map(faultInWords),
  };

  function beginning(): Start | undefined {
    if (about !== undefined) return lastVerdict(chronicle, about);
    return violation === null ? undefined : startOf(chronicle, violation, world.trace.brokenDuring);
  }

  function meanwhileOf({ subject, event }: Start, told: readonly CausalStep[]): CausalStep[] {
    if (subject === '' || told.some((step) => step.host === subject || step.about.includes(subject))) return [];
    const latest = chronicle
      .emitted(subject)
      .findLast((one) => one.event < event!.event && !isRoutine(one) && one.detail !== event!.detail);
    // What came before the story is no part of it.
    return latest === undefined || latest.at < (told[0]?.at ?? 0)
      ? []
      : [{ ...tell(latest), event: latest.event, notes: [] }];
  }
}

function holds(fault: Fault, from: Micros, to: Micros): boolean {
  return fault.at <= to && ('for' in fault ? fault.at + fault.for >= from : fault.kind === 'clock' || fault.at >= from);
}
