import { MILLISECOND, type Timer } from '../ports/clock.ts';
import type { Stream } from '../ports/transport.ts';
import { Kind, type Description, type Frame } from '../wire/messages.ts';
import { entry, type Ground } from './ground.ts';
import type { Cause } from './observation.ts';
import type { Post } from './post.ts';
import type { Questions } from './questions.ts';
import type { View } from './view.ts';

interface Challenge {
  readonly row: number;
  readonly held: Description;
  claim: Description;
  incarnation: number;
  readonly cause: Cause;
  readonly finish: () => void;
}

/** A refused name is not asked about again for this many probe intervals, however often it is claimed. */
const QUIET_INTERVALS = 10;

/**
 * Who may take a name to another address: only when the old address no longer answers for it. The holder is asked
 * by datagram and by stream. So a restart under a new address takes over at once, and a forger, who may well forge a
 * goodbye first, does not.
 */
export class Claims {
  readonly #ground: Ground;
  readonly #post: Post;
  readonly #view: View;
  readonly #questions: Questions;
  readonly #open = new Map<number, Challenge>();
  readonly #quietUntil = new Map<string, number>();

  constructor(ground: Ground, post: Post, view: View, questions: Questions) {
    this.#ground = ground;
    this.#post = post;
    this.#view = view;
    this.#questions = questions;
  }

  stop(): void {
    for (const challenge of [...this.#open.values()]) challenge.finish();
    this.#quietUntil.clear();
  }

  onClaim(row: number, claim: Description, incarnation: number, cause: Cause): void {
    const { layers, table, clock, counters } = this.#ground;
    const running = this.#open.get(row);
    if (running !== undefined) {
      if (incarnation > running.incarnation) Object.assign(running, { claim, incarnation });
      return;
    }
    const held = table.description(row);
    if ((this.#quietUntil.get(held.name) ?? 0) > clock.now()) return counters.drop('name-taken');
    if (layers.vetoMove(held, claim) !== undefined) return counters.drop('vetoed');
    this.#challenge(row, held, claim, incarnation, cause);
  }

  #challenge(row: number, held: Description, claim: Description, incarnation: number, cause: Cause): void {
    const { clock, settings, hub } = this.#ground;
    const timers: Timer[] = [];
    const streams: Stream<Frame>[] = [];
    const finish = (): void => {
      for (const timer of timers) clock.cancel(timer);
      this.#questions.close(sequence);
      this.#open.delete(row);
      for (const stream of streams) stream.close();
    };
    const challenge: Challenge = { row, held, claim, incarnation, cause, finish };
    this.#open.set(row, challenge);
    const sequence = this.#questions.open({ onAck: () => this.#refuse(challenge) });
    const ping = { kind: Kind.ping, sequence, node: held.name, source: this.#view.own.source } as const;
    // A whole turn: as long as a probe gets before anybody is so much as suspected.
    const wait = settings.probeIntervalMs * MILLISECOND;
    this.#post.send(held.address, [ping], held);
    const stream = this.#post.endpoint?.connect(held.address, wait, {
      onMessage: (frame) => {
        if (!this.#post.admits(undefined, frame.key, held.address)) return;
        if (frame.message.kind !== Kind.ack || frame.message.sequence !== sequence) return;
        entry(hub, () => this.#refuse(challenge))();
      },
      onClose: () => {},
    });
    if (stream !== undefined) streams.push(stream);
    stream?.send(this.#post.frame(ping, true));
    timers.push(
      clock.after(
        wait,
        entry(hub, () => this.#grant(challenge)),
      ),
    );
  }

  #grant(challenge: Challenge): void {
    challenge.finish();
    const { table } = this.#ground;
    // Whatever was challenged may be forgotten by now, met again, or have moved by itself.
    if (table.find(challenge.held.name) !== challenge.row) return;
    if (table.description(challenge.row).address !== challenge.held.address) return;
    this.#view.move(challenge.row, challenge.claim, challenge.incarnation, challenge.cause);
  }

  #refuse(challenge: Challenge): void {
    challenge.finish();
    const { counters, clock, settings, observe, hub, table } = this.#ground;
    const { name } = challenge.held;
    const now = clock.now();
    for (const [other, until] of this.#quietUntil) {
      if (until <= now) this.#quietUntil.delete(other);
    }
    this.#quietUntil.set(name, now + QUIET_INTERVALS * settings.probeIntervalMs * MILLISECOND);
    counters.drop('name-taken');
    counters.conflicts += 1;
    observe?.({ type: 'conflict', subject: name, address: challenge.claim.address });
    if (table.find(name) !== challenge.row || hub.idle) return;
    hub.emit({ type: 'conflict', member: this.#view.herald.member(challenge.row), address: challenge.claim.address });
  }
}
