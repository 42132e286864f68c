import { MILLISECOND, type Clock } from '../ports/clock.ts';
import { SourceFailed, type Ask } from './source.ts';

/** A question that ends in time, whoever is asked. */
export interface Bounded<T> {
  readonly answer: Promise<T>;
  /** Nobody needs it any more. Harmless once there is an answer. */
  giveUp(): void;
}

/** Asks `work` within a deadline. Work that ignores the signal keeps nobody waiting: its answer is not heard. */
export function bounded<T>(
  clock: Clock,
  method: string,
  deadlineMs: number,
  work: (ask: Ask) => Promise<T>,
): Bounded<T> {
  const controller = new AbortController();
  let giveUp = (): void => {};
  const answer = new Promise<T>((resolve, reject) => {
    const end = (problem: string): void => {
      clock.cancel(late);
      reject(new SourceFailed(method, problem));
      controller.abort();
    };
    const late = clock.after(deadlineMs * MILLISECOND, () => end(`no answer within ${deadlineMs / 1_000} s.`));
    giveUp = () => end('the question was given up.');
    Promise.resolve()
      .then(() => work({ deadlineMs, signal: controller.signal }))
      .then(resolve, reject)
      .finally(() => {
        giveUp = () => {};
        clock.cancel(late);
      });
  });
  return { answer, giveUp: () => giveUp() };
}
