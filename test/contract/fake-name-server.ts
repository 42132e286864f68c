import { seededRandom } from '../../core/random.ts';
import { createDns, type FakeNameServer, type NameServerOptions } from '../../simulator/services/dns/name-server.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeCrypto } from '../../transports/crypto.ts';

/** The fake name server on the clock of this machine: it asks nobody, and suffers what the test says. */
export function fakeNameServer(
  options: NameServerOptions,
  suffers: (effect: string) => boolean = () => false,
): FakeNameServer {
  return createDns(
    {
      name: 'ns',
      clock: systemClock(),
      random: seededRandom('name server'),
      crypto: nodeCrypto(),
      suffers: (effect) => (suffers(effect) ? { argument: undefined, strike() {} } : undefined),
      reaches: () => true,
    },
    options,
  );
}
