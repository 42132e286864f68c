import { expect, test } from 'vitest';
import { nodeProgram, type NodeInspection } from '../../simulator/node-program.ts';
import { ipOf } from '../../simulator/http/server.ts';
import type { Program } from '../../simulator/program.ts';
import { createAws } from '../../simulator/services/aws/aws-fake.ts';
import { CloudAccount } from '../../simulator/services/cloud/account.ts';
import { serviceProgram } from '../../simulator/services/fake-service.ts';
import { playedWorld } from '../contract/played-world.ts';

const NODES = Array.from({ length: 40 }, (_, i) => `n${i}`);

test('nodes that start together and throttle each other all find in, and leave AWS alone meanwhile', async () => {
  const account = new CloudAccount({ burst: 5, perSecond: 1 });
  const service = (port: number): Program => serviceProgram(port, (ports) => createAws(ports, account));
  const node = nodeProgram({
    config: { cluster: { membership: { preset: 'fast' }, discovery: { type: 'aws', tag_key: 'role' } } },
    names: { 'ec2.eu-central-1.amazonaws.com': 'api', '169.254.169.254': 'metadata' },
  });
  const { world, host, pause } = await playedWorld({
    api: service(443),
    metadata: service(80),
    ...Object.fromEntries(NODES.map((name) => [name, node])),
  });
  for (const name of NODES) account.launch({ name, ip: ipOf(host(name).address), tags: { role: 'db' } }, 0);
  const alive = (name: string): number => {
    const { cluster } = world.host(name)!.running!.inspect as NodeInspection;
    return cluster.membership.members().filter(({ state }) => state === 'alive').length;
  };
  for (let waited = 0; waited < 120 && NODES.some((name) => alive(name) < NODES.length); waited += 1) await pause(500);
  expect(NODES.map(alive)).toEqual(NODES.map(() => NODES.length));
  expect(account.counted.throttled).toBeGreaterThan(0);
  // Each is told to wait ten seconds, and does.
  await pause(20_000 - world.now() / 1_000);
  expect(account.counted.calls).toBeLessThanOrEqual(3 * NODES.length);
});
