import { bootedHosts } from './simulated.ts';
import { transportContract } from './transport.contract.ts';

for (const mode of ['reference', 'wire'] as const) {
  transportContract(`the simulated transport in ${mode} mode`, () => {
    const { world, hosts } = bootedHosts(['left', 'right'], { mode, debug: true });
    const { left, right } = hosts as Required<typeof hosts>;
    return {
      left: left!.transport,
      right: right!.transport,
      leftAddress: left!.address,
      rightAddress: right!.address,
      otherRightAddress: right!.address.replace(/\d+$/, '8500'),
      nobody: right!.address.replace(/\d+$/, '8501'),
      advance: (micros) => world.runUntil(world.now() + micros),
    };
  });
}
