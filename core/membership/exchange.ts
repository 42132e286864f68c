import { RollcallError } from '../errors.ts';
import { MILLISECOND, type Timer } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Address, Stream } from '../ports/transport.ts';
import { sameAddress } from '../address.ts';
import { Kind, State, type Frame, type PeerState, type PushPull } from '../wire/messages.ts';
import { pushPullPeriodMs } from './formulas.ts';
import { entry, type Ground } from './ground.ts';
import { pickPeers } from './peers.ts';
import type { Post } from './post.ts';
import { versionConflict } from './versions.ts';
import type { View } from './view.ts';

/** Of the remembered dead, the latest so many are told when clusters meet. */
const DEPARTED_TOLD_MAX = 1_024;

/** Why an exchange with a peer did not happen. */
export class ExchangeFailed extends RollcallError {
  readonly address: Address;

  constructor(address: Address, reason: string) {
    super('EXCHANGE_FAILED', `No exchange of state with ${address}: ${reason.replace(/\.$/, '')}.`);
    this.address = address;
  }
}

/** Push/pull anti-entropy over streams: both sides state all that they hold and merge what they hear. Joining is one. */
export class Exchange {
  readonly #ground: Ground;
  readonly #post: Post;
  readonly #view: View;
  readonly #random: Random;
  readonly #onPeriod: () => void;
  #timer: Timer = 0;

  constructor(ground: Ground, post: Post, view: View) {
    this.#ground = ground;
    this.#post = post;
    this.#view = view;
    this.#random = ground.random.fork('push-pull');
    this.#onPeriod = entry(ground.hub, () => this.#period());
  }

  start(): void {
    const { clock, settings } = this.#ground;
    if (settings.pushPullIntervalMs === 0) return;
    this.#timer = clock.after(this.#random.int(settings.pushPullIntervalMs * MILLISECOND), this.#onPeriod);
  }

  stop(): void {
    this.#ground.clock.cancel(this.#timer);
  }

  /** Exchanges state with whoever is at `address`; `done` hears of the failure, or of nothing. */
  with(address: Address, join: boolean, done: (failure: ExchangeFailed | undefined) => void): void {
    const { settings, hub, counters, clock, layers } = this.#ground;
    const began = clock.now();
    let settled = false;
    const settle = (reason?: string): void => {
      if (settled) return;
      settled = true;
      if (reason === undefined) {
        counters.exchanges += 1;
        layers.onExchange(clock.now() - began);
      } else counters.exchangesFailed += 1;
      done(reason === undefined ? undefined : new ExchangeFailed(address, reason));
    };
    const onReply = (message: Frame['message'], stream: Stream<Frame>): void => {
      if (message.kind === Kind.error) settle(`the peer refused: ${message.error}`);
      else if (message.kind === Kind.pushPull) settle(this.#mergeReply(message, address));
      stream.close();
    };
    const { endpoint } = this.#post;
    if (endpoint === undefined) return settle('this node is not running');
    endpoint.connect(address, settings.streamTimeoutMs * MILLISECOND, {
      onOpen: (stream) => stream.send(this.#statement(join, true)),
      onMessage: (frame, stream) =>
        entry(hub, () => {
          if (this.#post.admits(undefined, frame.key, address)) onReply(frame.message, stream);
          else stream.close();
        })(),
      onClose: (reason, detail) =>
        entry(hub, () =>
          settle(detail instanceof Error ? `${reason}, ${detail.message}` : `the stream ended (${reason})`),
        )(),
    });
  }

  /** The other side of `with`: merges first, so that the answer already holds our own refutations. */
  serve(message: PushPull): Frame | string {
    const refusal = this.#merge(message);
    return refusal ?? this.#statement(message.join, false);
  }

  #period(): void {
    const { clock, settings, table } = this.#ground;
    this.#timer = clock.after(pushPullPeriodMs(settings, table.size) * MILLISECOND, this.#onPeriod);
    const eligible = (row: number): boolean => row !== this.#view.own.row && table.state(row) === State.alive;
    for (const row of pickPeers(table, this.#random, 1, eligible)) {
      this.with(table.description(row).address, false, () => {});
    }
  }

  #mergeReply(reply: PushPull, address: Address): string | undefined {
    const before = this.#view.own.incarnation;
    const refusal = this.#merge(reply);
    // Whoever held us dead hears at once that we are not: it does not gossip to us, and may not be gossiped to.
    if (this.#view.own.incarnation !== before) {
      const peer = reply.states.find((one) => sameAddress(one.about.address, address))?.about;
      this.#post.send(address, [this.#view.herald.messageAbout(this.#view.own.row)], peer);
    }
    return refusal;
  }

  #statement(join: boolean, dialled: boolean): Frame {
    const { table, layers, departed, observe } = this.#ground;
    const states: PeerState[] = [];
    for (let row = 0; row < table.rows; row += 1) {
      if (table.holds(row)) states.push(table.exported(row));
    }
    // When clusters meet, those whom we only remember as dead may live over there: said so, they can object.
    if (join) states.push(...departed.dead().slice(-DEPARTED_TOLD_MAX));
    const message: PushPull = { kind: Kind.pushPull, join, states, userState: layers.exportState(join) };
    const frame = this.#post.frame(message, dialled);
    if (observe !== undefined || layers.weighing) {
      const bytes = this.#post.frameSize(frame);
      observe?.({ type: 'push-pull', bytes, states: states.length, join });
      layers.onStatement(bytes);
    }
    return frame;
  }

  /** A reason why nothing was merged, or undefined. */
  #merge({ states, join, userState }: PushPull): string | undefined {
    const { table, layers, counters } = this.#ground;
    const conflict = versionConflict(table, states);
    if (conflict !== undefined) {
      counters.drop('version');
      return conflict;
    }
    const veto = join ? layers.vetoMerge(states.map((one) => one.about)) : undefined;
    if (veto !== undefined) {
      counters.drop('vetoed');
      return veto;
    }
    for (const state of states) this.#mergeOne(state);
    if (userState.length > 0) layers.mergeState(userState, join);
    return undefined;
  }

  #mergeOne(statement: PeerState): void {
    const { about, incarnation, state } = statement;
    const view = this.#view;
    const { table, name } = this.#ground;
    const row = table.find(about.name);
    if (row >= 0 && table.states(row, statement)) return;
    if (state === State.alive) {
      view.hearAlive(about, incarnation, 'push-pull');
      if (row >= 0) table.adopt(row, statement);
      return;
    }
    if (row < 0 && state >= State.dead) {
      view.meetDeparted(statement);
      return;
    }
    // Who accuses us is not said; we object all the same.
    if (about.name === name) return view.hearDead(name, incarnation, '', 'push-pull');
    if (row < 0) return view.meetSuspect(about, incarnation, name, 'push-pull');
    // Their word that somebody is dead is only our suspicion, so that it can be refuted.
    if (state === State.left) view.hearDead(about.name, incarnation, about.name, 'push-pull');
    else view.hearSuspect(about.name, incarnation, name, 'push-pull');
  }
}
