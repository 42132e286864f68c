import { MILLISECOND, type Timer } from '../ports/clock.ts';
import type { Address } from '../ports/transport.ts';
import { sameAddress } from '../address.ts';
import { Kind, type Ack, type IndirectPing, type Nack, type Ping } from '../wire/messages.ts';
import { messageSize } from '../wire/sizes.ts';
import { entry, type Ground } from './ground.ts';
import type { Post } from './post.ts';
import type { Questions } from './questions.ts';
import type { View } from './view.ts';

/** Pings for others under way at once: beyond that a flood of requests is refused. */
const RELAYS_MAX = 256;

/** The helper's side of an indirect probe: pings for another, passes the ack on, or says that there was none. */
export class Relays {
  readonly #ground: Ground;
  readonly #post: Post;
  readonly #view: View;
  readonly #questions: Questions;
  #underWay = new Set<() => void>();

  constructor(ground: Ground, post: Post, view: View, questions: Questions) {
    this.#ground = ground;
    this.#post = post;
    this.#view = view;
    this.#questions = questions;
  }

  stop(): void {
    for (const finish of [...this.#underWay]) finish();
  }

  onRequest(request: IndirectPing, from: Address): void {
    const { clock, settings, counters, hub, table } = this.#ground;
    // Whoever could have us ping any address would have a reflector: the target must be a member where we know it.
    if (!this.#isMemberAt(request.node, request.target)) return counters.drop('unproven');
    if (this.#underWay.size >= RELAYS_MAX) return counters.drop('too-many-relays');
    const asker = this.#post.asker(request.source, from);
    const peer = asker < 0 ? undefined : table.description(asker);
    let earlier = 0;
    const reply = (message: Ack | Nack): void => {
      if (peer !== undefined) return this.#post.sendWithNews(peer.address, [message], peer);
      this.#post.answer(from, request, message, earlier);
      earlier += messageSize(message) + this.#post.envelopeBytes;
    };

    const { sequence: asked } = request;
    const timers: Timer[] = [];
    const finish = (): void => {
      this.#questions.close(sequence);
      for (const timer of timers) clock.cancel(timer);
      this.#underWay.delete(finish);
    };
    const sequence = this.#questions.open({
      onAck: () => {
        finish();
        reply({ kind: Kind.ack, sequence: asked, payload: undefined });
      },
    });
    this.#underWay.add(finish);
    // A nack says "not yet": the asker waits for as long as its turn lasts, so a late ack is passed on as well.
    const patience = settings.probeIntervalMs * (settings.healthScalesTimeout ? settings.healthMax + 1 : 1);
    timers.push(clock.after(patience * MILLISECOND, finish));
    if (request.nack) {
      const nack = entry(hub, () => reply({ kind: Kind.nack, sequence: asked }));
      timers.push(clock.after(this.#nackAfterMs() * MILLISECOND, nack));
    }
    const ping = this.#passedOn(request, sequence);
    this.#post.send(request.target, [ping], undefined);
  }

  /** Says who asks only where that makes the ping no longer than the request: members can be forged, too. */
  #passedOn(request: IndirectPing, sequence: number): Ping {
    const ping = { kind: Kind.ping, sequence, node: request.node, source: this.#view.own.source };
    return messageSize(ping) <= messageSize(request) ? ping : { ...ping, source: undefined };
  }

  /** Early enough to be heard before the asker's turn ends: it asked us after one probe timeout. */
  #nackAfterMs(): number {
    const { probeTimeoutMs, probeIntervalMs, nackPercent } = this.#ground.settings;
    return Math.floor(Math.min((probeTimeoutMs * nackPercent) / 100, (probeIntervalMs - probeTimeoutMs) * 0.8));
  }

  #isMemberAt(name: string, address: Address): boolean {
    const { table } = this.#ground;
    const row = table.find(name);
    return row >= 0 && sameAddress(table.description(row).address, address);
  }
}
