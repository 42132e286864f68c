import { RollcallError } from '../errors.ts';
import { MILLISECOND, type Timer } from '../ports/clock.ts';
import type { Address } from '../ports/transport.ts';
import { sameAddress } from '../address.ts';
import { Kind, type Description } from '../wire/messages.ts';
import { COMPOUND_HEADER, COMPOUND_PART } from '../wire/compound.ts';
import { messageSize } from '../wire/sizes.ts';
import { allowList } from './allow-list.ts';
import { BroadcastQueue } from './broadcast-queue.ts';
import { Claims } from './claims.ts';
import type { Counters } from './counters.ts';
import { DepartedMembers } from './departed.ts';
import type { EventHub } from './events.ts';
import { Exchange, type ExchangeFailed } from './exchange.ts';
import { repairMs, retransmitLimit } from './formulas.ts';
import { Gossip } from './gossip.ts';
import { entry, type Ground } from './ground.ts';
import { currentSeeds, Healing, type Seeds } from './healing.ts';
import type { Keyring } from './keyring.ts';
import { Layers } from './layers.ts';
import { LocalHealth } from './local-health.ts';
import { MemberTable } from './member-table.ts';
import { Names } from './names.ts';
import type { MembershipOptions } from './options.ts';
import { Post } from './post.ts';
import { Prober } from './prober.ts';
import { Questions } from './questions.ts';
import { Reception } from './reception.ts';
import { Relays } from './relays.ts';
import type { MembershipSettings } from './settings.ts';
import { UserMessages } from './user-messages.ts';
import { View } from './view.ts';

/** A goodbye that cannot be spread (everybody else is silent) is given up after this long. */
const GOODBYE_MS = 5_000;
/** Conversations that others opened, served at once. */
const STREAMS_MAX = 128;

export class MessageTooLarge extends RollcallError {
  constructor(bytes: number, room: number, instead: string) {
    super('MESSAGE_TOO_LARGE', `This message takes ${bytes} bytes, but ${room} fit into one packet. ${instead}`);
  }
}

/** How joining went. */
export interface JoinResult {
  readonly contacted: readonly Address[];
  readonly failed: readonly ExchangeFailed[];
}

export interface NodeDeps {
  readonly options: MembershipOptions;
  readonly settings: MembershipSettings;
  readonly keyring: Keyring;
  readonly hub: EventHub;
  readonly counters: Counters;
}

/** One life of a node, from start to stop: all parts put together. A rejoin makes a new one. */
export class RunningNode {
  readonly ground: Ground;
  readonly view: View;
  readonly post: Post;
  readonly userMessages: UserMessages;
  readonly #gossip: Gossip;
  readonly #prober: Prober;
  readonly #exchange: Exchange;
  readonly #healing: Healing;
  readonly #relays: Relays;
  readonly #claims: Claims;
  readonly #questions: Questions;
  #lingerTimer: Timer = 0;
  #stopped = false;
  #onStopped: () => void = () => {};

  constructor(deps: NodeDeps, self: Description, incarnation: number) {
    const { options, settings, keyring, hub, counters } = deps;
    const { clock, crypto, transport } = options.ports;
    const random = options.ports.random.fork(`membership ${incarnation}`);
    const epoch = (): number => incarnation;
    this.userMessages = new UserMessages({
      hub,
      clock,
      observe: options.observe,
      epoch,
      repairMs: () => repairMs(settings, this.ground.table.size),
    });
    const ground: Ground = {
      name: options.name,
      settings,
      clock,
      random,
      table: new MemberTable(options.names ?? new Names()),
      queue: new BroadcastQueue({
        userMax: settings.userQueueMax,
        onDropped: () => counters.drop('queue-full'),
        partOverhead: COMPOUND_PART,
        itemsPerPacket: settings.updatesPerPacket,
      }),
      health: new LocalHealth(settings.healthMax, options.observe),
      departed: new DepartedMembers(clock, settings.departedMemoryMs, settings.membersMax),
      layers: new Layers([this.userMessages, ...(options.layers ?? [])]),
      hub,
      counters,
      observe: options.observe,
    };
    this.ground = ground;
    this.post = new Post(
      ground,
      {
        label: options.label ?? '',
        keyring,
        acceptPlain: options.acceptPlain ?? false,
        sealOutgoing: options.sealOutgoing ?? true,
        compress: options.compress ?? false,
        sealVersion: options.sealVersion ?? 1,
      },
      crypto,
    );
    this.view = new View(ground, {
      onInsert: (row) => this.#prober.insert(row),
      onClaim: (row, claim, at, cause) => this.#claims.onClaim(row, claim, at, cause),
      onNews: () => this.#gossip.wake(),
      tell: (subject, message) => this.post.send(subject.address, [message], subject),
      allows: allowList(options.allow ?? []),
    });
    this.#questions = new Questions(random.fork('sequence'));
    this.#prober = new Prober(ground, this.post, this.view, this.#questions);
    this.#relays = new Relays(ground, this.post, this.view, this.#questions);
    this.#claims = new Claims(ground, this.post, this.view, this.#questions);
    this.#gossip = new Gossip(ground, this.post, this.view);
    this.#exchange = new Exchange(ground, this.post, this.view);
    this.#healing = new Healing(ground, this.view, this.#exchange);
    const reception = new Reception(
      ground,
      this.post,
      this.view,
      this.#prober,
      this.#questions,
      this.#relays,
      this.#exchange,
      options.streamsMax ?? STREAMS_MAX,
    );

    this.post.open(transport, options.bind ?? options.address, reception);
    ground.layers.attach({
      name: options.name,
      now: () => clock.now(),
      size: () => ground.table.live,
      knows: (name) => ground.table.find(name) >= 0 || ground.departed.get(name) !== undefined,
      gossip: (key, payload) => this.#gossipUser(key, payload),
      retire: (name) => void this.view.retire(name),
      drop: (reason) => counters.drop(reason),
    });
    this.view.own.announce(self, incarnation);
    for (const known of options.known ?? []) this.view.recall(known);
    this.#gossip.start();
    this.#prober.start();
    this.#exchange.start();
    this.#healing.start();
  }

