import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { TimerHeap } from '../../transports/timer-heap.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const drain = (heap: TimerHeap): number[] => {
  const timers: number[] = [];
  for (let first = heap.first(); first !== undefined; first = heap.first()) {
    timers.push(first.timer);
    heap.removeFirst();
  }
  return timers;
};

test('timers come out by due time, and in the order of setting when due together, whatever was cancelled', () => {
  const random = seededRandom('timers');
  for (let round = 0; round < 50; round++) {
    const heap = new TimerHeap();
    const kept: { timer: number; due: number }[] = [];
    for (let timer = 1; timer <= 400; timer++) {
      const entry = { timer, due: random.int(100), task: () => {} };
      heap.add(entry);
      kept.push(entry);
      if (random.chance([2, 3])) heap.cancel(kept.splice(random.int(kept.length), 1)[0]!.timer);
    }
    expect(heap.size).toBe(kept.length);
    expect(drain(heap)).toEqual(kept.toSorted((a, b) => a.due - b.due || a.timer - b.timer).map(({ timer }) => timer));
    expect(heap.size).toBe(0);
  }
});

test('timers that were cancelled, ran, or never were change nothing when they are cancelled again', () => {
  const heap = new TimerHeap();
  for (const timer of [1, 2, 3]) heap.add({ timer, due: 10 - timer, task: () => {} });
  heap.removeFirst();
  for (const timer of [3, 2, 2, 0, 99]) heap.cancel(timer);
  expect(drain(heap)).toEqual([1]);
  heap.removeFirst();
  expect(heap.size).toBe(0);
});

test('cancelled timers do not pile up: what they would have run is let go', async () => {
  const heap = new TimerHeap();
  heap.add({ timer: 1, due: 1, task: () => {} });
  const tasks: WeakRef<() => void>[] = [];
  for (let timer = 2; timer < 10_000; timer++) {
    const task = (): void => void timer;
    tasks.push(new WeakRef(task));
    heap.add({ timer, due: 2, task });
    heap.cancel(timer);
  }
  // What a WeakRef was made for in this turn is held until its end.
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(heap.first()?.timer).toBe(1);
  expect(tasks.filter((task) => task.deref() !== undefined).length).toBeLessThan(200);
});
