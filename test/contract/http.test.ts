import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { nodeHttpClient } from '../../transports/http/client.ts';
import { serveHttp } from '../../transports/http/server.ts';
import { httpContract } from './http.contract.ts';

httpContract('node:http', () => {
  const client = nodeHttpClient();
  onTestFinished(() => client.close());
  return {
    client,
    // Port 1 of loopback: nothing on this machine may listen there without being asked to.
    deserted: 'http://127.0.0.1:1/',
    pause: (ms) => pause(ms),
    async serve(handler) {
      const server = await serveHttp(handler, { bind: '127.0.0.1:0' });
      onTestFinished(() => server.close(0));
      return { url: `http://${server.address}`, kill: () => server.close(0) };
    },
  };
});
