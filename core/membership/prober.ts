import { MILLISECOND, type Micros, type Timer } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Address, Stream } from '../ports/transport.ts';
import { sameAddress } from '../address.ts';
import { Kind, State, type Description, type Frame, type Message, type Ping } from '../wire/messages.ts';
import { entry, type Ground } from './ground.ts';
import { pickPeers } from './peers.ts';
import type { Post } from './post.ts';
import type { Questions } from './questions.ts';
import type { View } from './view.ts';

/** From protocol 3 on a peer answers pings over a stream, from 4 on it says so when it got no answer. */
const STREAM_PING_SINCE = 3;
const NACK_SINCE = 4;

/** The probe of one member in one turn. */
interface Probe {
  readonly row: number;
  readonly about: Description;
  /** At which it is probed: whoever refutes meanwhile has shown that it lives. */
  readonly incarnation: number;
  readonly sequence: number;
  readonly sentAt: Micros;
  acked: boolean;
  streamAcked: boolean;
  /** Relays that were asked and can say that they failed too. */
  nacksExpected: number;
  nacksHeard: number;
  stream: Stream<Frame> | undefined;
}

/**
 * SWIM's failure detector: one member per turn, in shuffled round-robin order (SWIM, section 4.3), so that nobody
 * stays unprobed for more than 2n - 1 turns. Directly first; then through others and over a stream; whoever has not
 * answered when the turn ends is suspected.
 */
export class Prober {
  readonly #ground: Ground;
  readonly #post: Post;
  readonly #view: View;
  readonly #questions: Questions;
  readonly #random: Random;
  readonly #order: number[] = [];
  #next = 0;
  #probe: Probe | undefined;
  #turnTimer: Timer = 0;
  #timeoutTimer: Timer = 0;
  readonly #onTurn: () => void;
  readonly #onTimeout: () => void;

  constructor(ground: Ground, post: Post, view: View, questions: Questions) {
    this.#ground = ground;
    this.#post = post;
    this.#view = view;
    this.#questions = questions;
    this.#random = ground.random.fork('probe');
    this.#onTurn = entry(ground.hub, () => this.#turn());
    this.#onTimeout = entry(ground.hub, () => this.#askOthers());
  }

  start(): void {
    const { clock, settings } = this.#ground;
    this.#turnTimer = clock.after(this.#random.int(settings.probeIntervalMs * MILLISECOND), this.#onTurn);
  }

  stop(): void {
    this.#abandon();
    this.#ground.clock.cancel(this.#turnTimer);
  }

  /** A new member enters at a random place of the round (SWIM, section 4.3). */
  insert(row: number): void {
    const order = this.#order;
    const at = this.#random.int(order.length + 1);
    order.push(row);
    [order[at], order[order.length - 1]] = [order[order.length - 1]!, order[at]!];
    this.#ground.observe?.({ type: 'inserted', subject: this.#ground.table.description(row).name });
  }

  /** Whether this is the number of the probe under way. There is one at most, so no table is asked. */
  asks(sequence: number): boolean {
    return this.#probe?.sequence === sequence;
  }

