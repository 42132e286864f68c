import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { checkSource } from '../../core/discovery/source-table.ts';
import type { SourceConfig, SourcePorts, SourceTable, SourceType } from '../../core/discovery/source-type.ts';
import type { Source } from '../../core/discovery/source.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { FileFailed, type Files } from '../../core/ports/files.ts';
import { silentLog } from '../../core/ports/log.ts';
import { seededRandom } from '../../core/random.ts';
import { bytesFromText } from '../../core/wire/text.ts';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import type { CloudAccount } from '../../simulator/services/cloud/account.ts';
import type { FakePorts, FakeService } from '../../simulator/services/fake-service.ts';
import { serviceProgram } from '../../simulator/services/fake-service.ts';
import { withHttpTroubles } from '../../simulator/services/http-troubles.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { nodeHttpClient } from '../../transports/http/client.ts';
import { serveHttp } from '../../transports/http/server.ts';
import { playedWorld } from './played-world.ts';

export interface Told {
  readonly table: SourceTable;
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly label?: string;
  /** The machine's wall clock is wrong by so much. */
  readonly wrongByMs?: number;
}

/** A cloud, somebody who asks it, and what goes wrong. */
export interface CloudStage {
  readonly account: CloudAccount;
  /** Where the services are, to be added to what a source is told. */
  readonly endpoints: Told;
  source(told: Told): Source;
  /** Begins; gives how to end it. */
  suffer(effect: string, argument?: unknown): () => void;
  command(name: string, argument: unknown): void;
  pause(ms: number): Promise<void>;
}

export interface CloudUnderTest {
  readonly type: Omit<SourceType, 'create' | 'inWords' | 'problem' | 'type'>;
  /** Public names of the API and its like, and of the metadata service. */
  readonly names: { readonly api: readonly string[]; readonly metadata: readonly string[] };
  /** What tests need to know besides, where the names mean what they do. */
  readonly here?: Told;
  /** The same where the names mean nothing: everything is at this address. */
  readonly elsewhere: (url: string) => Told;
  readonly create: (ports: FakePorts, account: CloudAccount) => FakeService;
}

/** Effects that a test turns on and off, and the services that suffer them. */
class Troubles {
  readonly #suffered = new Map<string, unknown>();
  readonly services: FakeService[] = [];

  readonly suffers: FakePorts['suffers'] = (effect) =>
    this.#suffered.has(effect) ? { argument: this.#suffered.get(effect), strike() {} } : undefined;

  begin(effect: string, argument: unknown): () => void {
    this.#suffered.set(effect, argument);
    this.services[0]!.struck?.(effect, argument);
    return () => void this.#suffered.delete(effect);
  }
}

/** In a simulated world: the API on one host, the metadata service on another. */
export async function playedCloud(under: CloudUnderTest, account: CloudAccount): Promise<CloudStage> {
  const troubles = new Troubles();
  const service = (ports: FakePorts): FakeService =>
    served(under, { ...ports, suffers: troubles.suffers }, account, troubles);
  const { host, pause } = await playedWorld({
    api: serviceProgram(443, service),
    metadata: serviceProgram(80, service),
    client: undefined,
  });
  const { api, metadata } = under.names;
  const names = Object.fromEntries([
    ...api.map((name) => [name, 'api']),
    ...metadata.map((name) => [name, 'metadata']),
  ]);
  const client = host('client');
  const http = simulatedHttpClient(client, names);
  return stage(under, account, troubles, under.here ?? { table: {} }, pause, { ...client, http: () => http });
}

/** On loopback, over sockets and with real signatures. */
export async function servedCloud(under: CloudUnderTest, account: CloudAccount): Promise<CloudStage> {
  const troubles = new Troubles();
  const ports: FakePorts = {
    name: 'fake',
    clock: systemClock(),
    random: seededRandom('fake'),
    crypto: nodeCrypto(),
    suffers: troubles.suffers,
    reaches: () => true,
  };
  const server = await serveHttp(served(under, ports, account, troubles).handler, { bind: '127.0.0.1:0' });
  onTestFinished(() => server.close(0));
  const client = nodeHttpClient();
  onTestFinished(() => client.close());
  const endpoints = under.elsewhere(`http://${server.address}`);
  return stage(under, account, troubles, endpoints, (ms) => sleep(ms), { ...ports, http: () => client });
}

function served(under: CloudUnderTest, ports: FakePorts, account: CloudAccount, troubles: Troubles): FakeService {
  const service = under.create(ports, account);
  troubles.services.push(service);
  return { ...service, handler: withHttpTroubles(service.handler, ports) };
}

function stage(
  { type }: CloudUnderTest,
  account: CloudAccount,
  troubles: Troubles,
  endpoints: Told,
  pause: CloudStage['pause'],
  ports: Pick<SourcePorts, 'clock' | 'random' | 'crypto' | 'http'>,
): CloudStage {
  return {
    account,
    endpoints,
    pause,
    suffer: (effect, argument) => troubles.begin(effect, argument),
    command: (name, argument) => troubles.services[0]!.command?.(name, argument),
    source({ table, environment, files = {}, label = '', wrongByMs = 0 }) {
      const of = type as unknown as SourceType;
      const config = checkSource(of, { ...endpoints.table, ...table }, 'source', (refused) => {
        throw new Error(`refused: ${JSON.stringify(refused)}`);
      });
      const all: SourcePorts = {
        ...ports,
        clock: wrong(ports.clock, wrongByMs),
        files: filesOf({ ...endpoints.files, ...files }),
        log: silentLog,
        environment: { ...endpoints.environment, ...environment },
        resolver: unused,
        parseYaml: unused,
      };
      return of.create(config as SourceConfig, all, { label, dataDir: '' });
    },
  };
}

function wrong(clock: Clock, byMs: number): Clock {
  return {
    now: () => clock.now(),
    wallTime: () => clock.wallTime() + byMs,
    after: (delay, task) => clock.after(delay, task),
    cancel: (timer) => clock.cancel(timer),
  };
}

function unused(): never {
  throw new Error('no cloud needs this');
}

function filesOf(texts: Readonly<Record<string, string>>): Files {
  const read: Files['read'] = async (path) => {
    const text = texts[path];
    if (text === undefined) throw new FileFailed(path, 'missing', `${path}: no such file.`);
    return bytesFromText(text);
  };
  return { read, list: unused, write: unused, remove: unused, watch: unused };
}
