import { MILLISECOND } from '../ports/clock.ts';
import type { Address } from '../ports/transport.ts';
import { sameAddress } from '../address.ts';
import { Kind, State, type Description, type Message, type PeerState } from '../wire/messages.ts';
import type { DropReason } from './counters.ts';
import type { Ground } from './ground.ts';
import { Herald } from './herald.ts';
import { ACCUSATION_MAX, compareDescriptions, implausible, INCARNATION_MAX, overrides } from './lattice.ts';
import type { Cause } from './observation.ts';
import { OwnStanding } from './own-standing.ts';
import { Suspicions } from './suspicions.ts';
import { understands } from './versions.ts';

/** What the view asks of its neighbours. */
export interface ViewHooks {
  /** A member entered the table: it wants to be probed. */
  onInsert(row: number): void;
  /** Somebody claims a held name at another address: find out whether the old address still answers. */
  onClaim(row: number, claim: Description, incarnation: number, cause: Cause): void;
  /** There is news to gossip. */
  onNews(): void;
  tell(subject: Description, message: Message): void;
  allows(address: Address): boolean;
}

/**
 * What this node holds true of every member. All evidence, from wherever, comes through `hearAlive`, `hearSuspect`
 * and `hearDead`; what the lattice accepts changes the table, is passed on, observed and told to the application.
 */
export class View {
  readonly #ground: Ground;
  readonly #hooks: ViewHooks;
  readonly herald: Herald;
  readonly own: OwnStanding;
  readonly #suspicions: Suspicions;
  /** At most one answer to stale news per gossip interval. */
  #staleAnsweredAt = Number.NEGATIVE_INFINITY;

