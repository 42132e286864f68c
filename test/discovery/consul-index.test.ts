import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { follow, nextIndex } from '../../core/discovery/consul/blocking.ts';
import { Pace } from '../../core/discovery/consul/pace.ts';
import type { Found } from '../../core/discovery/source.ts';
import { ManualClock } from '../membership/lone-node.ts';

const RATE = { burst: 3, everyMs: 500 };
const WAIT_MS = 10_000;
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const found = (address: string): Found => ({ candidates: [{ address }], lifetimeMs: 1, complete: true, warnings: [] });

describe('the index to ask with next', () => {
  test.each([
    ['is the one answered', 5n, '6', 6n],
    ['stays where it is', 6n, '6', 6n],
    ['starts over when it went back', 6n, '5', 0n],
    ['is 1 in place of 0, which would never block', 6n, '0', 1n],
    ['is 1 after the first answer says 0', 0n, '0', 1n],
    ['is exact above 2^53', 9_007_199_254_740_992n, '9007199254740993', 9_007_199_254_740_993n],
    ['went back by one above 2^53', 9_007_199_254_740_993n, '9007199254740992', 0n],
    ['may be the largest of 64 bits', 1n, '18446744073709551615', 18_446_744_073_709_551_615n],
    ['is no larger than that', 1n, '18446744073709551616', 0n],
    ['is unknown without a header', 7n, undefined, 0n],
    ['is unknown when the header is no number', 7n, '-1', 0n],
    ['is unknown when the header is empty', 7n, '', 0n],
  ])('%s', (_, before, answered, next) => {
    expect(nextIndex(before, answered)).toBe(next);
  });

  test('is never one that a server would refuse', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.option(fc.oneof(fc.string(), fc.bigInt().map(String))),
        (before, text) => {
          const next = nextIndex(before, text ?? undefined);
          expect(next >= 0n && next < 2n ** 64n).toBe(true);
        },
      ),
    );
  });
});

describe('the loop of blocking queries', () => {
  const header = fc.oneof(
    fc.constant('0'),
    fc.constant(undefined),
    fc.nat(20).map(String),
    fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
    fc.constant('nonsense'),
  );

  test('asks no faster than its rate, and tells every change in order, whatever indexes are answered', async () => {
    const answer = fc.record({ index: header, content: fc.nat(3).map(String) });
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 30 }), async (answers) => {
        const clock = new ManualClock();
        const asked: number[] = [];
        const told: string[] = [];
        const controller = new AbortController();
        const ask = async (): ReturnType<Parameters<typeof follow>[0]> => {
          const next = answers[asked.length];
          asked.push(clock.now() / 1_000);
          if (next === undefined) return new Promise(() => {});
          return { index: next.index, found: found(next.content) };
        };
        const watcher = { found: ({ candidates }: Found) => void told.push(candidates[0]!.address) };
        const options = { clock, pace: new Pace(clock, RATE), confirmMs: 3_600_000 };
        void follow(ask, watcher, controller.signal, options);
        for (let i = 0; i < answers.length; i++) {
          await turn();
          clock.advance(RATE.everyMs);
        }
        await turn();
        controller.abort();
        expect(asked).toHaveLength(answers.length + 1);
        for (const [i, at] of asked.entries()) {
          const earlier = asked[i - RATE.burst];
          if (earlier !== undefined) expect(at - earlier).toBeGreaterThanOrEqual(RATE.everyMs);
          // In the long run one each `everyMs`: the burst is there once.
          expect(i + 1).toBeLessThanOrEqual(RATE.burst + at / RATE.everyMs);
        }
        expect(told).toEqual(
          answers.map(({ content }) => content).filter((one, i, all) => i === 0 || one !== all[i - 1]),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('hears the last word of a server that blocks as Consul does, through restores, zeros and jumps', async () => {
    const event = fc.record({
      afterMs: fc.nat(4_000),
      does: fc.constantFrom('change', 'churn', 'restore', 'zero', 'sane'),
      by: fc.bigInt({ min: 1n, max: 2n ** 60n }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        const clock = new ManualClock();
        const server = new BlockingServer(clock);
        let told: string | undefined;
        const controller = new AbortController();
        const watcher = { found: ({ candidates }: Found) => void (told = candidates[0]!.address) };
        const options = { clock, pace: new Pace(clock, RATE), confirmMs: 3_600_000 };
        void follow((index) => server.ask(index), watcher, controller.signal, options);
        const pass = async (ms: number): Promise<void> => {
          for (let left = ms; left > 0; left -= 250) {
            await turn();
            clock.advance(Math.min(250, left));
          }
          await turn();
        };
        for (const { afterMs, does, by } of events) {
          await pass(afterMs);
          server[does](by);
        }
        await pass(WAIT_MS + 2_000);
        controller.abort();
        expect(told).toBe(server.content);
        expect(server.asked).toBeLessThanOrEqual(RATE.burst + 1 + clock.now() / 1_000 / RATE.everyMs);
      }),
      { numRuns: 60 },
    );
  });
});

/** Blocks while its index is not above the one asked with; a restore or a change wakes whoever waits. */
class BlockingServer {
  content = '0';
  asked = 0;
  #index = 100n;
  #isZero = false;
  readonly #clock: ManualClock;
  #wake = new Set<() => void>();

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  async ask(index: bigint): ReturnType<Parameters<typeof follow>[0]> {
    this.asked += 1;
    // A loop without a rate would never let go.
    if (this.asked > 1_000) return new Promise(() => {});
    if (!this.#isZero && index > 0n && this.#index <= index) {
      await new Promise<void>((resolve) => {
        this.#clock.after(WAIT_MS * 1_000, resolve);
        this.#wake.add(resolve);
      });
    }
    return { index: this.#isZero ? '0' : String(this.#index), found: found(this.content) };
  }

  change(by: bigint): void {
    this.content = String(Number(this.content) + 1);
    this.churn(by);
  }

  churn(by: bigint): void {
    this.#index = (this.#index + by) % 2n ** 64n || 1n;
    this.#wakeAll();
  }

  restore(by: bigint): void {
    this.content = `restored ${this.#index}`;
    this.#index = by < this.#index ? this.#index - by : 1n;
    this.#wakeAll();
  }

  zero(): void {
    this.#isZero = true;
    this.#wakeAll();
  }

  sane(): void {
    this.#isZero = false;
  }

  #wakeAll(): void {
    for (const wake of [...this.#wake]) wake();
    this.#wake = new Set();
  }
}
