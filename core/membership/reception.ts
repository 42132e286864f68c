import { MalformedPacket } from '../errors.ts';
import { MILLISECOND } from '../ports/clock.ts';
import type { Address, EndpointHandlers, Stream, StreamHandlers } from '../ports/transport.ts';
import { Kind, State, type Frame, type Message, type Packet, type Ping } from '../wire/messages.ts';
import { entry, type Ground } from './ground.ts';
import type { Exchange } from './exchange.ts';
import type { Post } from './post.ts';
import type { Prober } from './prober.ts';
import type { Questions } from './questions.ts';
import type { Relays } from './relays.ts';
import type { View } from './view.ts';

/** Everything that arrives: checks the envelope, then hands each message to whom it concerns. */
export class Reception implements EndpointHandlers<Packet, Frame> {
  readonly #ground: Ground;
  readonly #post: Post;
  readonly #view: View;
  readonly #prober: Prober;
  readonly #questions: Questions;
  readonly #relays: Relays;
  readonly #exchange: Exchange;
  readonly #streamsMax: number;
  #streams = 0;

  constructor(
    ground: Ground,
    post: Post,
    view: View,
    prober: Prober,
    questions: Questions,
    relays: Relays,
    exchange: Exchange,
    streamsMax: number,
  ) {
    this.#ground = ground;
    this.#post = post;
    this.#view = view;
    this.#prober = prober;
    this.#questions = questions;
    this.#relays = relays;
    this.#exchange = exchange;
    this.#streamsMax = streamsMax;
  }

  onDatagram(packet: Packet, from: Address): void {
    const { hub, counters } = this.#ground;
    counters.packetsReceived += 1;
    if (!this.#post.admits(packet.label, packet.key, from)) return;
    hub.enter();
    try {
      // Nobody honest asks two questions at once; whoever does may be after the answers' victim.
      let asked = false;
      for (const part of packet.parts) {
        const asks = part.kind === Kind.ping || part.kind === Kind.indirectPing;
        if (asks && asked) counters.drop('too-many-questions');
        else this.#onMessage(part, from);
        asked ||= asks;
      }
    } finally {
      hub.exit();
    }
  }

  onMalformed(error: Error, from: Address): void {
    this.#ground.counters.packetsReceived += 1;
    this.#ground.counters.drop(error instanceof MalformedPacket ? error.reason : 'bad-body', from);
  }

  onStream(stream: Stream<Frame>): StreamHandlers<Frame> {
    const { clock, settings, hub, counters } = this.#ground;
    if (this.#streams >= this.#streamsMax) {
      counters.drop('too-many-streams', stream.peer);
      stream.close();
      return { onMessage: () => {}, onClose: () => {} };
    }
    this.#streams += 1;
    const deadline = clock.after(settings.streamTimeoutMs * MILLISECOND, () => stream.close());
    let label: string | undefined;
    return {
      onMessage: (frame) =>
        entry(hub, () => {
          const admitted = this.#post.admits(label === undefined ? frame.label : undefined, frame.key, stream.peer);
          label = frame.label;
          if (admitted) this.#onFrame(frame, stream);
          else stream.close();
        })(),
      onClose: (reason, detail) => {
        this.#streams -= 1;
        clock.cancel(deadline);
        if (reason !== 'malformed') return;
        counters.drop(detail instanceof MalformedPacket ? detail.reason : 'bad-body', stream.peer);
      },
    };
  }

  #onFrame({ message }: Frame, stream: Stream<Frame>): void {
    switch (message.kind) {
      case Kind.pushPull: {
        const reply = this.#exchange.serve(message);
        stream.send(typeof reply === 'string' ? this.#post.frame({ kind: Kind.error, error: reply }, false) : reply);
        stream.end();
        return;
      }
      case Kind.ping:
        if (this.#isForUs(message.node)) {
          const { sequence } = message;
          stream.send(this.#post.frame({ kind: Kind.ack, sequence, payload: undefined }, false));
        }
        stream.end();
        return;
      case Kind.user:
        this.#ground.layers.onMessage(message.payload);
        stream.end();
        return;
      default:
        stream.end();
    }
  }

  #onMessage(message: Message, from: Address): void {
    switch (message.kind) {
      case Kind.ping:
        return this.#onPing(message, from);
      case Kind.ack:
        if (this.#prober.asks(message.sequence)) return this.#prober.onAck(message.payload, from);
        return this.#questions.ack(message.sequence, message.payload, from);
      case Kind.alive:
        return this.#view.hearAlive(message.about, message.incarnation, 'gossip');
      case Kind.suspect:
        return this.#view.hearSuspect(message.node, message.incarnation, message.from, 'gossip');
      case Kind.dead:
        return this.#view.hearDead(message.node, message.incarnation, message.from, 'gossip');
      case Kind.indirectPing:
        return this.#relays.onRequest(message, from);
      case Kind.nack:
        if (this.#prober.asks(message.sequence)) this.#prober.onNack();
        return;
      case Kind.user:
        return this.#ground.layers.onMessage(message.payload);
      case Kind.error:
        return;
    }
  }

  #onPing(ping: Ping, from: Address): void {
    if (!this.#isForUs(ping.node)) return this.#ground.counters.drop('wrong-name');
    const { layers, settings, table } = this.#ground;
    const { sequence } = ping;
    const asker = this.#post.asker(ping.source, from);
    if (asker < 0) return this.#post.answer(from, ping, { kind: Kind.ack, sequence, payload: undefined });
    const parts: Message[] = [{ kind: Kind.ack, sequence, payload: layers.ackPayload() }];
    // Whoever pings us lives: if we hold it dead it must hear so, or it could never object.
    if (settings.healingIntervalMs > 0 && table.state(asker) === State.dead) {
      parts.push(this.#view.herald.messageAbout(asker));
    }
    const peer = table.description(asker);
    this.#post.sendWithNews(peer.address, parts, peer);
  }

  #isForUs(node: string): boolean {
    return node === '' || node === this.#ground.name;
  }
}