  onAck(payload: Uint8Array | undefined, from: Address): void {
    const probe = this.#probe;
    if (probe === undefined || probe.acked) return;
    probe.acked = true;
    const { clock, layers, health, table, settings } = this.#ground;
    clock.cancel(this.#timeoutTimer);
    health.move(-1);
    if (!settings.healthScalesTurn) this.#hasten(probe.sentAt + settings.probeIntervalMs * MILLISECOND);
    if (from === probe.about.address || sameAddress(from, probe.about.address)) {
      const roundTrip = clock.now() - probe.sentAt;
      if (table.holds(probe.row) && table.description(probe.row) === probe.about) table.prove(probe.row);
      layers.onAck(probe.about, roundTrip, payload);
    }
  }

  onNack(): void {
    if (this.#probe !== undefined) this.#probe.nacksHeard += 1;
  }

  #turn(): void {
    this.#conclude();
    const { clock, settings, health, counters } = this.#ground;
    const stretch = health.score + 1;
    if (stretch > 1) counters.turnsStretched += 1;
    this.#turnTimer = clock.after(settings.probeIntervalMs * stretch * MILLISECOND, this.#onTurn);
    const row = this.#nextRow();
    this.#ground.observe?.({
      type: 'probe',
      subject: row < 0 ? '' : this.#ground.table.description(row).name,
      listed: this.#ground.table.live - 1,
    });
    if (row >= 0) this.#begin(row, settings.healthScalesTimeout ? stretch : 1);
  }

  /** Who has been answered need not wait until the stretched turn ends. */
  #hasten(nextTurn: Micros): void {
    const { clock } = this.#ground;
    clock.cancel(this.#turnTimer);
    this.#turnTimer = clock.after(Math.max(0, nextTurn - clock.now()), this.#onTurn);
  }

  #begin(row: number, stretch: number): void {
    const { clock, settings, table, counters } = this.#ground;
    const about = table.description(row);
    const sequence = this.#questions.next();
    this.#probe = {
      row,
      about,
      incarnation: table.incarnation(row),
      sequence,
      sentAt: clock.now(),
      acked: false,
      streamAcked: false,
      nacksExpected: 0,
      nacksHeard: 0,
      stream: undefined,
    };
    counters.probes += 1;
    const parts: Message[] = [this.#ping(sequence, about.name)];
    if (settings.buddy && table.state(row) === State.suspect) parts.push(this.#view.herald.messageAbout(row));
    this.#post.sendWithNews(about.address, parts, about);
    this.#timeoutTimer = clock.after(settings.probeTimeoutMs * stretch * MILLISECOND, this.#onTimeout);
  }

  /** No direct answer in time: others try, and so do we by stream. All of them have until the turn ends. */
  #askOthers(): void {
    const probe = this.#probe;
    if (probe === undefined || probe.acked) return;
    const { settings, table } = this.#ground;
    const helpers = pickPeers(
      table,
      this.#random,
      settings.indirectChecks,
      (row) => row !== probe.row && row !== this.#view.own.row && table.state(row) === State.alive,
    );
    for (const row of helpers) {
      const helper = table.description(row);
      const nack = settings.nacks !== 'off' && helper.vsn[1]! >= NACK_SINCE;
      if (nack) probe.nacksExpected += 1;
      const { name: node, address: target } = probe.about;
      const request: Message = {
        kind: Kind.indirectPing,
        sequence: probe.sequence,
        node,
        target,
        nack,
        source: this.#view.own.source,
      };
      this.#post.sendWithNews(helper.address, [request], helper);
    }
    if (settings.streamProbes && probe.about.vsn[1]! >= STREAM_PING_SINCE) this.#askByStream(probe);
  }

  #askByStream(probe: Probe): void {
    const { hub, settings } = this.#ground;
    probe.stream = this.#post.endpoint?.connect(probe.about.address, settings.streamTimeoutMs * MILLISECOND, {
      onMessage: (frame, stream) => {
        hub.enter();
        try {
          const { message } = frame;
          const ours = message.kind === Kind.ack && message.sequence === probe.sequence;
          if (ours && this.#post.admits(undefined, frame.key, stream.peer)) probe.streamAcked = true;
          stream.close();
        } finally {
          hub.exit();
        }
      },
      onClose: () => {},
    });
    probe.stream?.send(this.#post.frame(this.#ping(probe.sequence, probe.about.name), true));
  }

  /** The turn is over: whoever has not answered by now is suspected. */
  #conclude(): void {
    const probe = this.#probe;
    this.#abandon();
    if (probe === undefined || probe.acked) return;
    const { counters, health, table, name, settings } = this.#ground;
    if (probe.streamAcked) {
      counters.probesByStream += 1;
      health.move(-1);
      return;
    }
    counters.probesFailed += 1;
    const missing = Math.max(0, probe.nacksExpected - probe.nacksHeard);
    const both = settings.nacks === 'both' || probe.nacksExpected === 0;
    health.move(both ? 1 + missing : missing);
    // The row may belong to somebody else by now, or its subject live at another address.
    if (table.find(probe.about.name) !== probe.row || table.description(probe.row).address !== probe.about.address)
      return;
    this.#view.hearSuspect(probe.about.name, probe.incarnation, name, 'probe');
  }

  #abandon(): void {
    const probe = this.#probe;
    if (probe === undefined) return;
    this.#probe = undefined;
    this.#ground.clock.cancel(this.#timeoutTimer);
    probe.stream?.close();
  }

  /** The next live member of the round; a new round forgets the departed and is shuffled. -1 when there is nobody. */
  #nextRow(): number {
    const { table } = this.#ground;
    for (let wrapped = false; ;) {
      if (this.#next >= this.#order.length) {
        if (wrapped) return -1;
        wrapped = true;
        this.#newRound();
        continue;
      }
      const row = this.#order[this.#next]!;
      this.#next += 1;
      if (table.isLive(row)) return row;
    }
  }

  #newRound(): void {
    const { table, clock, settings } = this.#ground;
    const cutoff = clock.now() - settings.gossipToTheDeadMs * MILLISECOND;
    const order = this.#order;
    let kept = 0;
    for (const row of order) {
      if (table.isLive(row) || table.changed(row) > cutoff) {
        order[kept] = row;
        kept += 1;
      } else {
        this.#view.forget(row);
      }
    }
    order.length = kept;
    this.#random.shuffle(order);
    this.#next = 0;
  }

  #ping(sequence: number, node: string): Ping {
    return { kind: Kind.ping, sequence, node, source: this.#view.own.source };
  }
}