  /** Exchanges state with every seed at once; `done` hears the result when the last has answered or failed. */
  join(seeds: Seeds, done: (result: JoinResult) => void): void {
    const others = [...new Set(currentSeeds(seeds))].filter(
      (seed) => !sameAddress(seed, this.view.own.description.address),
    );
    this.#healing.remember(seeds);
    const contacted: Address[] = [];
    const failed: ExchangeFailed[] = [];
    const finish = (): void => {
      if (contacted.length + failed.length < others.length) return;
      this.ground.observe?.({ type: 'joined', contacted: contacted.length, failed: failed.length });
      done({ contacted, failed });
    };
    if (others.length === 0) finish();
    for (const seed of others) {
      this.#exchange.with(seed, true, (failure) => {
        if (failure === undefined) contacted.push(seed);
        else failed.push(failure);
        finish();
      });
    }
  }

  /** Exchanges state with whoever is at an address, once. */
  contact(address: Address, done: (failure: ExchangeFailed | undefined) => void): void {
    this.#exchange.with(address, true, done);
  }

  /** Says goodbye, lets it spread, then stops; `done` runs when nothing is left running. */
  leave(done: () => void): void {
    const { settings, table, layers, observe } = this.ground;
    observe?.({ type: 'leaving' });
    this.#prober.stop();
    this.#exchange.stop();
    this.#healing.stop();
    this.#claims.stop();
    this.#onStopped = done;
    // A goodbye under a name that somebody else holds would be taken for theirs.
    if (this.view.own.rival !== undefined) return this.stop();
    const words = table.live > 1 ? layers.lastWords() : [];
    if (words.length === 0) return this.#sayGoodbye();
    const goodbye = (): void => this.#sayGoodbye();
    this.#linger(GOODBYE_MS, goodbye);
    let unsaid = words.length;
    const said = (): void => {
      unsaid -= 1;
      // A gossip interval's head start, so that the goodbye does not overtake it.
      if (unsaid === 0 && !this.#stopped) this.#linger(settings.gossipIntervalMs, goodbye);
    };
    for (const [i, word] of words.entries()) this.#gossipUser(`last word ${i}`, word, said);
    this.#burst();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const { clock, queue, layers, observe } = this.ground;
    clock.cancel(this.#lingerTimer);
    this.#prober.stop();
    this.#exchange.stop();
    this.#healing.stop();
    this.#claims.stop();
    this.#relays.stop();
    this.#gossip.stop();
    this.#questions.clear();
    this.view.close();
    queue.clear();
    this.post.close();
    layers.detach();
    observe?.({ type: 'stopped' });
    this.#onStopped();
  }

  /** Bytes that a user message may take to ride on a gossip packet. */
  get broadcastRoom(): number {
    return this.post.sharedRoom - COMPOUND_HEADER - COMPOUND_PART - 1;
  }

  #sayGoodbye(): void {
    const { settings, table } = this.ground;
    const alone = table.live <= 1;
    const stop = (): void => this.stop();
    // One more gossip interval after the last word, so that it has left before the socket closes.
    this.view.own.depart(() => this.#stopped || this.#linger(settings.gossipIntervalMs, stop));
    if (alone) return this.stop();
    this.#linger(GOODBYE_MS, stop);
    this.#burst();
  }

  #linger(ms: number, then: () => void): void {
    const { clock, hub } = this.ground;
    clock.cancel(this.#lingerTimer);
    this.#lingerTimer = clock.after(ms * MILLISECOND, entry(hub, then));
  }

  /** What must not wait for the next gossip tick. */
  #burst(): void {
    const { settings, table } = this.ground;
    const ticks = settings.gossipIntervalMs > 0;
    this.#gossip.burst(ticks ? settings.gossipNodes : retransmitLimit(settings, table.size));
  }

  #gossipUser(key: string, payload: Uint8Array, onSent?: () => void): void {
    // What no packet can carry would only stand in the way of what fits; an exchange of state may still carry it.
    if (payload.length > this.broadcastRoom) return this.ground.counters.drop('too-large');
    const message = { kind: Kind.user, payload } as const;
    this.ground.queue.add('user', key, message, messageSize(message), onSent);
    this.#gossip.wake();
  }
}
