import { expect, test } from 'vitest';
import type { HttpHeaders } from '../../core/ports/http.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import type { Program } from '../../simulator/program.ts';
import { createConsul, type ConsulOptions } from '../../simulator/services/consul/consul.ts';
import { ConsulState } from '../../simulator/services/consul/state.ts';
import { serviceProgram } from '../../simulator/services/fake-service.ts';
import { playedWorld } from '../contract/played-world.ts';

const SECOND = 1_000_000;
const SERVERS = ['s1', 's2', 's3'];

interface Said {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly text: string;
}

/** Three servers, and a client agent `a1` that a host `client` and everybody can ask. */
async function datacenter(faults: readonly Fault[] = [], agent: ConsulOptions = {}) {
  const state = new ConsulState();
  const program = (options: ConsulOptions): Program =>
    serviceProgram(8_500, (ports) => createConsul(ports, state, options));
  const servers = Object.fromEntries(SERVERS.map((name) => [name, program({ server: true })]));
  const played = await playedWorld({ ...servers, a1: program({ server: false, ...agent }), client: undefined }, faults);
  const http = simulatedHttpClient(played.host('client'));
  const ask = async (host: string, path: string, method = 'GET', body = ''): Promise<Said> => {
    const answer = await http.call({ method, url: `http://${host}:8500${path}`, body, deadlineMs: 700_000 });
    let text = '';
    for await (const chunk of answer.body) text += new TextDecoder().decode(chunk);
    return { status: answer.status, headers: answer.headers, text };
  };
  const ids = async (host: string, query = ''): Promise<string[]> => {
    const { text } = await ask(host, `/v1/health/service/web?passing=1${query}`);
    return (JSON.parse(text) as { Service: { ID: string } }[]).map(({ Service }) => Service.ID);
  };
  const register = (host: string, id: string, check?: unknown): Promise<Said> =>
    ask(host, '/v1/agent/service/register', 'PUT', JSON.stringify({ Name: 'web', ID: id, Port: 80, Check: check }));
  const now = (): number => played.world.now() / SECOND;
  return { ...played, state, ask, ids, register, now };
}

const partition = (at: number, groups: string[][], seconds: number): Fault => ({
  id: 'cut',
  kind: 'partition',
  at: at * SECOND,
  groups,
  for: seconds * SECOND,
});

const effect = (at: number, hosts: string[], name: string, seconds: number, argument?: unknown): Fault => ({
  id: name,
  kind: 'service',
  at: at * SECOND,
  hosts,
  effect: name,
  argument,
  for: seconds * SECOND,
});

test('a lost leader is missed for the time of an election; the others then agree on one', async () => {
  const dc = await datacenter([partition(5, [['s1'], ['s2', 's3', 'a1', 'client']], 60)]);
  await dc.register('a1', 'x');
  await dc.pause(6_000);
  expect(dc.state.leader).toBe('s1');
  expect(await dc.ask('s2', '/v1/health/service/web')).toMatchObject({ status: 500, text: 'No cluster leader' });
  const stale = await dc.ask('s2', '/v1/health/service/web?stale');
  expect(stale).toMatchObject({
    status: 200,
    headers: { 'x-consul-knownleader': 'false', 'x-consul-effective-consistency': 'stale' },
  });
  expect(Number(stale.headers['x-consul-lastcontact'])).toBeGreaterThan(900);
  await dc.pause(10_000);
  expect(['s2', 's3']).toContain(dc.state.leader);
  expect(await dc.ids('s3')).toEqual(['x']);
});

