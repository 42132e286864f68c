import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import { serveSimulatedHttp } from '../../simulator/http/server.ts';
import { Disk } from '../../simulator/sim-files.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { nodeHttpClient } from '../../transports/http/client.ts';
import { serveHttp } from '../../transports/http/server.ts';
import { kubernetesContract } from './kubernetes.contract.ts';
import { fakeUnderTest, sourceOn } from './kubernetes-under-test.ts';
import { playedWorld } from './played-world.ts';

kubernetesContract('in a simulated world', async () => {
  const { state, create, controls } = fakeUnderTest();
  const played = await playedWorld({
    api: (host) => void serveSimulatedHttp(host, 8001, create(host)),
    node: undefined,
  });
  const { clock } = played.host('node');
  const client = simulatedHttpClient(played.host('node'));
  const [disk, url] = [new Disk(), 'http://api:8001'];
  return Object.assign(controls, {
    state,
    disk,
    url,
    source: (options = {}) => sourceOn({ clock, http: () => client }, disk, { apiServer: url, ...options }),
    pause: (ms: number) => played.pause(ms),
  });
});

kubernetesContract('over real HTTP', async () => {
  const { state, create, controls } = fakeUnderTest();
  const clock = systemClock();
  const handler = create({ name: 'api', clock, random: seededRandom('api'), crypto: nodeCrypto() });
  const server = await serveHttp(handler, { bind: '127.0.0.1:0' });
  onTestFinished(() => server.close(0));
  const client = nodeHttpClient();
  onTestFinished(() => client.close());
  const [disk, url] = [new Disk(), `http://${server.address}`];
  return Object.assign(controls, {
    state,
    disk,
    url,
    source: (options = {}) => sourceOn({ clock, http: () => client }, disk, { apiServer: url, ...options }),
    pause: (ms: number) => pause(ms),
  });
});
