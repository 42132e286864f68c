import { MILLISECOND, SECOND, type Clock, type Micros, type Timer } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Address } from '../ports/transport.ts';
import type { Operated, Readiness, Sealing } from '../admin/operated.ts';
import type { NodeConfig } from '../config/node-config.ts';
import type { DiscoveryHealth } from '../health/discovery-health.ts';
import type { SourcePorts } from '../discovery/source-type.ts';
import type { Directory } from '../discovery/directory.ts';
import type { Source } from '../discovery/source.ts';
import { RollcallError } from '../errors.ts';
import { HealthMonitor } from '../health/monitor.ts';
import { rosterOf } from '../health/roster.ts';
import type { Layer } from '../membership/layers.ts';
import { Membership } from '../membership/membership.ts';
import type { Observe } from '../membership/observation.ts';
import type { MembershipPorts } from '../membership/options.ts';
import { encodeTags } from '../membership/tags.ts';
import { SerfLayer } from '../serf/serf-layer.ts';
import { Discovery } from './discovery.ts';
import { DropLog } from './drop-log.ts';
import { logEvents, secondOfTheName } from './event-log.ts';
import { Joining } from './joining.ts';
import { noNetwork } from './no-network.ts';
import type { NodeKeys } from './node-keys.ts';
import { pastLife, type PastLife } from './past-life.ts';
import { Pulse } from './pulse.ts';
import type { SnapshotKeeper } from './snapshot-keeper.ts';
import type { Snapshot } from './snapshot.ts';
import { TroubleLog, type Trouble } from './trouble-log.ts';

/** What membership and the ways of finding peers need. */
export type ClusterPorts = MembershipPorts & SourcePorts;

export interface ClusterOptions {
  readonly config: NodeConfig;
  readonly ports: ClusterPorts;
  readonly version: string;
  /** What others are told. */
  readonly address: Address;
  /** What the transport has bound. */
  readonly bind: Address;
  /** Whether an address reaches this very node, by whatever interface. */
  readonly isOwn: (address: Address) => boolean;
  /** A name for a node that has none; different every time, everywhere. */
  readonly freshName: () => string;
  readonly layers?: readonly Layer[];
  /** Ways of finding peers of your own, asked before the configured ones. */
  readonly sources?: readonly Source[];
  /** Where the admin interface listens, once it does: health checks of backends ask there. */
  readonly admin?: () => Address | undefined;
  /** Hears everything that membership does, as simulations judge it. */
  readonly observe?: Observe;
  /** What the sockets count of what went wrong, to be told in words. */
  readonly trouble?: Trouble;
  /** For metrics; all are called rarely. */
  readonly onAsked?: (method: string, seconds: number) => void;
  readonly onRoundTrip?: (seconds: number) => void;
  readonly onExchange?: (seconds: number) => void;
  /** The size of what this node tells of all members, in an exchange. */
  readonly onStatement?: (bytes: number) => void;
}

export class NodeEnded extends RollcallError {
  constructor(name: string) {
    super('NODE_ENDED', `${name} has left or stopped, and its addresses are free again: create a new node instead.`);
  }
}

const LOOK_MS = 1_000;
/** Backends get so long to hear that we leave; what they still have of us expires. */
const RELEASE_MS = 2_000;
/** Every so many looks: what is told in summaries, and what is forgotten. */
const SUMMARY_LOOKS = 10;

/**
 * A node as operators know it: membership and all that belongs to running it. The order of the start is name, keys,
 * membership, sources, join, health; addresses are bound by whoever made the transport.
 */
export class Cluster implements Operated {
  readonly version: string;
  readonly membership: Membership;
  readonly keys: NodeKeys;
  readonly health: HealthMonitor;
  readonly discovery: Discovery;
  readonly #options: ClusterOptions;
  #config: NodeConfig;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #started: Micros;
  readonly #known: Snapshot | undefined;
  readonly #keeper: SnapshotKeeper | undefined;
  readonly #pulse: Pulse;
  readonly #joining: Joining;
  readonly #drops: DropLog;
  readonly #troubles: TroubleLog | undefined;
  readonly #stopLogging: () => void;
  #timer: Timer = 0;
  #ending: Promise<void> | undefined;
  readonly #onEnded: (() => void)[] = [];

