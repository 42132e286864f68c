import { Cluster } from '../../core/cluster/cluster.ts';
import { settingsOf } from '../../core/membership/settings.ts';
import type { ClusterConfig, NodeConfig } from '../../core/config/node-config.ts';
import { defaultConfig } from '../../core/config/read.ts';
import type { DnsConfig } from '../../core/discovery/dns/dns-type.ts';
import type { StaticConfig } from '../../core/discovery/static/static-type.ts';
import { FileFailed, type Files } from '../../core/ports/files.ts';
import type { Log, LogFields, LogLevel } from '../../core/ports/log.ts';
import { ResolveFailed, type DnsAnswer, type DnsService, type Resolver } from '../../core/ports/resolver.ts';
import { sameAddress } from '../../core/address.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Host, Store } from '../../simulator/program.ts';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import { World } from '../../simulator/world.ts';

const SECOND = 1_000_000;
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export interface Line {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** As an answer of `TestResolver`: there never is one. */
export const SILENCE = 'silence';

/** Names that a test can change while the world runs. A `string` is a failure. */
export class TestResolver implements Resolver {
  readonly hosts = new Map<string, readonly string[] | string>();
  readonly srv = new Map<string, readonly Pick<DnsService, 'target' | 'port'>[] | string>();
  asked = 0;
  complete = true;

  addresses(name: string): Promise<DnsAnswer<string>> {
    if (/^[\d.]+$/.test(name)) return this.#answer(name, [name]);
    return this.#answer(name, this.hosts.get(name.replace(/\.$/, '')));
  }

  services(name: string): Promise<DnsAnswer<DnsService>> {
    const records = this.srv.get(name);
    if (typeof records === 'string') return this.#answer(name, records);
    return this.#answer(
      name,
      records?.map((one) => ({ priority: 0, weight: 0, addresses: [], ...one })),
    );
  }

  texts(name: string): Promise<DnsAnswer<string>> {
    return this.#answer(name, undefined);
  }

  #answer<T>(name: string, records: readonly T[] | string | undefined): Promise<DnsAnswer<T>> {
    this.asked += 1;
    if (records === SILENCE) return new Promise(() => {});
    if (typeof records === 'string') {
      return Promise.reject(new ResolveFailed(name, 'server-failure', `${name}: ${records}`));
    }
    const answer = { records: records ?? [], lifetimeMs: 10_000, complete: this.complete };
    return Promise.resolve(answer.records.length > 0 ? answer : { ...answer, absent: 'no-such-name' });
  }
}

/** Files that live in the store of a host, and survive its crashes. `full` makes writes fail. */
export class TestFiles implements Files {
  readonly #host: Host;
  readonly #state: { full: boolean };

  constructor(host: Host, state: { full: boolean }) {
    this.#host = host;
    this.#state = state;
  }

  read(path: string): Promise<Uint8Array> {
    const content = this.#host.store.get(path);
    if (content instanceof Uint8Array) return Promise.resolve(content);
    return Promise.reject(new FileFailed(path, 'missing', `${path} does not exist.`));
  }

  write(path: string, content: Uint8Array): Promise<void> {
    if (this.#state.full) return Promise.reject(new FileFailed(path, 'full', `No space is left for ${path}.`));
    this.#host.store.set(path, content.slice());
    return Promise.resolve();
  }

  list(): Promise<string[]> {
    return Promise.resolve([]);
  }

  remove(): Promise<void> {
    return Promise.resolve();
  }

  watch(): () => void {
    return () => {};
  }
}

export interface NodeSpec {
  readonly config?: Partial<ClusterConfig>;
  readonly sources?: readonly (StaticConfig | DnsConfig)[];
  readonly onNoPeers?: ClusterConfig['discovery']['onNoPeers'];
  readonly startAt?: number;
}

export const seeds = (...seedNodes: string[]): StaticConfig => ({ type: 'static', seedNodes });

/** Whole nodes, with files, logs and a name service, in virtual time. */
export class OperatedWorld {
  readonly world: World;
  readonly resolver = new TestResolver();
  readonly disk = { full: false };
  readonly nodes = new Map<string, Cluster>();
  /** Those whose `begin` has returned. */
  readonly begun = new Set<string>();
  readonly #hosts = new Map<string, Host>();
  readonly failures = new Map<string, unknown>();
  readonly stores = new Map<string, Store>();
  readonly #lines = new Map<string, Line[]>();

