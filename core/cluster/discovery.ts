import type { ClusterConfig, DiscoveryConfig } from '../config/node-config.ts';
import { Chain, type ChainEvent } from '../discovery/chain.ts';
import { Directory } from '../discovery/directory.ts';
import type { MethodStats } from '../discovery/feed.ts';
import { canRegister, Registration } from '../discovery/registration.ts';
import type { SourcePorts } from '../discovery/source-type.ts';
import type { Candidate, Self, Source } from '../discovery/source.ts';
import { canonicalAddress } from '../address.ts';
import type { Member } from '../membership/events.ts';
import { chainHealth, type DiscoveryHealth } from '../health/discovery-health.ts';
import type { Membership } from '../membership/membership.ts';
import type { Address } from '../ports/transport.ts';
import type { PeerState } from '../wire/messages.ts';
import { mergedCandidates } from '../discovery/candidates.ts';
import { AutoConnect } from './auto-connect.ts';
import { PeerHints } from './peer-hints.ts';
import { sourcesOf } from './sources.ts';

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
  readonly self: () => Self;
  readonly onAsked: (method: string, seconds: number) => void;
}

/** `alone`: every source has answered and named nobody, and this node begins its cluster. */
export type DiscoveryEvent = ChainEvent | { readonly type: 'alone' };
export type DiscoveryListener = (event: DiscoveryEvent) => void;

/** Everything about finding peers that lives as long as the node: sources, registrations, contacts, hints, the directory. */
export class Discovery {
  readonly directory: Directory;
  readonly hints: PeerHints;
  /** By method. */
  readonly stats = new Map<string, MethodStats>();
  readonly #deps: DiscoveryDeps;
  readonly #contacts: AutoConnect;
  readonly #listeners = new Set<DiscoveryListener>();
  #config: DiscoveryConfig;
  #chain: Chain;
  #registrations: readonly Registration[] = [];
  #running = false;
  #view: readonly Member[] = [];
  #reached: ReadonlySet<Address> = new Set();

  constructor(deps: DiscoveryDeps) {
    this.#deps = deps;
    this.#config = deps.config.discovery;
    const { clock, random, log } = deps.ports;
    this.#chain = this.#newChain();
    this.hints = new PeerHints(clock, () => this.#chain.candidates, deps.isOwn);
    this.directory = new Directory({
      clock,
      sources: () => this.#chain.feeds.map((feed) => feed.source),
      memberAddress: (id) => this.#memberAddress(id),
      candidates: () => this.#chain.candidates,
      deadlineMs: this.#config.deadlineMs,
    });
    this.#contacts = new AutoConnect({
      clock,
      random: random.fork('contacts'),
      log,
      candidates: () => this.#candidates(),
      isReached: (address) => this.#isReached(address),
      contact: (address) => deps.membership().contact(address),
    });
  }

  get chain(): Chain {
    return this.#chain;
  }

  /** How the entries of this node in backends stand. */
  get registrations(): readonly Registration[] {
    return this.#registrations;
  }

  /** Hears of everybody who might be there, or no longer; returns how to stop. */
  on(listener: DiscoveryListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  health(): DiscoveryHealth {
    const isReached = (address: Address): boolean => this.#isReached(address);
    return {
      ...chainHealth(this.#chain, isReached),
      contacts: this.#contacts.health,
      registrations: this.#registrations.map(({ method, state, problem }) => ({
        method,
        state,
        error: problem ?? null,
      })),
      hints: this.hints.candidates.length,
    };
  }

  /** Enters this node where others look for it. Before the join, or nodes that start together would never meet. */
  register(): void {
    this.#running = true;
    const { ports, self } = this.#deps;
    const { deadlineMs } = this.#config;
    this.#registrations = this.#chain.feeds.flatMap(({ source }, index) => {
      if (!canRegister(source)) return [];
      const random = ports.random.fork(`registration ${index}`);
      return [new Registration(source, { clock: ports.clock, random, log: ports.log, deadlineMs, self })];
    });
    for (const registration of this.#registrations) registration.begin();
  }

  /** Contacts whoever might be there and is no member. Called every now and then once the node is part of its cluster. */
  connect(): void {
    if (this.#running && this.#config.autoConnect) this.#contacts.look();
  }

  /** Takes over another configuration; what is known from before counts until the new sources have answered. */
  async reload(config: DiscoveryConfig): Promise<void> {
    const isSame = JSON.stringify(config) === JSON.stringify(this.#config);
    this.#config = config;
    if (isSame) {
      // Tags are part of some entries.
      for (const registration of this.#registrations) registration.renew();
      return this.#chain.keepAsking(true);
    }
    const before = this.#chain;
    const registered = this.#registrations;
    before.stop();
    this.#chain = this.#newChain(before);
    this.#chain.keepAsking(true);
    this.#registrations = [];
    await Promise.all(registered.map((registration) => registration.end(config.deadlineMs)));
    if (this.#running) this.register();
  }

  /** Ends with a word to the backends, so that nobody is sent to us any more. */
  async leave(deadlineMs: number): Promise<void> {
    this.#running = false;
    this.#chain.stop();
    await Promise.all(this.#registrations.map((registration) => registration.end(deadlineMs)));
  }

  /** Ends at once. Entries expire by themselves. */
  stop(): void {
    this.#running = false;
    this.#chain.stop();
    for (const registration of this.#registrations) registration.drop();
  }

  #newChain(before?: Chain): Chain {
    const { config, ports, known, custom, isOwn, onAsked } = this.#deps;
    const { enabled, label, dataDir } = config;
    const { sources, mode, deadlineMs, staleMs } = this.#config;
    const sourcePorts = { ...ports, random: ports.random.fork('sources') };
    const configured = sourcesOf(sources, sourcePorts, { label, dataDir }, known);
    return new Chain(
      {
        sources: enabled ? [...custom, ...configured] : [],
        mode,
        deadlineMs,
        staleMs,
        clock: ports.clock,
        random: ports.random.fork('chain'),
        log: ports.log,
        isOwn,
        stats: this.stats,
        onAsked,
        onEvent: (event) => this.#tell(event),
      },
      before,
    );
  }

  #candidates(): readonly Candidate[] {
    return [...mergedCandidates([this.#chain.candidates, this.hints.candidates]).values()];
  }

  /** This node begins its cluster alone. */
  beganAlone(): void {
    this.#tell({ type: 'alone' });
  }

  #tell(event: DiscoveryEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
    if (event.type === 'added' || event.type === 'updated') this.#deps.ports.clock.after(0, () => this.connect());
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
