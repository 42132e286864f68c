import Consul from 'consul';
import { expect, onTestFinished, test } from 'vitest';
import { names, consulOnLoopback, followed, sourceAt, type ConsulPlace } from '../contract/consul-place.ts';
import { until } from './until.ts';

/*
 * The package `consul` of npm knows nothing of us: what it can do with the fake, other clients of Consul can do too.
 */

const ask = { deadlineMs: 5_000, signal: new AbortController().signal };
const BOUND_MS = 15_000;

function clientOf({ at }: ConsulPlace, agent: 's1' | 'a1' = 's1'): Consul {
  const [host, port] = at[agent].split(':');
  return new Consul({ host: host!, port: Number(port) });
}

interface HealthEntry {
  readonly Service: { readonly ID: string; readonly Address: string; readonly Port: number };
}

test('an independent client registers with the fake, and our client finds it', async () => {
  const place = await consulOnLoopback();
  const client = clientOf(place, 'a1');
  const check = { name: 'beat', ttl: '10s', status: 'passing' };
  await client.agent.service.register({
    name: 'rollcall',
    id: 'x1',
    address: '10.1.0.1',
    port: 7946,
    tags: ['db'],
    check,
  } as never);
  const source = sourceAt(place, { tag: 'db' });
  const seen = async (): Promise<string> => names(await source.discover(ask)).join();
  await until('x1', async () => (await seen()) === '? 10.1.0.1:7946', BOUND_MS);
  await client.agent.check.fail('service:x1');
  await until('nobody', async () => (await seen()) === '', BOUND_MS);
  await client.agent.check.pass('service:x1');
  await until('x1', async () => (await seen()) === '? 10.1.0.1:7946', BOUND_MS);
  await client.agent.service.deregister('x1');
  await until('nobody', async () => (await seen()) === '', BOUND_MS);
});

test('our client registers, and the independent one finds it, watches it and looks around', async () => {
  const place = await consulOnLoopback();
  const client = clientOf(place);
  const heard: string[] = [];
  const watch = client.watch({
    method: client.health.service,
    options: { service: 'rollcall', passing: 'true', wait: '5s' },
  });
  onTestFinished(() => watch.end());
  watch.on('change', (entries: HealthEntry[]) => heard.push(entries.map(({ Service }) => Service.ID).join()));
  watch.on('error', (error: Error) => heard.push(error.message));
  await until('the first answer', () => heard.at(-1) === '', BOUND_MS);
  const self = { id: 'n1', address: '10.1.0.1:7946', label: '', tags: {}, admin: undefined };
  const lease = await sourceAt(place, { tag: 'db' }).register!(self, ask);
  await until(
    'n1',
    () => heard.at(-1) === 'n1',
    BOUND_MS,
    () => heard,
  );
  const [entry] = (await client.health.service({
    service: 'rollcall',
    passing: true,
    tag: 'db',
  } as never)) as HealthEntry[];
  expect(entry).toMatchObject({ Service: { ID: 'n1', Address: '10.1.0.1', Port: 7946 } });
  expect(await client.catalog.service.list()).toMatchObject({ rollcall: ['db'] });
  expect(await client.catalog.service.nodes('rollcall')).toMatchObject([{ ServiceID: 'n1', Node: 's1' }]);
  expect(await client.catalog.datacenters()).toEqual(['dc1']);
  expect(await client.agent.service.list()).toHaveProperty('n1.Port', 7946);
  expect(await client.agent.check.list()).toHaveProperty(['service:n1', 'Status'], 'passing');
  expect(await client.agent.members()).toMatchObject([{ Name: 's1' }, { Name: 'a1' }]);
  expect(await client.agent.self()).toHaveProperty('Config.NodeName', 's1');
  expect(await client.status.leader()).toMatch(/:8300$/);
  await lease.release(ask);
  await until(
    'nobody',
    () => heard.at(-1) === '',
    BOUND_MS,
    () => heard,
  );
});

test('both watch one fake through a snapshot that is restored, and end with the same', async () => {
  const place = await consulOnLoopback();
  const client = clientOf(place);
  const register = (id: string): Promise<unknown> =>
    client.agent.service.register({ name: 'rollcall', id, address: '10.1.0.1', port: 7946 } as never);
  await register('x1');
  let theirs = '';
  const watch = client.watch({ method: client.health.service, options: { service: 'rollcall', wait: '1s' } });
  onTestFinished(() => watch.end());
  watch.on('change', (entries: HealthEntry[]) => (theirs = entries.map(({ Service }) => Service.ID).join()));
  watch.on('error', (error: Error) => (theirs = error.message));
  const ours = followed(sourceAt(place, { passing: false }));
  const both = (count: number): boolean =>
    (theirs === '' ? 0 : theirs.split(',').length) === count && ours.heard.at(-1)?.candidates.length === count;
  await until(
    'x1',
    () => both(1),
    BOUND_MS,
    () => theirs,
  );
  const before = place.state.log.length;
  await register('x2');
  await until(
    'x2',
    () => both(2),
    BOUND_MS,
    () => theirs,
  );
  place.services.get('s1')!.struck!('consul-restore', place.state.log.length - before);
  await until(
    'x1 alone',
    () => both(1),
    BOUND_MS,
    () => theirs,
  );
  await register('x3');
  await until(
    'x2 and x3, which the agent still knows',
    () => both(3),
    BOUND_MS,
    () => theirs,
  );
});
