import { Kind, State, type Message } from '../wire/messages.ts';
import { messageSize } from '../wire/sizes.ts';
import type { NewsClass } from './broadcast-queue.ts';
import type { MemberChange } from './counters.ts';
import { STATE_NAMES, type Member, type MembershipEvent } from './events.ts';
import type { Ground } from './ground.ts';
import type { Cause } from './observation.ts';

/** Says what the view holds: to other members as news, to observers as transitions, to the application as events. */
export class Herald {
  readonly #ground: Ground;
  readonly #onNews: () => void;

  constructor(ground: Ground, onNews: () => void) {
    this.#ground = ground;
    this.#onNews = onNews;
  }

  /** The message that says of a row what we hold of it; `by` names who accuses, ourselves unless said otherwise. */
  messageAbout(row: number, by: string = this.#ground.name): Message {
    const { table } = this.#ground;
    const state = table.state(row);
    const incarnation = table.incarnation(row);
    const about = table.description(row);
    if (state === State.alive) return { kind: Kind.alive, incarnation, about };
    if (state === State.suspect) return { kind: Kind.suspect, node: about.name, incarnation, from: by };
    return { kind: Kind.dead, node: about.name, incarnation, from: state === State.left ? about.name : by };
  }

  member(row: number): Member {
    const { table } = this.#ground;
    const { name, address, meta } = table.description(row);
    const incarnation = table.incarnation(row);
    // A copy: whoever writes into a snapshot must not write into what we gossip.
    return Object.freeze({ name, address, meta: meta.slice(), state: STATE_NAMES[table.state(row)], incarnation });
  }

  /** Puts what we hold of a row into the gossip queue. */
  tell(row: number, by?: string, onSent?: () => void): void {
    const { table } = this.#ground;
    const news: NewsClass = table.state(row) === State.alive ? 'alive' : 'failed';
    this.pass(news, table.description(row).name, this.messageAbout(row, by), onSent);
  }

  /** Puts a message about somebody into the gossip queue. */
  pass(news: NewsClass, subject: string, message: Message, onSent?: () => void): void {
    this.#ground.queue.add(news, subject, message, messageSize(message), onSent);
    this.#onNews();
  }

  /** After a change of state: news, transition, event. `from` is undefined for somebody new. */
  changed(row: number, from: State | undefined, fromIncarnation: number, cause: Cause, by: string): void {
    this.observe(row, from, fromIncarnation, cause, by);
    this.tell(row, by === '' ? undefined : by);
    const type = changeOf(from, this.#ground.table.state(row));
    if (type === undefined) return;
    this.#ground.counters.changes[type] += 1;
    if (this.#ground.hub.idle) return;
    const member = this.member(row);
    this.#ground.hub.emit(type === 'suspect' ? { type, member, by } : { type, member });
  }

  /** New metadata or a new address. */
  updated(row: number): void {
    this.#ground.counters.changes.update += 1;
    if (!this.#ground.hub.idle) this.#ground.hub.emit({ type: 'update', member: this.member(row) });
  }

  /** `to` is what the table holds now, unless the row was just taken out of it. */
  observe(row: number, from: State | undefined, fromIncarnation: number, cause: Cause, by: string): void {
    const { observe, table } = this.#ground;
    if (observe === undefined) return;
    const { name, address, meta } = table.description(row);
    const incarnation = table.incarnation(row);
    const to = cause === 'reap' ? undefined : table.state(row);
    observe({ type: 'transition', subject: name, from, to, fromIncarnation, incarnation, address, meta, cause, by });
  }

  event(event: MembershipEvent): void {
    if (!this.#ground.hub.idle) this.#ground.hub.emit(event);
  }
}

/** What a change of state means to the application: nothing when only the incarnation grew. */
function changeOf(from: State | undefined, to: State): MemberChange | undefined {
  const wasLive = from === State.alive || from === State.suspect;
  if (to === State.dead) return 'fail';
  if (to === State.left) return 'leave';
  if (!wasLive) return 'join';
  if (to === from) return undefined;
  return to === State.suspect ? 'suspect' : 'alive';
}
