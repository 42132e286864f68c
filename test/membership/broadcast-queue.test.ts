import { describe, expect, test } from 'vitest';
import { BroadcastQueue } from '../../core/membership/broadcast-queue.ts';
import type { Message } from '../../core/wire/messages.ts';
import { suspect } from './lone-node.ts';

const message = (name: string): Message => suspect(name, 1, 'x');
const queue = (changes = {}): BroadcastQueue =>
  new BroadcastQueue({ userMax: 8, partOverhead: 2, itemsPerPacket: 0, onDropped: () => {}, ...changes });
const namesOf = (parts: readonly Message[]): string[] => parts.map((part) => ('node' in part ? part.node : ''));

function fill(from: BroadcastQueue, room: number, limit = 4): string[] {
  const parts: Message[] = [];
  from.fill(parts, room, limit);
  return namesOf(parts);
}

describe('the broadcast queue', () => {
  test('sends the least sent first, and of those the newest', () => {
    const q = queue();
    q.add('failed', 'a', message('a'), 10);
    q.add('failed', 'b', message('b'), 10);
    expect(fill(q, 12)).toEqual(['b']);
    expect(fill(q, 12)).toEqual(['a']);
    q.add('failed', 'c', message('c'), 10);
    expect(fill(q, 24)).toEqual(['c', 'a']);
  });

  test('sends each item exactly as often as the limit says, at most once per packet', () => {
    const q = queue();
    let done = 0;
    q.add('alive', 'a', message('a'), 10, () => (done += 1));
    for (let i = 0; i < 4; i += 1) expect(fill(q, 100)).toEqual(['a']);
    expect(fill(q, 100)).toEqual([]);
    expect([q.size, done]).toEqual([0, 1]);
  });

  test('newer news about a subject replaces the older', () => {
    const q = queue();
    q.add('alive', 'a', message('old'), 10);
    q.add('failed', 'a', message('new'), 10);
    expect(q.size).toBe(1);
    expect(fill(q, 100)).toEqual(['new']);
  });

  test('skips what does not fit and takes what does', () => {
    const q = queue();
    q.add('alive', 'small', message('small'), 10);
    q.add('alive', 'big', message('big'), 50);
    expect(fill(q, 30)).toEqual(['small']);
  });

  test('gives every class its share of the bytes', () => {
    const q = queue({ userMax: 100 });
    for (let i = 0; i < 50; i += 1) {
      q.add('alive', `a${i}`, message('alive'), 10);
      q.add('failed', `f${i}`, message('failed'), 10);
      q.add('user', `u${i}`, message('user'), 10);
    }
    const names = fill(q, 360);
    const of = (name: string): number => names.filter((one) => one === name).length;
    expect([of('alive'), of('failed'), of('user')]).toEqual([10, 10, 10]);
  });

  test('leaves the share of an empty class to the others', () => {
    const q = queue();
    for (let i = 0; i < 50; i += 1) q.add('alive', `a${i}`, message('alive'), 10);
    expect(fill(q, 360)).toHaveLength(30);
  });

  test('takes no more items than a packet may carry', () => {
    const q = queue({ itemsPerPacket: 6 });
    for (let i = 0; i < 20; i += 1)
      q.add(i % 2 === 0 ? 'alive' : 'failed', `a${i}`, message(i % 2 === 0 ? 'alive' : 'failed'), 10);
    expect(fill(q, 1_000).toSorted()).toEqual(['alive', 'alive', 'alive', 'failed', 'failed', 'failed']);
  });

  test('is bounded for user messages: the one that was sent most often goes first, and is counted', () => {
    let dropped = 0;
    const q = queue({ userMax: 2, onDropped: () => (dropped += 1) });
    q.add('user', 'a', message('a'), 10);
    fill(q, 100);
    q.add('user', 'b', message('b'), 10);
    q.add('user', 'c', message('c'), 10);
    expect([q.size, dropped]).toEqual([2, 1]);
    expect(fill(q, 100)).toEqual(['c', 'b']);
  });

  test('does not confuse a member with a user message of the same name', () => {
    const q = queue();
    q.add('alive', 'a', message('member'), 10);
    q.add('user', 'a', message('user'), 10);
    expect(fill(q, 100).toSorted()).toEqual(['member', 'user']);
  });
});
