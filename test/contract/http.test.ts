import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { nodeHttpClient } from '../../transports/http/client.ts';
import { serveHttp } from '../../transports/http/server.ts';
import type { HttpClient } from '../../core/ports/http.ts';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import { serveSimulatedHttp } from '../../simulator/http/server.ts';
import { playedWorld } from './played-world.ts';
import { httpContract } from './http.contract.ts';

httpContract('node:http', () => {
  const client = nodeHttpClient();
  onTestFinished(() => client.close());
  return {
    client,
    // Port 1 of loopback: nothing on this machine may listen there without being asked to.
    deserted: 'http://127.0.0.1:1/',
    peer: '127.0.0.1',
    pause: (ms) => pause(ms),
    async serve(handler) {
      const server = await serveHttp(handler, { bind: '127.0.0.1:0' });
      onTestFinished(() => server.close(0));
      return { url: `http://${server.address}`, kill: () => server.close(0) };
    },
  };
});

httpContract('the network of a simulated world', () => {
  let ports = 8_000;
  const played = playedWorld({ server: undefined, client: undefined });
  const client: HttpClient = {
    call: async (call) => simulatedHttpClient((await played).host('client')).call(call),
  };
  return {
    client,
    deserted: 'http://server:1/',
    peer: '10.0.0.2',
    pause: async (ms) => (await played).pause(ms),
    async serve(handler) {
      const { host } = await played;
      ports += 1;
      const server = serveSimulatedHttp(host('server'), ports, handler);
      return { url: `http://server:${ports}`, kill: async () => server.close() };
    },
  };
});
