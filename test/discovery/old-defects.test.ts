import { expect, test } from 'vitest';
import { dnsSource } from '../../core/discovery/dns/dns-source.ts';
import type { DnsAnswer, Resolver } from '../../core/ports/resolver.ts';
import { readConfig } from '../../core/config/read.ts';
import { silentLog } from '../../core/ports/log.ts';
import { nodeProgram, type NodeInspection } from '../../simulator/node-program.ts';
import { Disk } from '../../simulator/sim-files.ts';
import { systemClock } from '../../transports/clock.ts';
import { openNetwork } from '../../transports/network.ts';
import { playedWorld } from '../contract/played-world.ts';
import { chainOf, Timed } from './timed.ts';

// Mistakes that discovery layers have been seen to make, and that no other test of ours names.

test('a peer whose record is taken out of the DNS is forgotten when the answer has lived its time', async () => {
  const time = await Timed.begin();
  let records = ['10.0.0.1', '10.0.0.2'];
  const answer = async (): Promise<DnsAnswer<string>> => ({ records, lifetimeMs: 10_000, complete: true });
  const nothing = async (): Promise<DnsAnswer<never>> => ({ records: [], lifetimeMs: 1_000, complete: true });
  const resolver: Resolver = { addresses: answer, services: nothing, texts: nothing };
  const options = {
    service: 'peers.test',
    port: 7946,
    refreshIntervalMs: 30_000,
    records: 'auto' as const,
    servers: [],
  };
  const { chain, addresses, events } = chainOf(time, [dnsSource(options, resolver, time.clock, '')]);
  chain.keepAsking(true);
  await time.pass(1);
  expect(addresses()).toEqual(['10.0.0.1:7946', '10.0.0.2:7946']);
  records = ['10.0.0.2'];
  await time.pass(11);
  expect(addresses()).toEqual(['10.0.0.2:7946']);
  expect(events.at(-1)).toMatchObject({ type: 'removed', candidate: { address: '10.0.0.1:7946' } });
  chain.stop();
});

test('a node behind a wildcard takes each of its addresses for itself, and no other port', async () => {
  const { config } = readConfig({ values: { cluster: { listen_addr: '0.0.0.0:0' } }, environment: {} });
  const network = await openNetwork(config.cluster, systemClock(), silentLog);
  const port = network.bind.slice(network.bind.lastIndexOf(':') + 1);
  expect(network.isOwn(`127.0.0.1:${port}`)).toBe(true);
  expect(network.isOwn(network.address)).toBe(true);
  expect(network.isOwn(`[::ffff:127.0.0.1]:${port}`)).toBe(true);
  expect(network.isOwn(`127.0.0.1:${Number(port) === 1 ? 2 : 1}`)).toBe(false);
  await network.bound!.close();
});

test('the file of peers in the data directory, and the list of registries, are read by whole nodes', async () => {
  const disk = new Disk();
  const write = (path: string, value: unknown): boolean =>
    disk.write(path, new TextEncoder().encode(JSON.stringify(value)));
  write('/data/discovery-peers.json', [{ node_id: 'a', direct_addresses: ['10.0.0.1:7946'], source: 'static' }]);
  write('/data/registry.json', { cluster_node_id: 1, direct_addresses: ['10.0.0.1:7946'], relay_url: null });
  const config = { cluster: { membership: { preset: 'fast' } }, admin: { enabled: false } };
  const withFile = { ...config, cluster: { ...config.cluster, data_dir: '/data' } };
  const mounts = { '/data': disk };
  const { world, pause } = await playedWorld({
    a: nodeProgram({ config }),
    b: nodeProgram({ config: withFile, mounts }),
    c: nodeProgram({ config, mounts, environment: { ROLLCALL_NODE_REGISTRIES: '/data/registry.json' } }),
  });
  await pause(10_000);
  const { cluster } = world.host('a')!.running!.inspect as NodeInspection;
  expect(
    cluster.membership
      .members()
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['a', 'b', 'c']);
});

test('that no source names anybody is a line that operators read, not an error', async () => {
  const lines: string[] = [];
  const { world, pause } = await playedWorld({
    a: (host) =>
      nodeProgram({ config: { admin: { enabled: false } } })(
        Object.create(host, {
          emit: {
            value: (event: { type: string; level?: string; message?: string }) => {
              if (event.type === 'log') lines.push(`${event.level} ${event.message}`);
            },
          },
        }) as typeof host,
      ),
  });
  await pause(2_000);
  expect(world.now()).toBeGreaterThan(0);
  expect(lines).toContain('info no source names a peer: this node begins its cluster alone');
  expect(lines.filter((line) => /^(warn|error)/.test(line))).toEqual([]);
});
