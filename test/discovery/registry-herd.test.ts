import { expect, test } from 'vitest';
import { registrySource } from '../../core/discovery/registry/registry-source.ts';
import type { Found, Source } from '../../core/discovery/source.ts';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import { serviceProgram, type FakePorts, type FakeService } from '../../simulator/services/fake-service.ts';
import { createRegistry } from '../../simulator/services/registry/registry.ts';
import { simulatedFiles } from '../../simulator/sim-files.ts';
import { self } from '../contract/registry.contract.ts';
import { playedWorld } from '../contract/played-world.ts';
import { patient } from './asking.ts';
import { testPorts } from './file-ports.ts';

const ACCESS = { token: '', tokenFile: '', caFile: '', certFile: '', keyFile: '' };
const NODES = 100;

test('a node that hears of many changes at once asks for the list a few times, not once for each', async () => {
  let lists = 0;
  const create = (ports: FakePorts): FakeService => {
    const registry = createRegistry(ports);
    return {
      ...registry,
      handler(request) {
        if (request.url.startsWith('/discover/all')) lists += 1;
        return registry.handler(request);
      },
    };
  };
  const { host, pause } = await playedWorld({ registry: serviceProgram(80, create), a: undefined });
  const node = host('a');
  const { clock, random, crypto } = node;
  const http = simulatedHttpClient(node);
  const ports = testPorts({ clock, random, crypto, files: simulatedFiles(node), http: () => http });
  const options = { ...ACCESS, url: 'http://registry/', register: true, ttlMs: 30_000, refreshIntervalMs: 30_000 };
  const source = (): Source => registrySource(options, ports, { label: '', dataDir: '' });
  // A registry that has just begun waits for those who were entered before.
  await pause(30_000);
  const watching = new AbortController();
  let heard: Found | undefined;
  const sitting = source().watch!({ found: (found) => void (heard = found) }, watching.signal);
  await pause(5_000);
  lists = 0;
  for (let i = 1; i <= NODES; i++) await source().register!(self(`n${i}`, `10.0.1.${i}:7946`), patient);
  await pause(20_000);
  expect(heard?.candidates).toHaveLength(NODES);
  expect(lists).toBeLessThan(20);
  watching.abort();
  await sitting;
});
