import type { Host, HostSpec } from '../../simulator/program.ts';
import { World, type WorldOptions } from '../../simulator/world.ts';

export interface BootedHosts {
  readonly world: World;
  /** The hosts' ports, as their programs got them at their latest boot. */
  readonly hosts: Readonly<Record<string, Host>>;
}

/** A world whose hosts do nothing by themselves: the test drives their ports. */
export function bootedHosts(
  names: readonly string[],
  options: Partial<WorldOptions> & { spec?: Partial<HostSpec> } = {},
): BootedHosts {
  const hosts: Record<string, Host> = {};
  const { spec, ...rest } = options;
  const world = new World({
    seed: 'test',
    hosts: names.map((name) => ({ name, program: (host) => void (hosts[name] = host), ...spec })),
    faults: [],
    duration: 3_600_000_000,
    latency: { kind: 'constant', delay: 1000 },
    ...rest,
  });
  world.runUntil(0);
  return { world, hosts };
}
