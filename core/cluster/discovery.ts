import type { ClusterConfig, DiscoveryConfig } from '../config/node-config.ts';
import { Chain, type ChainEvent } from '../discovery/chain.ts';
import { Directory } from '../discovery/directory.ts';
import type { MethodStats } from '../discovery/feed.ts';
import { canRegister, Registration } from '../discovery/registration.ts';
import type { SourcePorts } from '../discovery/source-type.ts';
import { reasonOf, type Self, type Source } from '../discovery/source.ts';
import { canonicalAddress } from '../address.ts';
import { messageOf } from '../errors.ts';
import { chainHealth, type DiscoveryHealth } from '../health/discovery-health.ts';
import type { Member } from '../membership/events.ts';
import type { Membership } from '../membership/membership.ts';
import type { Address } from '../ports/transport.ts';
import type { PeerState } from '../wire/messages.ts';
import { AutoConnect } from './auto-connect.ts';
import { PeerHints } from './peer-hints.ts';
import { SourceSet } from './sources.ts';

export interface DiscoveryDeps {
  readonly config: ClusterConfig;
  readonly ports: SourcePorts;
  /** Asked for only once the node is made. */
  readonly membership: () => Membership;
  /** Peers of the last life. */
  readonly known: readonly PeerState[];
  /** Sources of the application around us: asked before the configured ones. */
  readonly custom: readonly Source[];
  readonly isOwn: (address: Address) => boolean;
  /** Where others know this node. */
  readonly address: Address;
  readonly self: () => Self;
  /** The node has met its cluster, or begun one: whoever is found from then on is contacted. */
  readonly isFound: () => boolean;
  readonly onAsked: (method: string, seconds: number) => void;
}

/**
 * `alone`: every source has answered and named nobody, and this node begins its cluster. `sequence` counts all events of a
 * node, so that a listener sees whether he missed any.
 */
export type DiscoveryEvent = { readonly sequence: number } & (ChainEvent | { readonly type: 'alone' });
export type DiscoveryListener = (event: DiscoveryEvent) => void;

/** Everything about finding peers that lives as long as the node: sources, registrations, contacts, hints, the directory. */
export class Discovery {
  readonly directory: Directory;
  readonly hints: PeerHints;
  /** By method. */
  readonly stats = new Map<string, MethodStats>();
  readonly #deps: DiscoveryDeps;
  readonly #sources: SourceSet;
  readonly #contacts: AutoConnect;
  readonly #listeners = new Set<DiscoveryListener>();
  #config: DiscoveryConfig;
  #chain: Chain;
  #registrations = new Map<Source, Registration>();
  /** Entries that are being taken back. */
  readonly #leaving = new Set<Promise<void>>();
  #state: 'idle' | 'running' | 'ended' = 'idle';
  #sequence = 0;
  #lookIsDue = false;
  #view: readonly Member[] = [];
  #reached: ReadonlySet<Address> = new Set();

