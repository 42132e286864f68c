import { TimerWheel } from '../simulator/wheel.ts';

const PENDING = 100_000;
const ROUNDS = 3;
/** Enough that the heap's objects lie as scattered in memory as in a long run, and its garbage is collected. */
const OPERATIONS = 2_000_000;
/** Delays are drawn beforehand, so that both sides pay for the queue alone. */
const DELAYS = 65_536;

/** Events per second in the hold model: with so many pending, take the earliest and set one more. */
export interface WheelResult {
  readonly pending: number;
  readonly wheelPerSecond: number;
  readonly heapPerSecond: number;
  readonly ratio: number;
}

/** The wheel beside what one writes first: a binary heap of objects with a comparator and a closure per event. */
export function benchWheel(): WheelResult {
  const delays = drawDelays();
  const wheelPerSecond = best(() => holdWheel(delays));
  const heapPerSecond = best(() => holdHeap(delays));
  return { pending: PENDING, wheelPerSecond, heapPerSecond, ratio: wheelPerSecond / heapPerSecond };
}

function best(measure: () => number): number {
  return Math.max(...Array.from({ length: ROUNDS }, measure));
}

function holdWheel(delays: Float64Array): number {
  const wheel = new TimerWheel(PENDING);
  for (let id = 0; id < PENDING; id++) wheel.schedule(id, delays[id % DELAYS] as number);
  const start = performance.now();
  for (let count = 0; count < OPERATIONS; count++) {
    const id = wheel.pop(Number.MAX_SAFE_INTEGER);
    wheel.schedule(id, wheel.timeOf(id) + (delays[count % DELAYS] as number));
  }
  return OPERATIONS / ((performance.now() - start) / 1000);
}

interface HeapEvent {
  readonly time: number;
  readonly order: number;
  readonly run: () => void;
}

function holdHeap(delays: Float64Array): number {
  const heap = new ObjectHeap<HeapEvent>((a, b) => a.time - b.time || a.order - b.order);
  let order = 0;
  let ran = 0;
  const push = (time: number): void => {
    heap.push({ time, order: order++, run: () => void (ran += 1) });
  };
  for (let count = 0; count < PENDING; count++) push(delays[count % DELAYS] as number);
  const start = performance.now();
  for (let count = 0; count < OPERATIONS; count++) {
    const event = heap.pop() as HeapEvent;
    event.run();
    push(event.time + (delays[count % DELAYS] as number));
  }
  const perSecond = OPERATIONS / ((performance.now() - start) / 1000);
  if (ran !== OPERATIONS) throw new Error(`the heap ran ${ran} events instead of ${OPERATIONS}`);
  return perSecond;
}

class ObjectHeap<T> {
  readonly #items: T[] = [];
  readonly #compare: (a: T, b: T) => number;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  push(item: T): void {
    this.#items.push(item);
    let child = this.#items.length - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (this.#isInOrder(parent, child)) return;
      this.#swap(parent, child);
      child = parent;
    }
  }

  pop(): T | undefined {
    const items = this.#items;
    if (items.length === 0) return undefined;
    this.#swap(0, items.length - 1);
    const first = items.pop();
    for (let parent = 0; ;) {
      const left = parent * 2 + 1;
      if (left >= items.length) return first;
      const right = left + 1;
      const child = right < items.length && !this.#isInOrder(left, right) ? right : left;
      if (this.#isInOrder(parent, child)) return first;
      this.#swap(parent, child);
      parent = child;
    }
  }

  #isInOrder(first: number, second: number): boolean {
    return this.#compare(this.#items[first] as T, this.#items[second] as T) <= 0;
  }

  #swap(one: number, other: number): void {
    const held = this.#items[one] as T;
    this.#items[one] = this.#items[other] as T;
    this.#items[other] = held;
  }
}

/** Half around 50 ms, as packets have it, and half around 1 s, as protocol timers do; from a small generator of its own. */
function drawDelays(): Float64Array {
  let state = 0x9e3779b9;
  return Float64Array.from({ length: DELAYS }, (_, index) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    const fraction = (state >>> 0) / 4_294_967_296;
    return Math.ceil(index % 2 === 0 ? -Math.log(1 - fraction) * 50_000 : 900_000 + fraction * 200_000);
  });
}
