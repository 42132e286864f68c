import { readdirSync, readFileSync } from 'node:fs';
import type { Address } from '../../core/ports/transport.ts';
import { placeOf } from '../../transports/sockets/place.ts';

/** Datagrams for this address that the kernel threw away because its buffer was full (Linux). */
export function kernelDrops(address: Address): number {
  const { host, port } = placeOf(address);
  const bytes = host.split('.').map(Number).toReversed();
  const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
  const place = `${bytes.map((byte) => hex(byte, 2)).join('')}:${hex(port, 4)}`;
  const lines = readFileSync('/proc/net/udp', 'utf8').split('\n');
  const line = lines.map((one) => one.trim().split(/\s+/)).find((columns) => columns[1] === place);
  if (line === undefined) throw new Error(`no UDP socket is bound to ${address}`);
  return Number(line.at(-1));
}

/** The most memory that a process ever had, in megabytes. */
export function peakMegabytes(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

/** Seconds on a CPU, over all threads that still live. */
export function cpuSeconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const run = threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0]));
  return run.reduce((sum, one) => sum + one, 0) / 1e9;
}

export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
