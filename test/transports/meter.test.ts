import perfHooks, { PerformanceObserver } from 'node:perf_hooks';
import { describe, expect, test, vi } from 'vitest';
import { promMeter } from '../../transports/meter.ts';

describe('a scrape', () => {
  test('is the text format of Prometheus, with the words that explain each number', async () => {
    const meter = await promMeter();
    meter.counter('rollcall_sent_total', 'Messages sent.', () => 3);
    meter.gauge('rollcall_members', 'Members by\nstate.', () => [{ labels: { state: 'alive' }, value: 2 }]);
    expect(await meter.scrape()).toEqual({
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      text: [
        '# HELP rollcall_sent_total Messages sent.',
        '# TYPE rollcall_sent_total counter',
        'rollcall_sent_total 3',
        '',
        '# HELP rollcall_members Members by\\nstate.',
        '# TYPE rollcall_members gauge',
        'rollcall_members{state="alive"} 2',
        '',
      ].join('\n'),
    });
  });

  test('lets no label value end its quotes or its line', async () => {
    const meter = await promMeter();
    meter.gauge('rollcall_odd', 'Odd.', () => [{ labels: { name: 'a"} 1\nfake 2\\' }, value: 1 }]);
    expect((await meter.scrape()).text).toContain('rollcall_odd{name="a\\"} 1\\nfake 2\\\\"} 1\n');
  });

  test('tells of the process only when asked to', async () => {
    expect((await (await promMeter()).scrape()).text.trim()).toBe('');
    const { text } = await (await promMeter({ process: true })).scrape();
    for (const name of [
      'process_cpu_seconds_total',
      'process_start_time_seconds',
      'process_resident_memory_bytes',
      'process_open_fds',
      'process_max_fds',
      'nodejs_heap_size_used_bytes',
      'nodejs_eventloop_active_seconds_total',
    ]) {
      expect(Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]), name).toBeGreaterThan(0);
    }
    expect(text).toContain(`nodejs_version_info{version="${process.version}"} 1\n`);
  });

  test('of the process leaves nothing running behind it', async () => {
    const monitor = vi.spyOn(perfHooks, 'monitorEventLoopDelay');
    const observe = vi.spyOn(PerformanceObserver.prototype, 'observe');
    await (await promMeter({ process: true })).scrape();
    expect([monitor.mock.calls, observe.mock.calls]).toEqual([[], []]);
    vi.restoreAllMocks();
  });

  test('of one meter knows nothing of another', async () => {
    const [one, two] = [await promMeter(), await promMeter()];
    one.gauge('rollcall_members', 'Members.', () => 1);
    two.gauge('rollcall_members', 'Members.', () => 2);
    expect((await one.scrape()).text).toContain('rollcall_members 1\n');
    expect((await two.scrape()).text).toContain('rollcall_members 2\n');
  });
});
