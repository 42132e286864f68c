import { promises } from 'node:dns';
import { dnsSource } from '../core/discovery/dns/dns-source.ts';
import { seededRandom } from '../core/random.ts';
import { createDns } from '../simulator/services/dns/name-server.ts';
import { DnsZone } from '../simulator/services/dns/zone.ts';
import { systemClock } from '../transports/clock.ts';
import { nodeCrypto } from '../transports/crypto.ts';
import { dnsResolver } from '../transports/dns/resolver.ts';
import { serveDns } from '../transports/dns/serve.ts';

/** One refresh from SRV records with the addresses of their targets, over UDP on loopback, against one fake. */
export interface DnsBenchResult {
  readonly refreshes: number;
  readonly records: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** `resolveSrv` of node:dns, which asks for no addresses and tells no lifetimes. */
  readonly nodeP50Ms: number;
  /** How many times as long as node:dns the source takes. */
  readonly ratio: number;
}

const RECORDS = 20;
const REFRESHES = 1_000;
const ROUNDS = 4;
const WARM_UP = 100;
const SERVICE = '_rollcall._tcp.bench.test';

export async function benchDns(): Promise<DnsBenchResult> {
  const clock = systemClock();
  const random = seededRandom('bench');
  const records = Array.from({ length: RECORDS }, (_, i) => [
    `${SERVICE} 30 SRV 0 0 7946 n${i}.bench.test`,
    `n${i}.bench.test 30 A 10.0.0.${i}`,
  ]).flat();
  const surroundings = { clock, random, crypto: nodeCrypto(), suffers: () => undefined, reaches: () => true };
  const zones = [new DnsZone({ origin: 'bench.test', primary: 'ns', records })];
  const { handler } = createDns({ name: 'ns', ...surroundings }, { zones });
  const server = await serveDns(handler, '127.0.0.1:0');
  try {
    const options = { service: SERVICE, port: 7946, refreshIntervalMs: 30_000, records: 'auto' } as const;
    const source = dnsSource(options, dnsResolver({ random, servers: [server.address] }), clock, '');
    const theirs = new promises.Resolver();
    theirs.setServers([server.address]);
    const ask = { deadlineMs: 5_000, signal: new AbortController().signal };
    const refresh = async (): Promise<number> => (await source.discover(ask)).candidates.length;
    const resolve = async (): Promise<number> => (await theirs.resolveSrv(SERVICE)).length;
    const [ours, node]: [number[], number[]] = [[], []];
    await timesOf(refresh, WARM_UP);
    await timesOf(resolve, WARM_UP);
    // In turns, so that whatever else this machine does slows both.
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(...(await timesOf(refresh, REFRESHES / ROUNDS)));
      node.push(...(await timesOf(resolve, REFRESHES / ROUNDS)));
    }
    const [p50Ms, p99Ms, nodeP50Ms] = [part(ours, 50), part(ours, 99), part(node, 50)];
    return { refreshes: REFRESHES, records: RECORDS, p50Ms, p99Ms, nodeP50Ms, ratio: p50Ms / nodeP50Ms };
  } finally {
    await server.close();
  }
}

async function timesOf(work: () => Promise<number>, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    const found = await work();
    if (found !== RECORDS) throw new Error(`${found} records instead of ${RECORDS}`);
    times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b);
}

function part(times: readonly number[], percent: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]!;
}
