import type { Address } from '../../core/ports/transport.ts';
import type { Checker, HostView, Invariant, WorldView } from '../invariant.ts';
import { ipOf } from '../http/server.ts';
import type { HostEvent } from '../program.ts';
import type { MemberEvent } from '../member-events.ts';
import { Agreement } from './agreement.ts';
import { Belief } from './beliefs.ts';
import { type Change, ClusterView, type Transition } from './cluster-view.ts';

/** Every member event that is neither a transition nor a probe. */
export type OtherEvent = Exclude<MemberEvent, { type: 'transition' | 'probe' }>;

/** An invariant about membership: it reads one view of the cluster that all rules of a run share. */
export interface Rule {
  readonly id: string;
  readonly words: string;
  create(scene: Scene): RuleChecker;
}

/** A checker whose events come sorted, with the shared view already up to date. Everything is optional. */
export interface RuleChecker extends Omit<Checker, 'onEvent'> {
  onTransition?(change: Change): void;
  /** A turn of the host's own; the subject's column, or -1 when there was nobody to probe. */
  onProbe?(host: HostView, subject: number): void;
  onOther?(host: HostView, event: OtherEvent): void;
  /** From here on the host knows nobody: it boots, or its node stopped and may start again within the same boot. */
  onFresh?(host: HostView): void;
}

/** What the rules of one run share. */
export interface Scene {
  readonly world: WorldView;
  readonly cluster: ClusterView;
  readonly agreement: Agreement;
}

/**
 * Makes invariants of rules. They share one scene per world; whichever is created first for a world hears the
 * world's events, brings the scene up to date, and passes them on to all.
 */
export function invariantsOf(rules: readonly Rule[]): readonly Invariant[] {
  let stage: SharedScene | undefined;
  return rules.map((rule) => ({
    id: rule.id,
    words: rule.words,
    create(world: WorldView): Checker {
      const leads = stage?.world !== world;
      const scene = leads || stage === undefined ? new SharedScene(world) : stage;
      stage = scene;
      const checker = rule.create(scene);
      scene.add(checker);
      return leads ? scene.lead(checker) : scene.attend(checker);
    },
  }));
}

class SharedScene implements Scene {
  readonly world: WorldView;
  readonly cluster: ClusterView;
  readonly agreement: Agreement;
  readonly #bystanders: readonly HostView[];
  /** By address: whether a member may be there. No address ever passes from one host to another. */
  readonly #isMembers = new Map<Address, boolean>();
  readonly #onTransition: RuleChecker[] = [];
  readonly #onProbe: RuleChecker[] = [];
  readonly #onOther: RuleChecker[] = [];
  readonly #onHost: RuleChecker[] = [];
  readonly #onFresh: RuleChecker[] = [];
  /** By host: the last boot seen. */
  readonly #boot: number[] = [];

  constructor(world: WorldView) {
    this.world = world;
    this.#bystanders = world.hosts.filter(({ bystander }) => bystander === true);
    this.cluster = new ClusterView(world);
    this.agreement = new Agreement(this.cluster);
  }

  add(checker: RuleChecker): void {
    if (checker.onTransition) this.#onTransition.push(checker);
    if (checker.onProbe) this.#onProbe.push(checker);
    if (checker.onOther) this.#onOther.push(checker);
    if (checker.onHost) this.#onHost.push(checker);
    if (checker.onFresh) this.#onFresh.push(checker);
  }

  lead(checker: RuleChecker): Checker {
    return {
      ...this.attend(checker),
      onEvent: (host, event) => this.#hear(host, event),
      onHost: (host, change) => this.#host(host, change),
    };
  }

  #hear(host: HostView, heard: HostEvent): void {
    if (host.bystander === true) return;
    this.#boots(host);
    const event = heard as MemberEvent;
    if (event.type === 'transition') this.#transition(host, event);
    else if (event.type === 'probe') this.#probe(host, event.subject);
    else {
      if (event.type === 'leaving' || event.type === 'stopped') this.#leaves(host);
      if (event.type === 'broadcast' && event.own) this.cluster.upheaval();
      for (const rule of this.#onOther) rule.onOther?.(host, event);
      if (event.type === 'stopped') this.#fresh(host);
    }
  }

  #probe(host: HostView, name: string): void {
    const subject = name === '' ? -1 : this.cluster.columnOf(name);
    for (const rule of this.#onProbe) rule.onProbe?.(host, subject);
  }

  #transition(host: HostView, event: Transition): void {
    if (event.cause === 'self') this.#named(host, this.cluster.columnOf(event.subject));
    const change = this.cluster.apply(host, event);
    this.agreement.onTransition(change);
    if (change.own) {
      if (this.cluster.claim(change)) this.agreement.onDescription(change.subject);
      // Alive to itself: it starts, perhaps under another name, or is back after a leave.
      if (change.before !== Belief.alive && change.after === Belief.alive) {
        if (this.cluster.setPresent(host, true)) this.agreement.enrol(host);
        else this.agreement.resum();
      }
    }
    for (const rule of this.#onTransition) rule.onTransition?.(change);
  }

  #host(host: HostView, change: 'boot' | 'crash' | 'pause' | 'resume'): void {
    if (host.bystander === true) return;
    if (change === 'crash') this.#leaves(host);
    if (change === 'boot') this.#boots(host);
    for (const rule of this.#onHost) rule.onHost?.(host, change);
  }

  /** A program may speak while it boots, before the world announces the boot. */
  #boots(host: HostView): void {
    if (this.#boot[host.index] === host.boot) return;
    this.#boot[host.index] = host.boot;
    this.#leaves(host);
    this.#fresh(host);
    this.cluster.setPresent(host, true);
    this.agreement.enrol(host);
  }

  #fresh(host: HostView): void {
    this.cluster.startLife(host);
    for (const rule of this.#onFresh) rule.onFresh?.(host);
  }

  /** Columns are by member name, which need not be the host's. */
  #named(host: HostView, column: number): void {
    if (this.cluster.ownColumn(host) === column) return;
    const present = this.cluster.isPresent(host);
    if (present) this.agreement.withdraw(host);
    this.cluster.rename(host, column);
    if (present) this.agreement.enrol(host);
    else this.agreement.resum();
  }

  #leaves(host: HostView): void {
    if (!this.cluster.isPresent(host)) return;
    this.agreement.withdraw(host);
    this.cluster.setPresent(host, false);
    this.agreement.resum();
  }

  /** What the world itself tells a checker; the scene tells it the rest. */
  attend(checker: RuleChecker): Checker {
    return {
      ...(checker.onSend && {
        onSend: (from, to, size) => this.#concerns(from, to) && checker.onSend?.(from, to, size),
      }),
      ...(checker.onTick && { onTick: () => checker.onTick?.() }),
      ...(checker.onEnd && { onEnd: () => checker.onEnd?.() }),
    };
  }

  /** What is said to services, such as name servers, or by them, is none of the cluster's talk. */
  #concerns(from: HostView, to: Address): boolean {
    if (this.#bystanders.length === 0) return true;
    if (from.bystander === true) return false;
    const known = this.#isMembers.get(to);
    if (known !== undefined) return known;
    const isMembers = !this.#bystanders.some(({ address }) => ipOf(address) === ipOf(to));
    this.#isMembers.set(to, isMembers);
    return isMembers;
  }
}
