import { readdirSync, readFileSync } from 'node:fs';

/** What Linux has counted of a process. */
export interface Usage {
  /** Nanoseconds on a CPU, over all of its threads. The ticks of `stat` are too coarse for processes that mostly sleep. */
  readonly cpu: number;
  /** Kilobytes in memory, those shared with others included … */
  readonly rss: number;
  /** … and with each shared page divided by those who share it. */
  readonly pss: number;
}

export function usageOf(pid: number): Usage {
  const threads = readdirSync(`/proc/${pid}/task`);
  const cpu = threads.map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]));
  const memory = read(`/proc/${pid}/smaps_rollup`);
  return { cpu: cpu.reduce((sum, one) => sum + one, 0), rss: kilobytes(memory, 'Rss'), pss: kilobytes(memory, 'Pss') };
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]);
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}
