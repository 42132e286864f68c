import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import { serveSimulatedHttp } from '../../simulator/http/server.ts';
import type { EtcdOptions } from '../../simulator/services/etcd/etcd-state.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeHttpClient } from '../../transports/http/client.ts';
import { serveHttp } from '../../transports/http/server.ts';
import { fakeEtcds, type FakeEtcd } from './etcd-fakes.ts';
import type { EtcdUnderTest } from './etcd-sources.ts';
import { playedWorld } from './played-world.ts';

export interface FakesUnderTest extends EtcdUnderTest {
  readonly fakes: readonly FakeEtcd[];
}

type Options = Partial<EtcdOptions>;

/** Members and client as hosts of a world in virtual time. */
export async function etcdInWorld(options: Options = {}): Promise<FakesUnderTest> {
  const members = options.members ?? ['e1'];
  const played = await playedWorld(Object.fromEntries([...members, 'client'].map((name) => [name, undefined])));
  const { clock } = played.host('client');
  const fakes = fakeEtcds(clock, { ...options, members });
  for (const { name, handler } of fakes) serveSimulatedHttp(played.host(name), 2_379, handler);
  return {
    endpoints: members.map((name) => `http://${name}:2379`),
    client: simulatedHttpClient(played.host('client')),
    clock,
    pause: played.pause,
    fakes,
  };
}

/** Members on loopback, over real HTTP. */
export async function etcdOnLoopback(options: Options = {}): Promise<FakesUnderTest> {
  const members = options.members ?? ['e1'];
  const fakes = fakeEtcds(systemClock(), { ...options, members });
  const endpoints: string[] = [];
  for (const { handler } of fakes) {
    const server = await serveHttp(handler, { bind: '127.0.0.1:0' });
    onTestFinished(() => server.close(0));
    endpoints.push(`http://${server.address}`);
  }
  onTestFinished(() => fakes.forEach((fake) => fake.kill()));
  const client = nodeHttpClient();
  onTestFinished(() => client.close());
  return { endpoints, client, clock: systemClock(), pause: (ms) => sleep(ms), fakes };
}