test('a blocked query wakes on a change, waits no longer than a sixteenth more than asked, and breaks with the leader', async () => {
  const dc = await datacenter([partition(20, [['s1'], ['s2'], ['s3']], 5)]);
  await dc.register('a1', 'x');
  await dc.pause(1_000);
  const { headers } = await dc.ask('s2', '/v1/health/service/web');
  const index = headers['x-consul-index'];
  const began = dc.now();
  const change = dc.ask('s2', `/v1/health/service/web?index=${index}&wait=60s`);
  await dc.pause(2_000);
  await dc.register('a1', 'y');
  const woken = await change;
  expect(dc.now() - began).toBeLessThan(2.2);
  expect(woken.text).toContain('"ID":"y"');
  const before = dc.now();
  const waited = await dc.ask('s2', `/v1/health/service/web?index=${woken.headers['x-consul-index']}&wait=8s`);
  expect(waited.headers['x-consul-index']).toBe(woken.headers['x-consul-index']);
  expect(dc.now() - before).toBeGreaterThanOrEqual(8);
  expect(dc.now() - before).toBeLessThan(8.6);
  const broken = await dc.ask('s2', `/v1/health/service/web?index=${woken.headers['x-consul-index']}&wait=60s`);
  expect(broken).toMatchObject({ status: 500, text: 'No cluster leader' });
});

test('a follower that is stuck answers stale questions from the past, and says how far back', async () => {
  const dc = await datacenter([effect(3, ['s2'], 'consul-stale', 30)]);
  await dc.pause(4_000);
  await dc.register('a1', 'x');
  await dc.pause(2_000);
  expect(await dc.ids('s3', '&stale')).toEqual(['x']);
  expect(await dc.ids('s2')).toEqual(['x']);
  expect(await dc.ids('s2', '&stale')).toEqual([]);
  const { headers } = await dc.ask('s2', '/v1/health/service/web?stale');
  expect(Number(headers['x-consul-lastcontact'])).toBeGreaterThan(2_000);
  expect(headers['x-consul-knownleader']).toBe('true');
});

test('a check that falls silent is critical, and its service is reaped after a minute more', async () => {
  const dc = await datacenter();
  await dc.register('a1', 'x', { TTL: '10s', Status: 'passing', DeregisterCriticalServiceAfter: '1s' });
  await dc.pause(9_000);
  expect(await dc.ids('s1')).toEqual(['x']);
  await dc.pause(2_000);
  expect(await dc.ids('s1')).toEqual([]);
  await dc.pause(50_000);
  expect((await dc.ask('s1', '/v1/catalog/service/web')).text).toContain('"ServiceID":"x"');
  await dc.pause(45_000);
  expect((await dc.ask('s1', '/v1/catalog/service/web')).text).toBe('[]');
});

test('an agent whose host is dead leaves its entries behind, and none of them passes', async () => {
  const crash: Fault = { id: 'crash', kind: 'crash', at: 3 * SECOND, hosts: ['a1'] };
  const dc = await datacenter([crash]);
  await dc.register('a1', 'x');
  await dc.pause(2_000);
  expect(await dc.ids('s1')).toEqual(['x']);
  await dc.pause(8_000);
  expect(await dc.ids('s1')).toEqual([]);
  expect((await dc.ask('s1', '/v1/health/service/web')).text).toContain('Agent not live or unreachable');
});

test.each([
  [true, ['x']],
  [false, []],
])('after a restart, with a data directory %j, the agent and so the servers have %j', async (persists, expected) => {
  const restart: Fault = {
    id: 'again',
    kind: 'restart',
    at: 3 * SECOND,
    hosts: ['a1'],
    keepStore: true,
    newAddress: false,
  };
  const dc = await datacenter([restart], { persists });
  await dc.register('a1', 'x');
  await dc.pause(2_000);
  expect(await dc.ids('s1')).toEqual(['x']);
  await dc.pause(3_000);
  expect(await dc.ids('s1')).toEqual(expected);
});

