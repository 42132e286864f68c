import { describe, expect, test } from 'vitest';
import type { Meter, Sample } from '../../core/ports/meter.ts';

interface MeterUnderTest {
  readonly meter: Meter;
  /** What is seen now, by name and labels as Prometheus writes them: `queue{kind="alive"}`. */
  collect(): Promise<Readonly<Record<string, number>>>;
}

/** What every implementation of the Meter port does. */
export function meterContract(name: string, create: () => Promise<MeterUnderTest>): void {
  describe(`${name} keeps the contract of Meter`, () => {
    test('counters and gauges are read when somebody collects, and not before', async () => {
      const { meter, collect } = await create();
      const own = { sent: 0, waiting: 0, reads: 0 };
      meter.counter('rollcall_sent_total', 'Messages sent.', () => {
        own.reads++;
        return own.sent;
      });
      meter.gauge('rollcall_waiting', 'Messages that wait.', () => own.waiting);
      expect(own.reads).toBe(0);
      Object.assign(own, { sent: 7, waiting: -2.5 });
      expect(await collect()).toEqual({ rollcall_sent_total: 7, rollcall_waiting: -2.5 });
      Object.assign(own, { sent: 9, waiting: 0 });
      expect(await collect()).toEqual({ rollcall_sent_total: 9, rollcall_waiting: 0 });
      expect(own.reads).toBe(2);
    });

    test('a reading may be one number per set of labels, and label sets that are gone are gone', async () => {
      const { meter, collect } = await create();
      let sample: readonly Sample[] = [
        { labels: { kind: 'alive', from: 'a' }, value: 1 },
        { labels: { kind: 'dead', from: 'a' }, value: 2 },
      ];
      meter.counter('rollcall_news_total', 'News by kind.', () => sample);
      meter.gauge('rollcall_queue', 'Waiting by kind.', () => sample);
      expect(await collect()).toEqual({
        'rollcall_news_total{kind="alive",from="a"}': 1,
        'rollcall_news_total{kind="dead",from="a"}': 2,
        'rollcall_queue{kind="alive",from="a"}': 1,
        'rollcall_queue{kind="dead",from="a"}': 2,
      });
      sample = [{ labels: { kind: 'left', from: 'b' }, value: 3 }];
      expect(await collect()).toEqual({
        'rollcall_news_total{kind="left",from="b"}': 3,
        'rollcall_queue{kind="left",from="b"}': 3,
      });
      sample = [];
      expect(await collect()).toEqual({});
    });

    test('a histogram counts what is observed, by label', async () => {
      const { meter, collect } = await create();
      const times = meter.histogram('rollcall_wait_seconds', 'Waits.', ['method'], [0.1, 1]);
      times.observe(0.05, { method: 'dns' });
      times.observe(0.5, { method: 'dns' });
      times.observe(30, { method: 'static' });
      expect(await collect()).toMatchObject({
        'rollcall_wait_seconds_bucket{le="0.1",method="dns"}': 1,
        'rollcall_wait_seconds_bucket{le="1",method="dns"}': 2,
        'rollcall_wait_seconds_bucket{le="+Inf",method="dns"}': 2,
        'rollcall_wait_seconds_sum{method="dns"}': 0.55,
        'rollcall_wait_seconds_count{method="dns"}': 2,
        'rollcall_wait_seconds_bucket{le="1",method="static"}': 0,
        'rollcall_wait_seconds_count{method="static"}': 1,
      });
    });

    test('a histogram without labels', async () => {
      const { meter, collect } = await create();
      meter.histogram('rollcall_wait_seconds', 'Waits.', [], [1]).observe(2);
      expect(await collect()).toMatchObject({
        'rollcall_wait_seconds_bucket{le="1"}': 0,
        rollcall_wait_seconds_count: 1,
        rollcall_wait_seconds_sum: 2,
      });
    });

    const declarations: [string, (meter: Meter) => void][] = [
      ['counter', (meter) => meter.counter('rollcall_once', 'Once.', () => 1)],
      ['gauge', (meter) => meter.gauge('rollcall_once', 'Once.', () => 1)],
      ['histogram', (meter) => void meter.histogram('rollcall_once', 'Once.', [], [1])],
    ];
    for (const [first, declareFirst] of declarations)
      for (const [second, declareSecond] of declarations)
        test(`a name that a ${first} has is refused to a ${second}`, async () => {
          const { meter } = await create();
          declareFirst(meter);
          expect(() => declareSecond(meter)).toThrow('rollcall_once');
        });
  });
}
