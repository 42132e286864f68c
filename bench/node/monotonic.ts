/** Microseconds of the machine's one monotonic clock: what two processes read can be compared (on Linux). */
export function monotonicMicros(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}