  constructor(deps: DiscoveryDeps) {
    this.#deps = deps;
    this.#config = deps.config.discovery;
    const { clock, random, log } = deps.ports;
    this.#sources = new SourceSet(deps);
    this.#chain = this.#newChain(this.#sources.of(this.#config.sources));
    this.hints = new PeerHints({
      clock,
      random: random.fork('hints'),
      own: () => this.#chain.candidates,
      isOwn: deps.isOwn,
      address: deps.address,
    });
    this.directory = new Directory({
      clock,
      feeds: () => this.#chain.feeds,
      memberAddress: (id) => this.#memberAddress(id),
      deadlineMs: () => this.#config.deadlineMs,
    });
    this.#contacts = new AutoConnect({
      clock,
      random: random.fork('contacts'),
      log,
      candidates: () => this.#chain.candidates,
      hints: () => this.hints.candidates,
      isReached: (address) => this.#isReached(address),
      contact: (address) => deps.membership().contact(address),
    });
  }

  get chain(): Chain {
    return this.#chain;
  }

  /** How the entries of this node in backends stand. */
  get registrations(): readonly Registration[] {
    return [...this.#registrations.values()];
  }

  /** Hears of everybody who might be there, or no longer; returns how to stop. */
  on(listener: DiscoveryListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  health(): DiscoveryHealth {
    const isReached = (address: Address): boolean => this.#isReached(address);
    const registrations = this.registrations.map(({ method, state, problem }) => {
      return { method, state, error: problem ?? null };
    });
    const hints = this.hints.candidates.length;
    return { ...chainHealth(this.#chain, isReached), contacts: this.#contacts.health, registrations, hints };
  }

  /** Enters this node where others look for it. Before the join, or nodes that start together would never meet. */
  register(): void {
    if (this.#state === 'ended') return;
    this.#state = 'running';
    const { clock, random, log } = this.#deps.ports;
    const { deadlineMs } = this.#config;
    const registered = new Map<Source, Registration>();
    for (const [index, { source }] of this.#chain.feeds.entries()) {
      if (!canRegister(source)) continue;
      const known = this.#registrations.get(source);
      const deps = { clock, random: random.fork(`registration ${index}`), log, deadlineMs, self: this.#deps.self };
      registered.set(source, known ?? new Registration(source, deps));
    }
    const begun = [...registered].filter(([source]) => !this.#registrations.has(source));
    this.#registrations = registered;
    // An entry of ours that is being taken back must be gone before another one is made: they may be the same.
    void Promise.all(this.#leaving).then(() => {
      for (const [source, registration] of begun) {
        if (this.#state === 'running' && this.#registrations.get(source) === registration) registration.begin();
      }
    });
  }

  /**
   * Whether others can find this node, as far as that is its own affair: waits until each registration has succeeded or
   * failed, and says what is in the way. Undefined where it enters itself nowhere.
   */
  async registered(): Promise<readonly string[] | undefined> {
    if (this.#registrations.size === 0) return undefined;
    await Promise.all(this.registrations.map(({ settled }) => settled));
    return this.registrations.flatMap(({ method, state, problem }) => {
      return state === 'active' || problem === undefined
        ? []
        : [`${method} does not take the entry of this node: ${reasonOf(method, problem)}`];
    });
  }

  /** Contacts whoever might be there and is no member. Called every now and then. */
  connect(): void {
    if (this.#state === 'running' && this.#config.autoConnect && this.#deps.isFound()) this.#contacts.look();
  }

  /** Takes over another configuration. Sources that stay as they are keep what they know, and their entries. */
  reload(config: DiscoveryConfig): void {
    if (this.#state === 'ended') return;
    // Made before anything is given up: a configuration that cannot be used changes nothing.
    const sources = this.#sources.of(config.sources);
    this.#config = config;
    this.#chain = this.#newChain(sources, this.#chain);
    this.#chain.keepAsking(true);
    if (this.#state !== 'running') return;
    for (const [source, registration] of this.#registrations) {
      if (sources.includes(source)) registration.renew();
      else this.#release(registration, config.deadlineMs);
    }
    this.register();
  }

  /** Ends with a word to the backends, so that nobody is sent to us any more. */
  async leave(deadlineMs: number): Promise<void> {
    this.#state = 'ended';
    this.#chain.stop();
    for (const registration of this.registrations) this.#release(registration, deadlineMs);
    await Promise.all(this.#leaving);
  }

  /** Ends at once. Entries expire by themselves. */
  stop(): void {
    this.#state = 'ended';
    this.#chain.stop();
    for (const registration of this.registrations) registration.drop();
  }

  /** This node begins its cluster alone. */
  beganAlone(): void {
    this.#tell({ type: 'alone' });
  }

  #release(registration: Registration, deadlineMs: number): void {
    const leaving = registration.end(deadlineMs).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  #newChain(sources: readonly Source[], before?: Chain): Chain {
    const { ports, isOwn, onAsked } = this.#deps;
    const { mode, deadlineMs, staleMs } = this.#config;
    const { clock, log } = ports;
    const deps = { sources, mode, deadlineMs, staleMs, clock, log, isOwn, stats: this.stats, onAsked };
    const onEvent = (event: ChainEvent): void => this.#tell(event);
    return new Chain({ ...deps, random: ports.random.fork('chain'), onEvent }, before);
  }

  #tell(event: ChainEvent | { readonly type: 'alone' }): void {
    this.#sequence += 1;
    for (const listener of [...this.#listeners]) {
      try {
        listener({ ...event, sequence: this.#sequence });
      } catch (error) {
        this.#deps.ports.log.error({ operation: 'discovery' }, `a listener of discovery failed: ${messageOf(error)}`);
      }
    }
    if (event.type === 'added' || event.type === 'updated') this.#lookSoon();
  }

  /** Many are found at once, and looked at together. */
  #lookSoon(): void {
    if (this.#lookIsDue) return;
    this.#lookIsDue = true;
    this.#deps.ports.clock.after(0, () => {
      this.#lookIsDue = false;
      this.connect();
    });
  }

  #memberAddress(id: string): Address | undefined {
    const member = this.#deps.membership().member(id);
    return member !== undefined && isLive(member.state) ? member.address : undefined;
  }

  /** Every second each of many candidates is looked up among many members: the set is made once for each view. */
  #isReached(address: Address): boolean {
    const members = this.#deps.membership().members();
    if (members !== this.#view) {
      this.#view = members;
      const live = members.filter((one) => isLive(one.state));
      this.#reached = new Set(live.map((one) => canonicalAddress(one.address)));
    }
    return this.#reached.has(canonicalAddress(address));
  }
}

function isLive(state: string): boolean {
  return state === 'alive' || state === 'suspect';
}
