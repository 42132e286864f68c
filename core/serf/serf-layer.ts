import { InvalidSetting } from '../errors.ts';
import type { Layer, LayerHost } from '../membership/layers.ts';
import { compareBytes } from '../membership/lattice.ts';
import { NotRunning } from '../membership/membership.ts';
import { bytesFromText } from '../wire/text.ts';
import { Intents } from './intents.ts';
import { LamportClock } from './lamport.ts';
import {
  decodeEvent,
  decodeIntent,
  decodeQuery,
  decodeState,
  encodeEvent,
  encodeIntent,
  encodeState,
  SerfKind,
  type Intent,
  type Query,
  type SerfState,
  type UserEvent,
} from './messages.ts';
import { Recent } from './recent.ts';

/** Serf's own limit for the name and payload of an event. */
const EVENT_MAX_BYTES = 512;

export interface SerfLayerOptions {
  /** Somebody else's event, each once. */
  readonly onEvent?: (event: UserEvent) => void;
}

/**
 * What makes a member a good citizen of a Serf cluster: it says when it comes and that it means to leave, passes on what
 * others say, hears user events and sends its own. Queries are passed on and never answered.
 */
export class SerfLayer implements Layer {
  readonly tag = undefined;
  readonly #onEvent: (event: UserEvent) => void;
  readonly #clock = new LamportClock();
  readonly #eventClock = new LamportClock();
  readonly #queryClock = new LamportClock();
  readonly #intents = new Intents();
  readonly #events = new Recent<UserEvent>((a, b) => a.name === b.name && compareBytes(a.payload, b.payload) === 0);
  readonly #queries = new Recent<Query>((a, b) => a.id === b.id);
  /** Kept when the node stops, because a handler of events may stop it in the middle of a message. */
  #host: LayerHost | undefined;
  #running = false;
  #announced = false;
  #leaving = false;
  #passed = 0;

  constructor(options: SerfLayerOptions = {}) {
    this.#onEvent = options.onEvent ?? (() => {});
  }

  attach(host: LayerHost): void {
    this.#host = host;
    this.#running = true;
    this.#announced = false;
    this.#leaving = false;
    // A new life begins with a join: the state that we hand out must not say that we are still leaving.
    this.#intents.isNew({ leaving: false, node: host.name, time: this.#clock.tick() }, host.now());
  }

  detach(): void {
    this.#running = false;
  }

