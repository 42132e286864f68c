import { InvalidSetting, RollcallError } from '../errors.ts';
import { MILLISECOND } from '../ports/clock.ts';
import type { Address } from '../ports/transport.ts';
import { Kind, type Description, type PeerState } from '../wire/messages.ts';
import { messageSize } from '../wire/sizes.ts';
import { Counters } from './counters.ts';
import { EventHub, type EventOf, type Member, type MembershipEvent, type MembershipEventType } from './events.ts';
import { entry } from './ground.ts';
import { currentSeeds, type Seeds } from './healing.ts';
import { Keyring } from './keyring.ts';
import { ACCUSATION_MAX, INCARNATION_MAX } from './lattice.ts';
import { checkAddress, checkedVsn, checkIncarnation, checkMeta, checkName, type MembershipOptions } from './options.ts';
import { MessageTooLarge, RunningNode, type JoinResult } from './running-node.ts';
import { checkSettings, presets, type MembershipSettings } from './settings.ts';

/** None of the seeds could be reached. They are tried again for as long as the node runs. */
export class JoinFailed extends RollcallError {
  readonly result: JoinResult;

  constructor(result: JoinResult) {
    const reasons = result.failed.map((failure) => failure.message).join(' ');
    super('JOIN_FAILED', `No seed could be joined. ${reasons} The node runs on alone and keeps trying.`);
    this.result = result;
  }
}

export class UnknownMember extends RollcallError {
  constructor(name: string, kind = 'live member') {
    super(
      'UNKNOWN_MEMBER',
      `No ${kind} is called ${JSON.stringify(name)}. members(), or rollcall members, lists those that are known.`,
    );
  }
}

export class MemberIsLive extends RollcallError {
  constructor(name: string) {
    super(
      'MEMBER_IS_LIVE',
      `${JSON.stringify(name)} is alive: stop it, or let it leave. Only the dead can be retired.`,
    );
  }
}

export class NotRunning extends RollcallError {
  constructor(action: string) {
    super('NOT_RUNNING', `${action} needs a running node: call join() first.`);
  }
}

/** A member of a cluster: the public face of the core. Nothing runs until `join`. */
export class Membership {
  readonly keyring: Keyring;
  /** What happened so far, in plain numbers. */
  readonly counters = new Counters();
  readonly #options: MembershipOptions;
  readonly #settings: MembershipSettings;
  readonly #hub = new EventHub();
  readonly #vsn: Uint8Array;
  #meta: Uint8Array;
  #incarnation: number;
  #node: RunningNode | undefined;
  #leaving: Promise<void> | undefined;
  #snapshot: { readonly version: number; readonly members: readonly Member[] } | undefined;

  constructor(options: MembershipOptions) {
    this.#settings = options.settings ?? presets.lan;
    checkSettings(this.#settings);
    checkName(options.name);
    checkAddress(options.address);
    this.#meta = (options.meta ?? new Uint8Array(0)).slice();
    checkMeta(this.#meta, this.#settings.metaMaxBytes);
    this.#vsn = checkedVsn(options.vsn);
    this.#options = options;
    checkIncarnation(options.incarnation ?? 0);
    this.#incarnation = options.incarnation ?? 0;
    this.keyring = options.keyring ?? new Keyring();
    this.keyring.onChange(entry(this.#hub, () => this.#hub.emit({ type: 'keys', count: this.keyring.list().length })));
  }

  get name(): string {
    return this.#options.name;
  }

  get running(): boolean {
    return this.#node !== undefined;
  }

  /** Our own incarnation: store it, so that the next life can start above it. */
  get incarnation(): number {
    return this.#node?.view.own.incarnation ?? this.#incarnation;
  }

  /** 0 is healthy; each point stretches our probe interval once more. */
  get healthScore(): number {
    return this.#node?.ground.health.score ?? 0;
  }

  /** Where another node answers under our name and is believed: nobody lists us then. Undefined when all is well. */
  get rival(): Address | undefined {
    return this.#node?.view.own.rival;
  }

  /** News that waits to be gossiped. */
  get queued(): number {
    return this.#node?.ground.queue.size ?? 0;
  }

  /**
   * Starts the node if it does not run, and joins the cluster through whichever seeds answer. Without seeds it is the
   * first of its cluster. Rejects with `JoinFailed` when none answered; the node runs on and keeps trying them.
   */
  join(seeds: Seeds = []): Promise<JoinResult> {
    return new Promise((resolve, reject) => {
      currentSeeds(seeds).forEach(checkAddress);
      this.#enter(() => {
        this.#start().join(seeds, (result) => {
          if (result.contacted.length === 0 && result.failed.length > 0) reject(new JoinFailed(result));
          else resolve(result);
        });
      });
    });
  }

