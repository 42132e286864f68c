import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Reading } from '../core/ports/meter.ts';

/** Under the names that every client of Prometheus gives them. */
interface ProcessMetric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  readonly read: () => Reading;
}

const MICROS = 1_000_000;

/** All of them are read from the system when somebody asks: no timer and no observer runs in between. */
export const PROCESS_METRICS: readonly ProcessMetric[] = [
  counter('process_cpu_user_seconds_total', 'CPU time of the program itself.', () => process.cpuUsage().user / MICROS),
  counter(
    'process_cpu_system_seconds_total',
    'CPU time of the system on its behalf.',
    () => process.cpuUsage().system / MICROS,
  ),
  counter('process_cpu_seconds_total', 'CPU time of both.', () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / MICROS;
  }),
  gauge(
    'process_start_time_seconds',
    'When the process was started, in seconds since 1970.',
    () => performance.timeOrigin / 1_000,
  ),
  gauge('process_resident_memory_bytes', 'Memory that the process occupies.', () => process.memoryUsage.rss()),
  gauge('process_open_fds', 'Open files and sockets.', () => orNothing(() => readdirSync('/proc/self/fd').length)),
  gauge('process_max_fds', 'Files and sockets that may be open.', () =>
    orNothing(() => Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1])),
  ),
  gauge('nodejs_heap_size_total_bytes', 'Memory set aside for objects.', () => process.memoryUsage().heapTotal),
  gauge('nodejs_heap_size_used_bytes', 'Memory in use by objects.', () => process.memoryUsage().heapUsed),
  gauge('nodejs_external_memory_bytes', 'Memory of buffers and other things beside the heap.', () => {
    return process.memoryUsage().external;
  }),
  counter(
    'nodejs_eventloop_active_seconds_total',
    'Time in which the event loop was busy: its rate is 1 when nothing else gets a turn.',
    () => performance.eventLoopUtilization().active / 1_000,
  ),
  gauge('nodejs_version_info', 'Always 1; the label tells the version of Node.', () => [
    { labels: { version: process.version }, value: 1 },
  ]),
];

function gauge(name: string, help: string, read: () => Reading): ProcessMetric {
  return { name, kind: 'gauge', help, read };
}

function counter(name: string, help: string, read: () => Reading): ProcessMetric {
  return { name, kind: 'counter', help, read };
}

/** Systems without /proc do not tell; nor do those without a limit. */
function orNothing(read: () => number): Reading {
  try {
    const value = read();
    return Number.isNaN(value) ? [] : value;
  } catch {
    return [];
  }
}
