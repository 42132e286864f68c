import { registryServer, type RegistryServer } from '../../../core/discovery/registry/server.ts';
import { InvalidSetting } from '../../../core/errors.ts';
import { silentLog } from '../../../core/ports/log.ts';
import type { FakePorts, FakeService } from '../fake-service.ts';

export interface FakeRegistryOptions {
  readonly token?: string;
  readonly ttlMs?: number;
  readonly entriesMax?: number;
}

/**
 * The registry itself, which is no fake, as a service of a simulated world. `registry-restarts`: it forgets everybody,
 * as one that keeps no state does in a restart.
 */
export function createRegistry(ports: FakePorts, options: FakeRegistryOptions = {}): FakeService {
  const { clock, crypto } = ports;
  const start = (): RegistryServer => registryServer({ ...options, clock, crypto, log: silentLog });
  let server = start();
  return {
    handler: (request) => server.handler(request),
    effects: ['registry-restarts'],
    struck(effect) {
      void server.close();
      server = start();
      ports.suffers(effect)?.strike();
    },
    command(name) {
      throw new InvalidSetting('command', name, 'absent: nodes enter themselves');
    },
    inspect: {
      get entries() {
        return server.entries;
      },
    },
  };
}
