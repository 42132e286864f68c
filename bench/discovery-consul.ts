import { setTimeout as sleep } from 'node:timers/promises';
import Consul from 'consul';
import { consulType } from '../core/discovery/consul/consul-type.ts';
import type { ConsulConfig } from '../core/discovery/consul/consul-config.ts';
import type { SourcePorts } from '../core/discovery/source-type.ts';
import { silentLog } from '../core/ports/log.ts';
import { seededRandom } from '../core/random.ts';
import { createConsul } from '../simulator/services/consul/consul.ts';
import { ConsulState } from '../simulator/services/consul/state.ts';
import type { FakePorts, FakeService } from '../simulator/services/fake-service.ts';
import { systemClock } from '../transports/clock.ts';
import { nodeCrypto } from '../transports/crypto.ts';
import { nodeFiles } from '../transports/files.ts';
import { nodeHttpClient } from '../transports/http/client.ts';
import { serveHttp } from '../transports/http/server.ts';

/** From a change to its being told by a blocking query, over HTTP on loopback, against one fake. */
export interface ConsulBenchResult {
  readonly changes: number;
  readonly oursMs: number;
  readonly npmMs: number;
  /** How many times as long as ours the npm client takes. */
  readonly ratio: number;
}

const CHANGES = 20;
const ROUNDS = 2;
const WARM_UP = 10;
/** Our client asks no more often in the long run. */
const PAUSE_MS = 510;
const INSTANCES = 50;

/** Hears the number of instances whenever it changes. */
type Follow = (onCount: (count: number) => void) => () => void;

export async function benchConsul(): Promise<ConsulBenchResult> {
  const clock = systemClock();
  const random = seededRandom('bench');
  const ports: FakePorts = {
    name: 's1',
    clock,
    random,
    crypto: nodeCrypto(),
    suffers: () => undefined,
    reaches: () => true,
  };
  const service = createConsul(ports, new ConsulState(), { syncMs: 0 });
  const served = await serveHttp(service.handler, { bind: '127.0.0.1:0' });
  const http = nodeHttpClient();
  try {
    for (let i = 0; i < INSTANCES; i++) service.command!('register', instance(i));
    const [mine, theirs] = [ours(served.address, http), npm(served.address)];
    // In turns: whoever comes first meets a server that nobody has warmed up.
    await times(service, mine, WARM_UP);
    await times(service, theirs, WARM_UP);
    const oursTimes: number[] = [];
    const npmTimes: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      oursTimes.push(...(await times(service, mine, CHANGES / ROUNDS)));
      npmTimes.push(...(await times(service, theirs, CHANGES / ROUNDS)));
    }
    const [oursMs, npmMs] = [median(oursTimes), median(npmTimes)];
    return { changes: CHANGES, oursMs, npmMs, ratio: npmMs / oursMs };
  } finally {
    http.close();
    await served.close(0);
  }
}

function instance(i: number): unknown {
  return { Name: 'bench', ID: `n${i}`, Address: `10.0.0.${i + 1}`, Port: 7946 };
}

/** Registers and deregisters in turn: how long each change takes to be told. `changes` is even. */
async function times(service: FakeService, follow: Follow, changes: number): Promise<number[]> {
  let seen: (count: number) => void = () => {};
  let last = 0;
  const stop = follow((count) => {
    last = count;
    seen(count);
  });
  while (last !== INSTANCES) await sleep(20);
  const took: number[] = [];
  for (let change = 0; change < changes; change++) {
    await sleep(PAUSE_MS);
    const wanted = change % 2 === 0 ? INSTANCES + 1 : INSTANCES;
    const arrived = new Promise<void>((resolve) => (seen = (count) => count === wanted && resolve()));
    const began = performance.now();
    if (change % 2 === 0) service.command!('register', instance(INSTANCES));
    else service.command!('deregister', `n${INSTANCES}`);
    await arrived;
    took.push(performance.now() - began);
  }
  stop();
  return took;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function ours(address: string, http: ReturnType<typeof nodeHttpClient>): Follow {
  const told: Readonly<Record<string, unknown>> = { service_name: 'bench', addr: address };
  const fields = consulType.keys.map(({ name, field, kind, initial }) => [
    field,
    kind.check(told[name] ?? initial, () => undefined),
  ]);
  const config = { type: 'consul', ...Object.fromEntries(fields) } as ConsulConfig;
  const ports = {
    clock: systemClock(),
    random: seededRandom('bench'),
    crypto: nodeCrypto(),
    files: nodeFiles(),
    log: silentLog,
    http: () => http,
    environment: {},
  } as Partial<SourcePorts> as SourcePorts;
  return (onCount) => {
    const controller = new AbortController();
    const source = consulType.create(config, ports, { label: '', dataDir: '' });
    void source.watch!({ found: ({ candidates }) => onCount(candidates.length) }, controller.signal);
    return () => controller.abort();
  };
}

function npm(address: string): Follow {
  const [host, port] = address.split(':');
  const client = new Consul({ host: host!, port: Number(port) });
  return (onCount) => {
    const options = { service: 'bench', passing: 'true', wait: '55s' };
    const watch = client.watch({ method: client.health.service, options });
    watch.on('change', (entries: readonly unknown[]) => onCount(entries.length));
    return () => watch.end();
  };
}
