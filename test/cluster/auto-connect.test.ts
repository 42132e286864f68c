import { expect, test } from 'vitest';
import { AutoConnect } from '../../core/cluster/auto-connect.ts';
import { silentLog } from '../../core/ports/log.ts';
import type { Candidate } from '../../core/discovery/source.ts';
import { Timed } from '../discovery/timed.ts';

const at = (last: number): Candidate => ({ address: `10.0.0.${last}:7946` });

async function connecting(candidates: Candidate[], hinted: Candidate[] = []) {
  const time = await Timed.begin();
  const reached = new Set<string>();
  const contacted: string[] = [];
  /** Who answers, and whether he then is listed. */
  const answers = new Map<string, 'joins' | 'answers' | 'later'>();
  const connect = new AutoConnect({
    clock: time.clock,
    random: time.random,
    log: silentLog,
    candidates: () => candidates,
    hints: () => hinted,
    isReached: (address) => reached.has(address),
    async contact(address) {
      contacted.push(address);
      const answer = answers.get(address);
      if (answer === undefined) throw new Error('nobody answers');
      if (answer === 'later') await time.sleep(30);
      else if (answer === 'joins') reached.add(address);
    },
  });
  const run = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      connect.look();
      await time.pass(1);
    }
  };
  return { connect, run, reached, contacted, answers, candidates };
}

test('who might be there and is no member is contacted; members are left in peace', async () => {
  const { connect, run, reached, contacted, answers } = await connecting([at(1), at(2)]);
  reached.add(at(1).address);
  answers.set(at(2).address, 'joins');
  await run(10);
  expect(contacted).toEqual([at(2).address]);
  expect(connect.health.map(({ status }) => status)).toEqual(['member', 'member']);
});

test('each that does not answer has a rest of its own that grows, and is shown with its error', async () => {
  const { connect, run, contacted, answers, candidates } = await connecting([at(1)]);
  await run(600);
  expect(contacted.length).toBeLessThan(13);
  expect(connect.health[0]).toMatchObject({ status: 'waiting', breaker: 'open', error: 'nobody answers' });
  answers.set(at(2).address, 'joins');
  candidates.push(at(2));
  await run(2);
  expect(contacted.at(-1)).toBe(at(2).address);
  expect(connect.health[1]).toMatchObject({ status: 'member', failures_in_a_row: 0, error: null });
});

test('a peer that moved gets another chance at once', async () => {
  const { run, contacted, answers, candidates } = await connecting([{ id: 'a', ...at(1) }]);
  await run(120);
  candidates[0] = { id: 'a', ...at(2) };
  answers.set(at(2).address, 'joins');
  await run(2);
  expect(contacted.at(-1)).toBe(at(2).address);
});

test('one that answers without becoming a member is asked again only now and then', async () => {
  const { connect, run, contacted, answers } = await connecting([at(1)]);
  answers.set(at(1).address, 'answers');
  await run(130);
  expect(contacted.length).toBeLessThanOrEqual(3);
  expect(connect.health[0]).toMatchObject({ status: 'unlisted' });
});

test('a few at once are contacted, however many are found', async () => {
  const { connect, run, contacted, answers, candidates } = await connecting([]);
  for (let last = 1; last <= 50; last++) {
    candidates.push(at(last));
    answers.set(at(last).address, 'later');
  }
  await run(5);
  expect(contacted).toHaveLength(4);
  expect(connect.health.filter(({ status }) => status === 'connecting')).toHaveLength(4);
});

test('one pass through a long list of the dead reaches the one that lives', async () => {
  const { run, contacted, answers, candidates } = await connecting([]);
  for (let i = 0; i < 1_000; i++) candidates.push({ address: `10.1.${i >> 8}.${i & 255}:7946` });
  answers.set(candidates[617]!.address, 'joins');
  await run(120);
  expect(contacted).toContain(candidates[617]!.address);
});

test('what peers hint at comes behind what own sources say', async () => {
  const hinted = Array.from({ length: 20 }, (_, i) => at(100 + i));
  const { run, contacted } = await connecting([at(1), at(2), at(3)], hinted);
  await run(2);
  expect(contacted.slice(0, 3).toSorted()).toEqual([at(1), at(2), at(3)].map(({ address }) => address));
  expect(contacted.length).toBeGreaterThan(3);
});

test('who is not named any more is forgotten', async () => {
  const { connect, run, candidates } = await connecting([at(1), at(2)]);
  await run(3);
  candidates.pop();
  await run(5);
  expect(connect.health.map(({ address }) => address)).toEqual([at(1).address]);
});
