import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { registrySource } from '../../core/discovery/registry/registry-source.ts';
import { registryServer, type RegistryServer } from '../../core/discovery/registry/server.ts';
import type { SourcePorts } from '../../core/discovery/source-type.ts';
import { silentLog } from '../../core/ports/log.ts';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import { serviceProgram, type FakeService } from '../../simulator/services/fake-service.ts';
import { createRegistry } from '../../simulator/services/registry/registry.ts';
import { simulatedFiles } from '../../simulator/sim-files.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { nodeHttpClient } from '../../transports/http/client.ts';
import { serveHttp } from '../../transports/http/server.ts';
import { testPorts } from '../discovery/file-ports.ts';
import { playedWorld } from './played-world.ts';
import { registryContract, TTL_MS, type RegistryUnderTest } from './registry.contract.ts';

function sourceAt(url: string, ports: SourcePorts): RegistryUnderTest['source'] {
  return (label = '', { token = '', register = true } = {}) => {
    const access = { token, tokenFile: '', caFile: '', certFile: '', keyFile: '' };
    const options = { ...access, url, register, ttlMs: TTL_MS, refreshIntervalMs: 30_000 };
    return registrySource(options, ports, { label, dataDir: '' });
  };
}

registryContract('over HTTP on loopback', async (options) => {
  const start = (): RegistryServer =>
    registryServer({ ...options, clock: systemClock(), crypto: nodeCrypto(), log: silentLog, ttlMs: TTL_MS });
  let server = start();
  const http = await serveHttp((request) => server.handler(request), { bind: '127.0.0.1:0' });
  const client = nodeHttpClient();
  onTestFinished(async () => {
    client.close();
    await http.close(0);
    await server.close();
  });
  return {
    source: sourceAt(`http://${http.address}/`, testPorts({ http: () => client })),
    pause: (ms) => pause(ms),
    async restart() {
      await server.close();
      server = start();
    },
  };
});

registryContract('in a simulated world', async (options) => {
  let service: FakeService | undefined;
  const registry = serviceProgram(80, (ports) => (service = createRegistry(ports, { ...options, ttlMs: TTL_MS })));
  const { host, pause: pass } = await playedWorld({ registry, node: undefined });
  const node = host('node');
  const { clock, random, crypto } = node;
  const client = simulatedHttpClient(node);
  const ports = testPorts({ clock, random, crypto, files: simulatedFiles(node), http: () => client });
  return {
    source: sourceAt('http://registry/', ports),
    pause: pass,
    restart: async () => service?.struck?.('registry-restarts', undefined),
  };
});
