import type { Transport } from '../../core/ports/transport.ts';
import type { BindOptions } from '../../transports/sockets/bind.ts';
import { ManualClock } from '../membership/lone-node.ts';
import { authority, bound, quiet } from '../transports/sockets/support.ts';
import { transportContract } from './transport.contract.ts';

const tls = authority().issue('IP:127.0.0.1,IP:127.0.0.2,IP:127.0.0.3');

for (const mode of ['udp', 'tcp', 'tls'] as const) {
  transportContract(`the real transport in mode ${mode}`, async () => {
    // Sockets are real, deadlines are not: nothing depends on how fast this machine is.
    const clock = new ManualClock();
    const options: Partial<BindOptions> & { clock: ManualClock } = { clock, mode, ...(mode === 'tls' ? { tls } : {}) };
    const left = await bound({ ...options, bind: '127.0.0.1:0' });
    const rights = [
      await bound({ ...options, bind: '127.0.0.2:0' }),
      await bound({ ...options, bind: '127.0.0.3:0' }),
    ] as const;
    const right: Transport = {
      open(address, protocol, handlers) {
        const owner = rights.find((one) => one.address === address) ?? rights[0];
        return owner.open(address, protocol, handlers);
      },
    };
    const all = [left, ...rights].map(({ counters }) => counters);
    return {
      left,
      right,
      leftAddress: left.address,
      rightAddress: rights[0].address,
      otherRightAddress: rights[1].address,
      // Nobody but a system service may listen on so low a port, and none does on this one.
      nobody: '127.0.0.4:1',
      async advance(micros) {
        await quiet(all);
        clock.advance(micros / 1_000);
        await quiet(all);
      },
    };
  });
}
