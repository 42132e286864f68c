import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/regressions/*.test.mjs'],
    // Simulated worlds allocate in bursts: a larger young generation spares most of the collector's work.
    pool: 'forks',
    // Many tests wait for sockets and servers: one more than Vitest would take on two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    execArgv: ['--max-semi-space-size=64'],
    // The longest tests play hundreds of worlds; they end by count, not by time, so this only stops a hang.
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
});