  /** Exchanges state with whoever is at this address, once: clusters that meet so become one. Rejects with `ExchangeFailed`. */
  contact(address: Address): Promise<void> {
    checkAddress(address);
    return new Promise((resolve, reject) => {
      this.#enter(() => {
        if (this.#node === undefined) return reject(new NotRunning('contact'));
        this.#node.contact(address, (failure) => (failure === undefined ? resolve() : reject(failure)));
      });
    });
  }

  /** Says goodbye and stops. Afterwards nothing runs and all iterators have ended; `join` starts again. */
  leave(): Promise<void> {
    const node = this.#node;
    if (node === undefined) return Promise.resolve();
    if (this.#leaving !== undefined) return this.#leaving;
    let left = (): void => {};
    this.#leaving = new Promise((resolve) => {
      left = resolve;
    });
    const leaving = this.#leaving;
    // A node that is alone is done before `leave` returns.
    this.#enter(() =>
      node.leave(() => {
        this.#ended();
        left();
      }),
    );
    return leaving;
  }

  /** Stops at once, without a goodbye: the others will find out. */
  stop(): void {
    const node = this.#node;
    if (node === undefined) return;
    this.#enter(() => node.stop());
    this.#ended();
  }

  /** Everybody known, ourselves included and the recently departed too: an immutable snapshot. */
  members(): readonly Member[] {
    const node = this.#node;
    if (node === undefined) return [];
    const { table } = node.ground;
    if (this.#snapshot?.version !== table.version) {
      const members: Member[] = [];
      for (let row = 0; row < table.rows; row += 1) {
        if (table.holds(row)) members.push(node.view.herald.member(row));
      }
      this.#snapshot = { version: table.version, members: Object.freeze(members) };
    }
    return this.#snapshot.members;
  }

  /** The member of this name, or undefined. */
  member(name: string): Member | undefined {
    const node = this.#node;
    const row = node?.ground.table.find(name) ?? -1;
    return node === undefined || row < 0 ? undefined : node.view.herald.member(row);
  }

  /** All others that we know or remember, the departed too: store it, and give it to the next life as `known`. */
  remembered(): readonly PeerState[] {
    return this.#node?.view.remembered() ?? [];
  }

  /** Those that died without a goodbye and are listed no more. */
  lost(): readonly PeerState[] {
    return this.#node?.ground.departed.dead() ?? [];
  }

  /** Lets a member that died count as having left, everywhere: nobody waits for it or tries it any more. */
  forceLeave(name: string): void {
    const node = this.#node;
    if (node === undefined) throw new NotRunning('forceLeave');
    let outcome = 'unknown' as ReturnType<typeof node.view.retire>;
    this.#enter(() => {
      outcome = node.view.retire(name);
      if (outcome === 'retired') node.ground.layers.onRetired(name);
    });
    if (outcome === 'live') throw new MemberIsLive(name);
    if (outcome === 'unknown') throw new UnknownMember(name, 'member');
  }

  /** Ourselves, as others see or will see us. */
  local(): Member {
    const { name, address } = this.#options;
    return (
      this.member(name) ??
      Object.freeze({ name, address, meta: this.#meta, state: 'left', incarnation: this.#incarnation })
    );
  }

  /** Changes the bytes that every member sees of us. */
  updateMeta(meta: Uint8Array): void {
    checkMeta(meta, this.#settings.metaMaxBytes);
    this.#meta = meta.slice();
    const node = this.#node;
    if (node === undefined || this.#leaving !== undefined) return;
    const { own } = node.view;
    this.#enter(() => own.announce(this.#describe(), Math.min(own.incarnation + 1, INCARNATION_MAX)));
  }

  /** Sends a datagram to one member: it may be lost. */
  send(to: string, payload: Uint8Array): void {
    const { node, peer } = this.#reach(to, 'send');
    const message = { kind: Kind.user, payload: node.userMessages.direct(payload) } as const;
    const room = node.post.room(peer);
    if (messageSize(message) > room) {
      throw new MessageTooLarge(messageSize(message), room, 'Use sendReliable for longer ones.');
    }
    node.post.send(peer.address, [message], peer);
  }

  /** Sends over a stream: resolves when the peer has taken it, rejects when it could not be reached in time. */
  sendReliable(to: string, payload: Uint8Array): Promise<void> {
    const { node, peer } = this.#reach(to, 'sendReliable');
    const message = { kind: Kind.user, payload: node.userMessages.direct(payload) } as const;
    return new Promise((resolve, reject) => {
      const deadline = this.#settings.streamTimeoutMs * MILLISECOND;
      const stream = node.post.endpoint?.connect(peer.address, deadline, {
        onMessage: () => {},
        onClose: (reason) => {
          if (reason === 'end') resolve();
          else
            reject(new RollcallError('SEND_FAILED', `${to} at ${peer.address} did not take the message: ${reason}.`));
        },
      });
      stream?.send(node.post.frame(message, true));
      stream?.end();
    });
  }

  /** Sends to every live member, each of which hears it once; returns the id that they will see. */
  broadcast(payload: Uint8Array): string {
    const node = this.#node;
    if (node === undefined) throw new NotRunning('broadcast');
    const bytes = node.userMessages.broadcastSize(payload);
    if (bytes > node.broadcastRoom) {
      throw new MessageTooLarge(bytes, node.broadcastRoom, 'Broadcast a digest and let members fetch the rest.');
    }
    let id = '';
    this.#enter(() => {
      id = node.userMessages.broadcast(payload);
    });
    return id;
  }

  /** Calls `handler` for each event of this type, after the change; returns how to stop. Handlers may call the node. */
  on<T extends MembershipEventType>(type: T, handler: (event: EventOf<T>) => void): () => void {
    return this.#hub.on(type, handler);
  }

  /** All events from now on, until the node has left or stopped. Slow readers lose the oldest beyond `limit`. */
  events(limit = 1_024): AsyncIterableIterator<MembershipEvent> {
    if (!Number.isInteger(limit) || limit < 1) throw new InvalidSetting('limit', limit, 'a whole number of at least 1');
    return this.#hub.iterate(limit);
  }

  #start(): RunningNode {
    if (this.#leaving !== undefined) this.stop();
    if (this.#node === undefined) {
      const { ports } = this.#options;
      const seconds = Math.floor(ports.clock.wallTime() / 1_000);
      // A clock far in the future must leave room to refute.
      const byClock = Math.min(Math.max(1, seconds), ACCUSATION_MAX);
      this.#incarnation = Math.min(Math.max(byClock, this.#incarnation + 1), INCARNATION_MAX);
      this.#node = new RunningNode(
        {
          options: this.#options,
          settings: this.#settings,
          keyring: this.keyring,
          hub: this.#hub,
          counters: this.counters,
        },
        this.#describe(),
        this.#incarnation,
      );
    }
    return this.#node;
  }

  #ended(): void {
    if (this.#node !== undefined) this.#incarnation = this.#node.view.own.incarnation;
    this.#node = undefined;
    this.#leaving = undefined;
    this.#snapshot = undefined;
    this.#hub.close();
  }

  #describe(): Description {
    const { name, address } = this.#options;
    return Object.freeze({ name, address, meta: this.#meta, vsn: this.#vsn });
  }

  #reach(to: string, action: string): { node: RunningNode; peer: Description } {
    const node = this.#node;
    if (node === undefined) throw new NotRunning(action);
    const { table } = node.ground;
    const row = table.find(to);
    if (row < 0 || !table.isLive(row)) throw new UnknownMember(to);
    return { node, peer: table.description(row) };
  }

  #enter(task: () => void): void {
    entry(this.#hub, task)();
  }
}