  /** Sends an event to every member; returns its time. */
  event(name: string, payload: Uint8Array): number {
    if (!this.#running) throw new NotRunning('event');
    const bytes = bytesFromText(name).length + payload.length;
    if (name === '' || bytes > EVENT_MAX_BYTES) {
      throw new InvalidSetting('event', `${name} with ${bytes} bytes`, `named, and at most ${EVENT_MAX_BYTES} bytes`);
    }
    const event = { name, payload: payload.slice(), time: this.#eventClock.tick() };
    this.#events.isNew(event, event.time, this.#eventClock.time);
    this.#passOnEvent(encodeEvent(event));
    return event.time;
  }

  onMessage(payload: Uint8Array): void {
    switch (payload[0]) {
      case SerfKind.leave:
      case SerfKind.join:
        return this.#onIntent(decodeIntent(payload), payload);
      case SerfKind.event:
        return this.#onUserEvent(decodeEvent(payload), payload);
      case SerfKind.query:
        return this.#onQuery(decodeQuery(payload), payload);
    }
  }

  /** Others must hear that we mean to go before they hear that we are gone, or they take it for a failure. */
  lastWord(): Uint8Array {
    this.#leaving = true;
    const intent = { leaving: true, node: this.#host!.name, time: this.#clock.tick() };
    this.#intents.isNew(intent, this.#host!.now());
    return encodeIntent(intent);
  }

  onRetired(name: string): void {
    this.#say({ leaving: true, node: name, time: this.#clock.tick() });
  }

  exportState(): Uint8Array {
    const intents = this.#intents.of((node) => this.#host!.knows(node), this.#host!.now());
    return encodeState({
      time: this.#clock.time,
      eventTime: this.#eventClock.time,
      queryTime: this.#queryClock.time,
      // Whoever reads this takes somebody who left to have done so one after the time that is said here.
      statusTimes: new Map(intents.map(({ leaving, node, time }) => [node, leaving ? time - 1 : time])),
      left: intents.filter(({ leaving }) => leaving).map(({ node }) => node),
    });
  }

  mergeState(bytes: Uint8Array, join: boolean): void {
    const state = bytes[0] === SerfKind.state ? decodeState(bytes) : undefined;
    if (state === undefined) return;
    this.#clock.learn(state.time);
    this.#eventClock.learn(state.eventTime);
    this.#queryClock.learn(state.queryTime);
    this.#mergeIntents(state);
    for (const event of state.events) {
      if (!this.#isPlausible(this.#eventClock, event)) continue;
      this.#eventClock.witness(event.time);
      const isNew = this.#events.isNew(event, event.time, this.#eventClock.time);
      // What happened before clusters met is history, and none of ours.
      if (isNew && !join) this.#onEvent(event);
    }
    if (join && !this.#announced) this.#announce();
  }

  #mergeIntents({ statusTimes, left }: SerfState): void {
    for (const node of left) this.#hear({ leaving: true, node, time: (statusTimes.get(node) ?? 0) + 1 });
    const self = this.#host!.name;
    const ours = statusTimes.get(self) ?? 0;
    // Somebody holds a later word of ours than we said. It may be that we leave: only those who left are told as such.
    if (ours > this.#intents.timeOf(self) && this.#clock.isNear(ours) && !this.#leaving) {
      this.#clock.witness(ours);
      this.#announce();
    }
    const gone = new Set(left);
    for (const [node, time] of statusTimes) if (!gone.has(node)) this.#hear({ leaving: false, node, time });
  }

  #onIntent(intent: Intent | undefined, payload: Uint8Array): void {
    if (intent !== undefined && this.#hear(intent)) this.#host!.gossip(`intent/${intent.node}`, payload);
  }

  /** True when others should hear it from us too. */
  #hear(intent: Intent): boolean {
    if (!this.#isPlausible(this.#clock, intent)) return false;
    this.#clock.witness(intent.time);
    const ours = intent.node === this.#host!.name;
    if (ours && intent.leaving && intent.time > this.#intents.timeOf(intent.node)) {
      // A past life's, or somebody else's word: we are here.
      if (!this.#leaving) this.#announce();
      return false;
    }
    const isNew = this.#intents.isNew(intent, this.#host!.now());
    // Of somebody who died it is an operator's word, or the member's own that was slower than its end.
    if (isNew && intent.leaving) this.#host!.retire(intent.node);
    return isNew;
  }

  #announce(): void {
    this.#announced = true;
    this.#say({ leaving: false, node: this.#host!.name, time: this.#clock.tick() });
  }

  #say(intent: Intent): void {
    this.#intents.isNew(intent, this.#host!.now());
    this.#host!.gossip(`intent/${intent.node}`, encodeIntent(intent));
  }

  #onUserEvent(event: UserEvent | undefined, payload: Uint8Array): void {
    if (event === undefined || !this.#isPlausible(this.#eventClock, event)) return;
    this.#eventClock.witness(event.time);
    if (!this.#events.isNew(event, event.time, this.#eventClock.time)) return;
    this.#passOnEvent(payload);
    this.#onEvent(event);
  }

  #onQuery(query: Query | undefined, payload: Uint8Array): void {
    if (query === undefined || !this.#isPlausible(this.#queryClock, query)) return;
    this.#queryClock.witness(query.time);
    const isNew = this.#queries.isNew(query, query.time, this.#queryClock.time);
    if (isNew && !query.quiet) this.#host!.gossip(`query/${query.time}/${query.id}`, payload);
  }

  /** Counts what is not. */
  #isPlausible(clock: LamportClock, { time }: { readonly time: number }): boolean {
    if (clock.isNear(time)) return true;
    this.#host!.drop('implausible');
    return false;
  }

  #passOnEvent(encoded: Uint8Array): void {
    // No event replaces another, however alike they are.
    this.#passed += 1;
    this.#host!.gossip(`event/${this.#passed}`, encoded);
  }
}
