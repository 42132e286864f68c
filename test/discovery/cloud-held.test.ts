import { expect, test } from 'vitest';
import { Budget } from '../../core/discovery/cloud/budget.ts';
import { CredentialsRefused, Held, type Lent } from '../../core/discovery/cloud/held.ts';
import { everyPage } from '../../core/discovery/cloud/listing.ts';
import { SourceFailed } from '../../core/discovery/source.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { patient } from './asking.ts';

const SECOND = 1_000_000;

/** Time that passes by hand. */
class HandClock implements Clock {
  time = 0;
  now = (): number => this.time;
  wallTime = (): number => this.time / 1_000;
  after = (): number => 1;
  cancel = (): void => {};
}

/** A lender whose loans are numbered, and live as long as `lifetimeMs` says; undefined: it is down. */
function lender(lifetimeMs: number | undefined) {
  const clock = new HandClock();
  const state = { lent: 0, asked: 0, lifetimeMs };
  const held = new Held<number>(clock, async (): Promise<Lent<number>> => {
    state.asked += 1;
    if (state.lifetimeMs === undefined) throw new SourceFailed('test', 'down');
    return { value: (state.lent += 1), lifetimeMs: state.lifetimeMs };
  });
  const use = (work: (value: number) => Promise<number> = async (value) => value): Promise<number> =>
    held.use(new Budget('test', clock, patient), work);
  return { clock, state, use };
}

test('what was lent is used until five minutes before its end, then fetched anew', async () => {
  const { clock, state, use } = lender(3_600_000);
  expect(await use()).toBe(1);
  clock.time = 3_299 * SECOND;
  expect(await use()).toBe(1);
  clock.time = 3_301 * SECOND;
  expect(await use()).toBe(2);
  expect(state.asked).toBe(2);
});

test('what lives shortly is fetched anew when a fifth is left', async () => {
  const { clock, use } = lender(100_000);
  await use();
  clock.time = 79 * SECOND;
  expect(await use()).toBe(1);
  clock.time = 81 * SECOND;
  expect(await use()).toBe(2);
});

test('while it is good a lender that is down does no harm, and is not pestered', async () => {
  const { clock, state, use } = lender(600_000);
  await use();
  state.lifetimeMs = undefined;
  clock.time = 500 * SECOND;
  for (let i = 0; i < 5; i += 1) expect(await use()).toBe(1);
  expect(state.asked).toBe(2);
  clock.time = 601 * SECOND;
  await expect(use()).rejects.toThrow('down');
});

test('what is refused is fetched anew once; the second refusal stands', async () => {
  const { state, use } = lender(3_600_000);
  const refuse = (upTo: number) => async (value: number) => {
    if (value <= upTo) throw new CredentialsRefused('test', `${value} is refused`);
    return value;
  };
  expect(await use(refuse(1))).toBe(2);
  await expect(use(refuse(9))).rejects.toThrow('3 is refused');
  expect(state.asked).toBe(3);
});

test('what does not expire is not asked for again: it would be the same', async () => {
  const { state, use } = lender(Number.POSITIVE_INFINITY);
  const refuse = async (): Promise<number> => {
    throw new CredentialsRefused('test', 'refused');
  };
  await expect(use(refuse)).rejects.toThrow('refused');
  expect(state.asked).toBe(1);
});

test('a lifetime that a wrong clock makes negative does not ask at every call', async () => {
  const { clock, state, use } = lender(-5_000_000);
  for (let i = 0; i < 20; i += 1) {
    clock.time += SECOND;
    await use();
  }
  expect(state.asked).toBe(1);
});

test('all calls of one question share its time', async () => {
  const clock = new HandClock();
  const budget = new Budget('test', clock, patient);
  expect(budget.limits()).toMatchObject({ deadlineMs: 5_000, idleMs: 5_000 });
  expect(budget.limits(2_000).deadlineMs).toBe(2_000);
  clock.time = 4 * SECOND;
  expect(budget.limits(2_000).deadlineMs).toBe(1_000);
  await expect(budget.pause(1_000)).rejects.toThrow('no whole answer within 5000 ms');
  clock.time = 5 * SECOND;
  expect(() => budget.limits()).toThrow('no whole answer within 5000 ms');
});

test('a pause ends when nobody waits any more', async () => {
  const controller = new AbortController();
  const budget = new Budget('test', new HandClock(), { deadlineMs: 5_000, signal: controller.signal });
  const paused = budget.pause(1_000);
  controller.abort();
  await expect(paused).rejects.toThrow('nobody waits');
  await expect(budget.pause(1)).rejects.toThrow('nobody waits');
});

test('a list whose pages never end, or repeat, is a failure', async () => {
  let pages = 0;
  await expect(everyPage('test', async () => String((pages += 1)))).rejects.toThrow('more than 200 pages');
  expect(pages).toBe(200);
  await expect(everyPage('test', async () => 'again')).rejects.toThrow('the same page again');
});