  constructor(ground: Ground, hooks: ViewHooks) {
    this.#ground = ground;
    this.#hooks = hooks;
    this.herald = new Herald(ground, hooks.onNews);
    this.own = new OwnStanding(ground, this.herald);
    this.#suspicions = new Suspicions(ground, (node, incarnation) =>
      this.hearDead(node, incarnation, ground.name, 'suspicion'),
    );
  }

  /**
   * Takes up a member known from elsewhere (a stored list) without making news of it. The live are probed like any
   * other; the departed are remembered, so that healing tries the dead among them.
   */
  recall(statement: PeerState): void {
    const { about, incarnation, state } = statement;
    const { table, clock, departed } = this.#ground;
    if (about.name === this.#ground.name || table.find(about.name) >= 0) return;
    if (state >= State.dead) return departed.remember(statement);
    const row = table.insert(about, State.alive, incarnation, clock.now());
    table.adopt(row, statement);
    this.#hooks.onInsert(row);
    this.herald.observe(row, undefined, 0, 'push-pull', '');
  }

  /** Everybody but ourselves, listed or only remembered. */
  remembered(): PeerState[] {
    const { table, departed } = this.#ground;
    const all = departed.all();
    for (let row = 0; row < table.rows; row += 1) {
      if (table.holds(row) && row !== this.own.row) all.push(table.exported(row));
    }
    return all;
  }

  hearAlive(about: Description, incarnation: number, cause: Cause): void {
    const { table, counters, clock } = this.#ground;
    if (about.name === this.#ground.name) return this.own.hear(about, incarnation, cause);
    const row = table.find(about.name);
    if (row >= 0 && about === table.description(row) && this.#isNothingNew(row, incarnation)) return;
    const refusal = this.#refusal(about);
    if (refusal !== undefined) return counters.drop(refusal);
    if (row < 0) return this.#meet(about, State.alive, incarnation, cause, '');

    const { from, fromIncarnation } = this.#held(row);
    if (implausible(State.alive, incarnation, fromIncarnation)) return counters.drop('implausible');
    if (incarnation < fromIncarnation) return this.#answerStaleRow(row, about);
    if (!this.#sameHome(row, about)) {
      if (this.#isNewer(row, about, incarnation)) this.#hooks.onClaim(row, about, incarnation, cause);
      else if (incarnation === table.describedAt(row)) counters.drop('name-taken');
      return;
    }
    const updated = this.#describe(row, about, incarnation);
    if (!overrides(State.alive, incarnation, from, fromIncarnation)) {
      this.#answerStaleRow(row, about);
    } else {
      table.set(row, State.alive, incarnation, clock.now());
      this.#changed(row, from, fromIncarnation, cause, '');
    }
    // Somebody who is back has just been introduced as a whole.
    if (updated && from <= State.suspect) this.herald.updated(row);
  }

  /**
   * A peer suspects somebody whom we never met. The description may be older than the suspicion, so any that comes
   * with an incarnation replaces it.
   */
  meetSuspect(about: Description, incarnation: number, by: string, cause: Cause): void {
    const { counters } = this.#ground;
    const refusal = this.#refusal(about);
    if (refusal !== undefined) return counters.drop(refusal);
    this.#meet(about, State.suspect, incarnation, cause, by);
  }

  /** A peer holds somebody gone whom we never met: we will not list it, but its old news must not fool us. */
  meetDeparted(statement: PeerState): void {
    const { departed, counters } = this.#ground;
    const { about, state, incarnation } = statement;
    const refusal = this.#refusal(about);
    if (refusal !== undefined) return counters.drop(refusal);
    if (incarnation > ACCUSATION_MAX) return counters.drop('implausible');
    const gone = departed.get(about.name);
    if (gone === undefined || overrides(state, incarnation, gone.state, gone.incarnation)) departed.remember(statement);
  }

  hearSuspect(node: string, incarnation: number, by: string, cause: Cause): void {
    const { table, counters, name } = this.#ground;
    if (by === '' || by === node || (by === name && cause === 'gossip')) return counters.drop('self-accusation');
    if (node === name) return this.own.contest(incarnation, by);
    const row = table.find(node);
    if (row < 0) return;
    const { from, fromIncarnation } = this.#held(row);
    if (implausible(State.suspect, incarnation, fromIncarnation) && cause !== 'probe') {
      return counters.drop('implausible');
    }
    if (incarnation === fromIncarnation && from === State.suspect) {
      // What a peer holds may rest on the very accusation that we heard: only accusers themselves confirm.
      if (cause !== 'push-pull' && this.#suspicions.confirm(row, by)) this.herald.tell(row, by);
      return;
    }
    if (!overrides(State.suspect, incarnation, from, fromIncarnation)) return;
    this.#accept(row, State.suspect, incarnation, cause, by);
  }

  /** A `dead` from its own subject is a goodbye. */
  hearDead(node: string, incarnation: number, by: string, cause: Cause): void {
    const { table, counters, name } = this.#ground;
    if (node === name) return this.own.contest(incarnation, by);
    const row = table.find(node);
    const state = by === node ? State.left : State.dead;
    if (row < 0) return state === State.left ? this.#departedLeft(node, incarnation) : undefined;
    const { from, fromIncarnation } = this.#held(row);
    if (implausible(state, incarnation, fromIncarnation) && cause !== 'suspicion') {
      return counters.drop('implausible');
    }
    if (!overrides(state, incarnation, from, fromIncarnation)) return;
    this.#accept(row, state, incarnation, cause, by);
  }

  /** An operator's word that a member which died will not come back: it counts as having left, here and everywhere. */
  retire(node: string): 'retired' | 'live' | 'unknown' {
    const { table, departed } = this.#ground;
    const row = table.find(node);
    if (row >= 0 && table.isLive(row)) return 'live';
    const incarnation = row >= 0 ? table.incarnation(row) : departed.get(node)?.incarnation;
    if (incarnation === undefined) return 'unknown';
    this.hearDead(node, incarnation, node, 'operator');
    return 'retired';
  }

  /** The old address fell silent: the name moves to where it is claimed. */
  move(row: number, claim: Description, incarnation: number, cause: Cause): void {
    const { table, clock } = this.#ground;
    const { from, fromIncarnation } = this.#held(row);
    if (!this.#isNewer(row, claim, incarnation)) return;
    table.describe(row, claim, incarnation);
    if (overrides(State.alive, incarnation, from, fromIncarnation)) {
      table.set(row, State.alive, incarnation, clock.now());
      this.#changed(row, from, fromIncarnation, cause, '');
    } else {
      this.herald.observe(row, from, fromIncarnation, cause, '');
    }
    this.herald.updated(row);
  }

  /** Takes a departed member off the list, but remembers it. */
  forget(row: number): void {
    const { table, departed } = this.#ground;
    const { from, fromIncarnation } = this.#held(row);
    departed.remember(table.exported(row));
    this.herald.observe(row, from, fromIncarnation, 'reap', '');
    table.remove(row);
  }

  /** Stops all running suspicions. */
  close(): void {
    this.#suspicions.stopAll();
  }

  /** Nobody need try a remembered dead member again once it is said to have left; those who remember it too should hear. */
  #departedLeft(node: string, incarnation: number): void {
    const { departed } = this.#ground;
    const gone = departed.get(node);
    if (gone === undefined || !overrides(State.left, incarnation, gone.state, gone.incarnation)) return;
    if (implausible(State.left, incarnation, gone.incarnation)) return this.#ground.counters.drop('implausible');
    departed.remember({ ...gone, state: State.left, incarnation });
    this.herald.pass('failed', node, { kind: Kind.dead, node, incarnation, from: node });
  }

  #meet(about: Description, state: State, incarnation: number, cause: Cause, by: string): void {
    const { table, clock, counters, departed, settings } = this.#ground;
    if (incarnation > (state === State.alive ? INCARNATION_MAX : ACCUSATION_MAX)) return counters.drop('implausible');
    const gone = departed.get(about.name);
    if (gone !== undefined && !overrides(state, incarnation, gone.state, gone.incarnation)) {
      this.#answerStale(departedMessage(gone, this.#ground.name), about);
      return counters.drop('stale');
    }
    if (table.size >= settings.membersMax) return counters.drop('table-full');
    departed.forget(about.name);
    const describedAt = state === State.alive ? incarnation : 0;
    const row = table.insert(about, state, incarnation, clock.now(), describedAt);
    this.#hooks.onInsert(row);
    this.#changed(row, undefined, 0, cause, by);
  }

  #accept(row: number, state: State, incarnation: number, cause: Cause, by: string): void {
    const { table, clock } = this.#ground;
    const { from, fromIncarnation } = this.#held(row);
    table.set(row, state, incarnation, clock.now());
    this.#changed(row, from, fromIncarnation, cause, by);
  }

  /** After every accepted change: suspicion, news, observation, event. */
  #changed(row: number, from: State | undefined, fromIncarnation: number, cause: Cause, by: string): void {
    this.#suspicions.stop(row);
    if (this.#ground.table.state(row) === State.suspect) this.#suspicions.start(row, by);
    this.herald.changed(row, from, fromIncarnation, cause, by);
  }

  /** Of two descriptions all views keep the same one: the later, or of one incarnation the greater. */
  #isNewer(row: number, about: Description, incarnation: number): boolean {
    const { table } = this.#ground;
    const since = table.describedAt(row);
    return incarnation > since || (incarnation === since && compareDescriptions(about, table.description(row)) > 0);
  }

  /** True when it says something new. */
  #describe(row: number, about: Description, incarnation: number): boolean {
    const { table } = this.#ground;
    if (!this.#isNewer(row, about, incarnation)) return false;
    const held = table.description(row);
    const same = compareDescriptions(about, held) === 0;
    table.describe(row, same ? held : about, incarnation);
    const { from, fromIncarnation } = this.#held(row);
    // At an equal incarnation no state change will carry the better description on, so it travels by itself.
    if (!same && incarnation === fromIncarnation) {
      this.herald.observe(row, from, fromIncarnation, 'gossip', '');
      if (from === State.alive) this.herald.tell(row);
    }
    return !same;
  }

  /** Why nobody of this description can be a member. */
  #refusal(about: Description): DropReason | undefined {
    const { settings, layers } = this.#ground;
    const { name, address, meta, vsn } = about;
    if (name === '' || address.endsWith(':0') || meta.length > settings.packetBytes / 2) return 'unusable';
    if (vsn[1] === 0 || !understands(vsn, vsn) || !understands(vsn, this.own.description.vsn)) return 'version';
    if (!this.#hooks.allows(address)) return 'not-allowed';
    return layers.vetoAlive(about) === undefined ? undefined : 'vetoed';
  }

  /** The common case of gossip: a repetition of what we hold of a member in good standing. */
  #isNothingNew(row: number, incarnation: number): boolean {
    const { table } = this.#ground;
    return incarnation === table.incarnation(row) && table.state(row) === State.alive;
  }

  #sameHome(row: number, about: Description): boolean {
    const held = this.#ground.table.description(row).address;
    return held === about.address || sameAddress(held, about.address);
  }

  #answerStaleRow(row: number, subject: Description): void {
    if (this.#ground.table.state(row) === State.alive) return;
    this.#answerStale(this.herald.messageAbout(row), subject);
  }

  /** Old news of somebody whom we hold suspect or gone: tell the subject, so that it can answer if it lives. */
  #answerStale(message: Message, subject: Description): void {
    const { clock, settings } = this.#ground;
    if (clock.now() - this.#staleAnsweredAt < settings.probeIntervalMs * MILLISECOND) return;
    this.#staleAnsweredAt = clock.now();
    this.#hooks.tell(subject, message);
  }

  #held(row: number): { from: State; fromIncarnation: number } {
    const { table } = this.#ground;
    return { from: table.state(row), fromIncarnation: table.incarnation(row) };
  }
}

function departedMessage({ about, incarnation, state }: PeerState, by: string): Message {
  return { kind: Kind.dead, node: about.name, incarnation, from: state === State.left ? about.name : by };
}
