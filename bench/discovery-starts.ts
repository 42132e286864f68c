import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigTable } from '../core/config/layers.ts';
import type { HttpHandler } from '../core/ports/http.ts';
import { silentLog } from '../core/ports/log.ts';
import { seededRandom } from '../core/random.ts';
import { FAKES, NAME_SERVER } from '../simulator/services/fakes.ts';
import { standalone, standaloneDns, type StandalonePorts } from '../simulator/services/standalone.ts';
import { systemClock } from '../transports/clock.ts';
import { nodeCrypto } from '../transports/crypto.ts';
import { serveDns } from '../transports/dns/serve.ts';
import { serveHttp } from '../transports/http/server.ts';
import type { Node } from '../transports/node.ts';
import { startNode } from '../transports/start-node.ts';

/** From the call that starts a node until it lists the one that was there, which only the source could tell it of. */
export interface StartResult {
  readonly source: string;
  readonly seconds: number;
}

export interface LookupResult {
  readonly lookups: number;
  readonly backendCalls: number;
}

export interface StartsResult {
  readonly starts: readonly StartResult[];
  /** A chain of ten sources, of which nine accept connections and never answer. */
  readonly hanging: { readonly seconds: number; readonly deadlineSeconds: number };
  readonly lookup: LookupResult;
}

/** What a node is told, and whatever has to be done once the first one is there. */
interface Way {
  discovery(first: { host: string; port: number } | undefined): ConfigTable;
  readonly environment?: Readonly<Record<string, string>>;
  announce?(host: string, port: number): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const PATIENCE_MS = 20_000;
const nothing = async (): Promise<void> => {};

export async function benchStarts(): Promise<StartsResult> {
  const starts: StartResult[] = [];
  for (const [source, prepare] of Object.entries(WAYS)) starts.push({ source, seconds: await met(await prepare()) });
  return { starts, hanging: await hanging(), lookup: await lookup() };
}

const WAYS: Readonly<Record<string, () => Promise<Way>>> = {
  static: async () => ({
    discovery: (first) => ({ seed_nodes: first === undefined ? [] : [`${first.host}:${first.port}`] }),
    close: nothing,
  }),
  dns: async () => {
    const { server } = standaloneDns(NAME_SERVER.create, portsOf('dns'));
    const served = await serveDns(server.handler, `${HOST}:0`, server.takesStreams);
    return {
      discovery: () => ({ service: '_peers._tcp.bench', servers: [served.address] }),
      announce(host, port) {
        server.command('add', `a.bench 5 A ${host}`);
        server.command('add', `_peers._tcp.bench 5 SRV 0 0 ${port} a.bench`);
      },
      close: () => served.close(),
    };
  },
  consul: () => faked('consul', (url) => ({ type: 'consul', addr: url, service_name: 'bench' })),
  etcd: () => faked('etcd', (url) => ({ type: 'etcd', endpoints: [url] })),
  registry: () => faked('registry', (url) => ({ type: 'registry', registry_url: url })),
  kubernetes: () =>
    faked(
      'kubernetes',
      (url, port) => ({ type: 'kubernetes', api_server: url, label_selector: 'app=bench', ...at(port) }),
      (host) => ['create', { name: 'a', labels: { app: 'bench' }, ips: [host], stage: 'ready' }],
    ),
  aws: () =>
    faked(
      'aws',
      (url, port) => ({ type: 'aws', endpoint: url, region: 'bench', tag_key: 'app', tag_value: 'bench', ...at(port) }),
      launched,
      (url) => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: url }),
    ),
  gce: () =>
    faked(
      'gce',
      (url, port) => ({ type: 'gce', endpoint: url, label_key: 'app', label_value: 'bench', ...at(port) }),
      launched,
      (url) => ({ GCE_METADATA_HOST: url.replace('http://', '') }),
    ),
  azure: () =>
    faked(
      'azure',
      (url, port) => {
        return {
          type: 'azure',
          endpoint: url,
          subscription_id: 'demo',
          tag_name: 'app',
          tag_value: 'bench',
          ...at(port),
        };
      },
      launched,
      (url) => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: url }),
    ),
  file: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
    return {
      discovery: () => ({ type: 'file', paths: [folder], register_path: `${folder}/` }),
      close: async () => rmSync(folder, { recursive: true }),
    };
  },
};

