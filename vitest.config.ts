import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Simulated worlds allocate in bursts: a larger young generation spares most of the collector's work.
    pool: 'forks',
    execArgv: ['--max-semi-space-size=64'],
    // The longest tests play hundreds of worlds; they end by count, not by time, so this only stops a hang.
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
});