  /** A node with all that its past life left; nothing runs before `begin`. */
  static async create(options: ClusterOptions): Promise<Cluster> {
    return new Cluster(options, await pastLife(options.config.cluster, options.ports));
  }

  private constructor(options: ClusterOptions, { keeper, keys, known }: PastLife) {
    const { config, ports } = options;
    const { cluster } = config;
    this.#options = options;
    this.#config = config;
    this.version = options.version;
    this.keys = keys;
    this.#keeper = keeper;
    this.#known = known;
    this.#clock = ports.clock;
    this.#started = ports.clock.now();
    const name = cluster.nodeId || known?.name || options.freshName();
    this.#log = ports.log.child({ node: name });
    this.#pulse = new Pulse(ports.clock, {
      onRoundTrip: options.onRoundTrip ?? (() => {}),
      onExchange: options.onExchange ?? (() => {}),
      onStatement: options.onStatement ?? (() => {}),
      onProof: () => this.#joining.met(),
    });
    this.discovery = this.#newDiscovery();
    this.membership = new Membership({
      name,
      address: options.address,
      bind: options.bind,
      ports: cluster.enabled ? ports : { ...ports, transport: noNetwork },
      settings: cluster.membership,
      meta: encodeTags(cluster.tags),
      label: cluster.label,
      keyring: keys.keyring,
      acceptPlain: cluster.encryption.acceptPlain,
      sealOutgoing: cluster.encryption.sealOutgoing,
      allow: cluster.allow,
      streamsMax: cluster.network.streamsMax,
      incarnation: known?.name === name ? known.incarnation : 0,
      known: cluster.enabled ? (known?.peers ?? []) : [],
      ...(options.observe === undefined ? {} : { observe: options.observe }),
      // Agents of Serf take the state of exchanges for their own: hints are for clusters of ours alone.
      layers: [this.#pulse, cluster.serf ? new SerfLayer() : this.discovery.hints, ...(options.layers ?? [])],
    });
    this.#joining = new Joining({
      membership: this.membership,
      chain: () => this.discovery.chain,
      registered: () => this.discovery.registered(),
      onAlone: () => this.discovery.beganAlone(),
      formed: (known?.peers ?? []).length > 0,
      size: () => this.membership.members().filter((one) => one.state === 'alive').length,
      clock: ports.clock,
      random: ports.random.fork('joining'),
      log: this.#log,
      policy: () => this.#config.cluster.discovery,
    });
    this.health = new HealthMonitor(ports.clock, this.#log, this.membership, cluster.health.intervalMs);
    this.#drops = new DropLog(this.membership.counters, ports.clock, this.#log);
    this.#troubles = options.trouble && new TroubleLog(options.trouble, this.#log);
    this.#stopLogging = logEvents(this.membership, this.#log);
    for (const type of ['join', 'alive', 'update'] as const) {
      this.membership.on(type, ({ member }) => member.name !== name && this.#pulse.heard(member.name));
    }
  }

  get config(): NodeConfig {
    return this.#config;
  }

  get name(): string {
    return this.membership.name;
  }

  /** Writes of the snapshot that failed. */
  get snapshotFailures(): number {
    return this.#keeper?.failures ?? 0;
  }

  get directory(): Directory {
    return this.discovery.directory;
  }

  uptime(): number {
    return (this.#clock.now() - this.#started) / SECOND;
  }

  readiness(): Readiness {
    const { rival } = this.membership;
    return rival === undefined ? this.#joining.readiness : { ready: false, reason: secondOfTheName(this.name, rival) };
  }

  discoveryHealth(): DiscoveryHealth {
    return this.discovery.health();
  }

  sealing(): Sealing {
    const { acceptPlain, sealOutgoing } = this.#options.config.cluster.encryption;
    if (this.keys.list().length === 0) return 'none';
    if (!sealOutgoing) return 'speaks-plain';
    return acceptPlain ? 'accepts-plain' : 'sealed';
  }

  lastSeen(name: string): number | undefined {
    return name === this.name ? 0 : this.#pulse.secondsSince(name);
  }

  /** Takes over what may change while the node runs: tags, where to find peers, how often to look at the health. */
  reload(config: NodeConfig): void {
    if (this.#ending !== undefined) return;
    this.#config = config;
    this.membership.updateMeta(encodeTags(config.cluster.tags));
    this.health.retime(config.cluster.health.intervalMs);
    this.discovery.reload(config.cluster.discovery);
  }

  /** Says goodbye and stops; what the next life needs is stored. */
  leave(): Promise<void> {
    this.#ending ??= this.#end('this node is leaving', async () => {
      await Promise.all([this.discovery.leave(RELEASE_MS), this.membership.leave()]);
    });
    return this.#ending;
  }

  /** Stops at once, without a goodbye. */
  stop(): Promise<void> {
    this.#ending ??= this.#end('this node has stopped', () => {
      this.discovery.stop();
      this.membership.stop();
    });
    return this.#ending;
  }

  /** Resolves when the node runs and has looked for its cluster once; whether it found it, `readiness` tells. */
  async begin(): Promise<void> {
    if (this.#ending !== undefined) throw new NodeEnded(this.name);
    try {
      await this.#start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Runs once, when the node has left or stopped, whoever asked for it. */
  onEnded(task: () => void): void {
    this.#onEnded.push(task);
  }

  async #start(): Promise<void> {
    const { cluster } = this.#config;
    const { address, bind, version } = this.#options;
    if (cluster.enabled) {
      const sealed = this.keys.list().length > 0;
      const fields = { operation: 'start', address, bind, version, network: cluster.network.mode, sealed };
      this.#log.info(fields, `${this.name} starts, known to others at ${address}`);
    } else {
      this.#log.info({ operation: 'start', version }, `${this.name} runs as a single node: cluster.enabled is false`);
    }
    await this.#keeper?.prove({ ...this.#snapshot(), peers: this.#known?.peers ?? [] });
    if (this.#ending !== undefined) return;
    if (cluster.enabled) this.discovery.register();
    await this.#joining.begin();
    if (this.#ending !== undefined) return;
    this.health.start();
    this.#keeper?.start(() => this.#snapshot());
    this.#watch();
  }

  #watch(looks = 1): void {
    this.#timer = this.#clock.after(LOOK_MS * MILLISECOND, () => {
      this.#drops.tell();
      this.discovery.connect();
      if (looks % SUMMARY_LOOKS === 0) {
        this.#troubles?.tell();
        this.#pulse.keep(new Set(rosterOf(this.membership).map((member) => member.name)));
      }
      this.#watch(looks + 1);
    });
  }

  async #end(reason: string, end: () => Promise<void> | void): Promise<void> {
    this.#log.info({ operation: 'stop' }, reason);
    this.#joining.stop(reason);
    this.health.stop();
    this.#clock.cancel(this.#timer);
    // Once it has left, membership remembers nobody; and a node that never ran has nothing to remember.
    const before = this.membership.running ? this.#snapshot() : undefined;
    await end();
    this.#drops.tell(true);
    this.#troubles?.tell();
    await this.#keeper?.stop(before && { ...before, incarnation: this.membership.incarnation });
    this.#stopLogging();
    for (const task of this.#onEnded.splice(0)) task();
  }

  #snapshot(): Snapshot {
    const { membership } = this;
    return {
      name: membership.name,
      label: this.#options.config.cluster.label,
      incarnation: membership.incarnation,
      peers: membership.remembered(),
    };
  }

  #newDiscovery(): Discovery {
    const { config, ports, address, isOwn, onAsked, sources, admin } = this.#options;
    const { label } = config.cluster;
    return new Discovery({
      config: config.cluster,
      ports: { ...ports, log: this.#log, random: ports.random.fork('discovery') },
      membership: () => this.membership,
      known: this.#known?.peers ?? [],
      custom: sources ?? [],
      isOwn,
      address,
      self: () => ({ id: this.name, address, label, tags: this.#config.cluster.tags, admin: admin?.() }),
      onAsked: onAsked ?? (() => {}),
      isFound: () => this.#joining.found,
    });
  }
}