function at(port: number | undefined): { port?: number } {
  return port === undefined ? {} : { port };
}

function launched(host: string): [string, unknown] {
  return ['launch', { name: 'a', ip: host, tags: { app: 'bench' } }];
}

function portsOf(name: string): StandalonePorts {
  return { name, clock: systemClock(), random: seededRandom(`bench ${name}`), crypto: nodeCrypto() };
}

async function faked(
  name: string,
  told: (url: string, port: number | undefined) => ConfigTable,
  entry?: (host: string) => [string, unknown],
  environment: (url: string) => Readonly<Record<string, string>> = () => ({}),
): Promise<Way> {
  const fake = standalone(FAKES[name]!.create, portsOf(name));
  const server = await serveHttp(fake.handler, { bind: `${HOST}:0` });
  const url = `http://${server.address}`;
  return {
    discovery: (first) => told(url, first?.port),
    environment: environment(url),
    announce: (host) => entry !== undefined && fake.command(...entry(host)),
    close: () => server.close(0),
  };
}

async function met(way: Way): Promise<number> {
  const nodes: Node[] = [];
  try {
    const first = await begin('a', way.discovery(undefined), way.environment);
    nodes.push(first);
    const port = Number(first.address.slice(first.address.lastIndexOf(':') + 1));
    way.announce?.(HOST, port);
    await until(() => first.cluster.discovery.registrations.every(({ state }) => state === 'active'));
    const began = performance.now();
    const second = await begin('b', way.discovery({ host: HOST, port }), way.environment);
    nodes.push(second);
    await until(() => second.membership.members().length === 2);
    return (performance.now() - began) / 1_000;
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
    await way.close();
  }
}

function begin(
  name: string,
  discovery: ConfigTable,
  environment: Readonly<Record<string, string>> = {},
): Promise<Node> {
  const settings = { cluster: { node_id: name, listen_addr: `${HOST}:0`, discovery }, admin: { enabled: false } };
  return startNode(settings, { log: silentLog, environment });
}

async function hanging(): Promise<StartsResult['hanging']> {
  const deadlineSeconds = 10;
  const server = await serveHttp(() => new Promise(() => {}), { bind: `${HOST}:0` });
  const first = await begin('a', { seed_nodes: [] });
  const silent = { type: 'registry', registry_url: `http://${server.address}`, register: false };
  const sources = [...Array.from({ length: 9 }, () => silent), { type: 'static', seed_nodes: [first.address] }];
  const began = performance.now();
  const second = await begin('b', { deadline_sec: deadlineSeconds, sources });
  await until(() => second.membership.members().length === 2);
  const seconds = (performance.now() - began) / 1_000;
  await Promise.all([first.stop(), second.stop()]);
  await server.close(0);
  return { seconds, deadlineSeconds };
}

async function lookup(): Promise<LookupResult> {
  const lookups = 1_000;
  const fake = standalone(FAKES['etcd']!.create, portsOf('etcd'));
  let calls = 0;
  const counting: HttpHandler = (request) => {
    calls += 1;
    return fake.handler(request);
  };
  const server = await serveHttp(counting, { bind: `${HOST}:0` });
  const node = await begin('a', { type: 'etcd', endpoints: [`http://${server.address}`], register: false });
  await sleep(500);
  const before = calls;
  const asked = Array.from({ length: lookups }, () => node.cluster.directory.lookup('nobody').catch(() => {}));
  await Promise.all(asked);
  const backendCalls = calls - before;
  await node.stop();
  await server.close(0);
  return { lookups, backendCalls };
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !condition(); await sleep(5)) {
    if (performance.now() > end) throw new Error('the nodes did not find each other');
  }
}