test('what a restored snapshot lost comes back with the next full look of the agents', async () => {
  const dc = await datacenter([effect(5, ['s1'], 'consul-restore', 0, 1)]);
  await dc.pause(2_000);
  await dc.register('a1', 'x');
  await dc.pause(1_000);
  const { headers } = await dc.ask('s1', '/v1/health/service/web');
  await dc.pause(3_000);
  const after = await dc.ask('s1', '/v1/health/service/web');
  expect(after.text).toBe('[]');
  expect(BigInt(after.headers['x-consul-index']!)).toBeLessThan(BigInt(headers['x-consul-index']!));
  await dc.pause(70_000);
  expect(await dc.ids('s1')).toEqual(['x']);
});

test('HTTP and TCP checks are asked through a probe', async () => {
  let well = true;
  const asked: string[] = [];
  const probe: ConsulOptions['probe'] = async ({ kind, at }) => {
    asked.push(`${kind} ${at}`);
    return well;
  };
  const dc = await datacenter([], { probe });
  await dc.register('a1', 'x', { HTTP: 'http://10.0.0.1/health', Interval: '2s' });
  await dc.register('a1', 'y', { TCP: '10.0.0.1:7946', Interval: '2s', Status: 'passing' });
  await dc.pause(1_000);
  expect(await dc.ids('s1')).toEqual(['y']);
  await dc.pause(2_000);
  expect(await dc.ids('s1')).toEqual(['x', 'y']);
  well = false;
  await dc.pause(2_500);
  expect(await dc.ids('s1')).toEqual([]);
  expect(new Set(asked)).toEqual(new Set(['http http://10.0.0.1/health', 'tcp 10.0.0.1:7946']));
});

test.each([
  ['GET', '/v1/health/service/web?index=-1', 400, 'Invalid index'],
  ['GET', '/v1/health/service/web?index=18446744073709551616', 400, 'Invalid index'],
  ['GET', '/v1/health/service/web?index=1&wait=soon', 400, 'Invalid wait time'],
  ['GET', '/v1/health/service/web?stale&consistent', 400, 'conflicting semantics'],
  ['GET', '/v1/health/service/web?cached&consistent', 400, 'conflicting semantics'],
  ['GET', '/v1/health/service/%zz', 400, 'Invalid URL encoding'],
  ['GET', '/v1/health/service/web?filter=a%20%3E%20b', 400, 'boolean expression'],
  ['GET', '/v1/nothing', 404, 'not a recognized'],
  ['PUT', '/v1/agent/service/register', 400, 'no JSON object'],
  ['PUT', '/v1/agent/service/deregister/none', 404, 'Unknown service ID "none"'],
  ['PUT', '/v1/agent/check/pass/service:none', 404, 'Unknown check ID "service:none"'],
])('%s %s is refused as by a real one: %i', async (method, path, status, words) => {
  const dc = await datacenter();
  await dc.register('s1', 'x');
  await dc.pause(500);
  const said = await dc.ask('s1', path, method);
  expect(said.status).toBe(status);
  expect(said.text).toContain(words);
});

test('filters choose as those of Consul do', async () => {
  const dc = await datacenter();
  for (const id of ['x', 'y "z"']) {
    const body = { Name: 'web', ID: id, Port: 80, Tags: [`tag-${id}`], Meta: { rollcall_id: id } };
    await dc.ask('s1', '/v1/agent/service/register', 'PUT', JSON.stringify(body));
  }
  await dc.pause(500);
  const by = (filter: string): Promise<string[]> => dc.ids('s1', `&filter=${encodeURIComponent(filter)}`);
  expect(await by('Service.ID == "x"')).toEqual(['x']);
  expect(await by('Service.ID != "x"')).toEqual(['y "z"']);
  expect(await by('Service.Meta.rollcall_id == "y \\"z\\"" and Service.Port == 80')).toEqual(['y "z"']);
  expect(await by('Service.Meta["rollcall_id"] == x')).toEqual(['x']);
  expect(await by('"tag-x" in Service.Tags')).toEqual(['x']);
  expect(await by('"tag-x" not in Service.Tags')).toEqual(['y "z"']);
});
