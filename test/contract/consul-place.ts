import { onTestFinished } from 'vitest';
import type { ConsulConfig } from '../../core/discovery/consul/consul-config.ts';
import { consulSource } from '../../core/discovery/consul/consul-source.ts';
import type { SourcePorts } from '../../core/discovery/source-type.ts';
import type { Found, Source } from '../../core/discovery/source.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Files } from '../../core/ports/files.ts';
import type { HttpClient } from '../../core/ports/http.ts';
import { silentLog } from '../../core/ports/log.ts';
import type { Resolver } from '../../core/ports/resolver.ts';
import { seededRandom } from '../../core/random.ts';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import type { Suffering } from '../../simulator/program.ts';
import { createConsul } from '../../simulator/services/consul/consul.ts';
import { ConsulState, type ConsulStateOptions } from '../../simulator/services/consul/state.ts';
import { serviceProgram, type FakePorts, type FakeService } from '../../simulator/services/fake-service.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { nodeHttpClient } from '../../transports/http/client.ts';
import { serveHttp } from '../../transports/http/server.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { playedWorld } from './played-world.ts';

/** A server called `s1` and a client agent called `a1`, somebody to ask them, and a hand on their faults. */
export interface ConsulPlace {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Where an agent answers: `host:port`. */
  readonly at: Readonly<Record<'s1' | 'a1', string>>;
  readonly state: ConsulState;
  /** Effects that all of them suffer. */
  readonly suffered: Set<string>;
  readonly services: ReadonlyMap<string, FakeService>;
  pause(ms: number): Promise<void>;
}

/** Faults under the hand of a test, in place of those of a schedule. */
function troubled(ports: FakePorts, suffered: ReadonlySet<string>): FakePorts {
  const suffering: Suffering = { argument: undefined, strike() {} };
  return { ...ports, suffers: (effect) => (suffered.has(effect) ? suffering : undefined) };
}

export async function consulInAWorld(options: ConsulStateOptions = {}): Promise<ConsulPlace> {
  const state = new ConsulState(options);
  const suffered = new Set<string>();
  const services = new Map<string, FakeService>();
  const program = (server: boolean) =>
    serviceProgram(8_500, (ports) => {
      const service = createConsul(troubled(ports, suffered), state, { server, address: '10.0.0.9' });
      services.set(ports.name, service);
      return service;
    });
  const played = await playedWorld({ s1: program(true), a1: program(false), client: undefined });
  const { clock } = played.host('client');
  const http = simulatedHttpClient(played.host('client'));
  return { http, clock, at: { s1: 's1:8500', a1: 'a1:8500' }, state, suffered, services, pause: played.pause };
}

export async function consulOnLoopback(options: ConsulStateOptions = {}): Promise<ConsulPlace> {
  const state = new ConsulState(options);
  const suffered = new Set<string>();
  const services = new Map<string, FakeService>();
  const clock = systemClock();
  const serve = async (name: string, server: boolean): Promise<string> => {
    const ports = { name, clock, random: seededRandom(name), crypto: nodeCrypto(), reaches: () => true };
    const bare: FakePorts = { ...ports, suffers: () => undefined };
    const service = createConsul(troubled(bare, suffered), state, { server });
    services.set(name, service);
    const served = await serveHttp(service.handler, { bind: '127.0.0.1:0' });
    onTestFinished(() => served.close(0));
    return served.address;
  };
  const at = { s1: await serve('s1', true), a1: await serve('a1', false) };
  const http = nodeHttpClient();
  onTestFinished(() => http.close());
  return { http, clock, at, state, suffered, services, pause: (ms) => pause(ms) };
}

/** As the table of keys has it, with times that tests can wait for. */
const CONFIG: ConsulConfig = {
  type: 'consul',
  addr: '',
  serviceName: 'rollcall',
  tag: '',
  dc: '',
  namespace: '',
  near: '',
  query: 'health',
  passing: true,
  consistency: 'default',
  maxStaleMs: 30_000,
  waitMs: 5_000,
  refreshIntervalMs: 30_000,
  token: '',
  tokenFile: '',
  caFile: '',
  certFile: '',
  keyFile: '',
  register: true,
  check: 'ttl',
  checkTtlMs: 5_000,
  checkIntervalMs: 1_000,
  deregisterAfterMs: 60_000,
};

export interface Around {
  readonly label?: string;
  readonly agent?: 's1' | 'a1';
  readonly environment?: Readonly<Record<string, string>>;
  /** Contents by path. */
  readonly files?: Map<string, string>;
  readonly resolver?: Resolver;
  readonly http?: HttpClient;
}

export function sourceAt(place: ConsulPlace, config: Partial<ConsulConfig> = {}, around: Around = {}): Source {
  const { label = '', agent = 's1', environment = {}, http = place.http } = around;
  const ports: SourcePorts = {
    clock: place.clock,
    random: seededRandom('source'),
    crypto: nodeCrypto(),
    files: {
      read: async (path) => new TextEncoder().encode(around.files?.get(path) ?? ''),
    } as Partial<Files> as Files,
    log: silentLog,
    resolver: () => around.resolver!,
    http: () => http,
    environment,
    parseYaml: () => Promise.reject(new Error('not asked for')),
  };
  const addr = environment['CONSUL_HTTP_ADDR'] === undefined ? place.at[agent] : '';
  return consulSource({ ...CONFIG, addr, ...config }, ports, { label, dataDir: '' });
}

/** Everything that a followed source says, and the end of it. */
export interface Followed {
  readonly heard: Found[];
  readonly end: Promise<void>;
  stop(): void;
}

export function followed(source: Source): Followed {
  const heard: Found[] = [];
  const controller = new AbortController();
  const end = source.watch!({ found: (found) => void heard.push(found) }, controller.signal);
  end.catch(() => {});
  onTestFinished(() => controller.abort());
  return { heard, end, stop: () => controller.abort() };
}

export const names = ({ candidates }: Found): string[] =>
  candidates.map(({ id, address }) => `${id ?? '?'} ${address}`);
