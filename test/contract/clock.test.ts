import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../transports/clock.ts';
import { bootedHosts } from './simulated.ts';
import { clockContract } from './clock.contract.ts';

clockContract('systemClock', () => {
  // The platform's own timers round to milliseconds, hence the margin.
  return { clock: systemClock(), advance: (micros) => sleep(micros / 1000 + 3) };
});

clockContract("a simulated host's clock", () => {
  const { world, hosts } = bootedHosts(['a']);
  return { clock: hosts.a!.clock, advance: (micros) => world.runUntil(world.now() + micros) };
});

clockContract("a drifting host's clock", () => {
  const { world, hosts } = bootedHosts(['a'], {
    faults: [{ id: 'drift', kind: 'clock', at: 0, hosts: ['a'], jumpMs: 1000, driftPpm: -400_000 }],
  });
  return { clock: hosts.a!.clock, advance: (micros) => world.runUntil(world.now() + 2 * micros) };
});
