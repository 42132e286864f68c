import { MILLISECOND } from '../ports/clock.ts';
import type { Address } from '../ports/transport.ts';
import { sameAddress } from '../address.ts';
import { Kind, type Description, type IndirectPing } from '../wire/messages.ts';
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
    const asker = this.#post.asker(request.source, from);
    const peer = asker < 0 ? undefined : table.description(asker);
    // Strangers could use us to ping whom they like: one end of the relay must be a member.
    if (peer === undefined && !this.#isMemberAt(request.node, request.target)) return counters.drop('unproven');
    if (this.#underWay.size >= RELAYS_MAX) return counters.drop('too-many-relays');

    const finish = (): void => {
      this.#questions.close(sequence);
      clock.cancel(timer);
      this.#underWay.delete(finish);
    };
    const sequence = this.#questions.open({
      onAck: () => {
        finish();
        this.#reply(from, peer, request, Kind.ack);
      },
    });
    const wait = Math.floor((settings.probeTimeoutMs * MILLISECOND * settings.nackPercent) / 100);
    const timer = clock.after(
      wait,
      entry(hub, () => {
        finish();
        if (request.nack) this.#reply(from, peer, request, Kind.nack);
      }),
    );
    this.#underWay.add(finish);
    const ping = { kind: Kind.ping, sequence, node: request.node, source: this.#view.source };
    this.#post.send(request.target, [ping], undefined);
  }

  #reply(
    from: Address,
    peer: Description | undefined,
    request: IndirectPing,
    kind: typeof Kind.ack | typeof Kind.nack,
  ): void {
    const { sequence } = request;
    const message = kind === Kind.ack ? { kind, sequence, payload: undefined } : { kind, sequence };
    if (peer === undefined) this.#post.answer(from, request, true, message);
    else this.#post.sendWithNews(peer.address, [message], peer);
  }

  #isMemberAt(name: string, address: Address): boolean {
    const { table } = this.#ground;
    const row = table.find(name);
    return row >= 0 && sameAddress(table.description(row).address, address);
  }
}