  constructor(specs: Readonly<Record<string, NodeSpec>>, faults: readonly Fault[] = []) {
    this.world = new World({
      seed: 'operated',
      duration: 3_600 * SECOND,
      latency: { kind: 'constant', delay: 500 },
      hosts: Object.entries(specs).map(([name, spec]) => ({
        name,
        startAt: (spec.startAt ?? 0) * SECOND,
        program: (host: Host) => this.#start(host, spec),
      })),
      faults,
    });
  }

  async until(seconds: number): Promise<this> {
    await this.world.runAsyncUntil(seconds * SECOND, turn);
    return this;
  }

  node(name: string): Cluster {
    return this.nodes.get(name)!;
  }

  view(of: string): string {
    const members = this.node(of).membership.members();
    return members
      .map((member) => `${member.name}:${member.state}`)
      .toSorted()
      .join(' ');
  }

  /** What a node said, in all its lives, as `level message`. */
  said(name: string): string[] {
    return (this.#lines.get(name) ?? []).map(({ level, message }) => `${level} ${message}`);
  }

  lines(name: string): readonly Line[] {
    return this.#lines.get(name) ?? [];
  }

  /** The next life of a node on a host that stayed up; `begin` false leaves it before its beginning. */
  async startAgain(name: string, config: Partial<ClusterConfig>, begin = true): Promise<void> {
    const cluster = await this.#create(this.#hosts.get(name)!, { config });
    if (begin) await Promise.all([cluster.begin(), this.until(this.world.now() / SECOND + 1)]);
  }

  async #start(host: Host, spec: NodeSpec): Promise<void> {
    try {
      await (await this.#create(host, spec)).begin();
      this.begun.add(host.name);
    } catch (error) {
      this.failures.set(host.name, error);
    }
  }

  async #create(host: Host, spec: NodeSpec): Promise<Cluster> {
    this.#hosts.set(host.name, host);
    this.stores.set(host.name, host.store);
    const cluster = await Cluster.create({
      config: configOf(host.name, spec),
      ports: {
        clock: host.clock,
        random: host.random,
        transport: host.transport,
        crypto: host.crypto,
        files: new TestFiles(host, this.disk),
        log: this.#logOf(host.name),
        resolver: () => this.resolver,
        http: () => simulatedHttpClient(host),
        environment: {},
        parseYaml: () => Promise.reject(new Error('no YAML here')),
      },
      version: '0',
      address: host.address,
      bind: host.address,
      isOwn: (address) => sameAddress(address, host.address),
      freshName: () => `fresh-${host.boot}`,
    });
    this.nodes.set(host.name, cluster);
    return cluster;
  }

  #logOf(name: string, more: LogFields = {}): Log {
    const lines = this.#lines.get(name) ?? [];
    this.#lines.set(name, lines);
    const say =
      (level: LogLevel) =>
      (fields: LogFields, message: string): void =>
        void lines.push({ level, message, fields: { ...more, ...fields } });
    return {
      debug: say('debug'),
      info: say('info'),
      warn: say('warn'),
      error: say('error'),
      child: (fields) => this.#logOf(name, { ...more, ...fields }),
    };
  }
}

function configOf(name: string, spec: NodeSpec): NodeConfig {
  return {
    cluster: {
      enabled: true,
      nodeId: name,
      label: '',
      serf: false,
      tags: {},
      dataDir: '/data',
      allow: [],
      preset: 'fast',
      membership: settingsOf('fast'),
      network: {
        mode: 'udp',
        swimBind: '0.0.0.0:7946',
        advertiseAddr: '',
        streamsMax: 512,
        receiveBufferBytes: 0,
        tls: { certFile: '', keyFile: '', caFile: '', serverName: '' },
      },
      encryption: { keys: [], keyringFile: '', acceptPlain: false, sealOutgoing: true },
      discovery: {
        ...defaultConfig().cluster.discovery,
        sources: spec.sources ?? [],
        onNoPeers: spec.onNoPeers ?? 'single-node',
      },
      health: { intervalMs: 10_000 },
      snapshot: { intervalMs: 5_000 },
      ...spec.config,
    },
    admin: {
      enabled: false,
      bind: '127.0.0.1:50051',
      allowChanges: undefined,
      token: '',
      tokenFile: '',
      certFile: '',
      keyFile: '',
      caFile: '',
    },
    log: { level: 'info', format: 'json' },
  };
}
