import { ByteWriter } from '../wire/byte-writer.ts';
import { textFromBytes } from '../wire/text.ts';
import { readValue, writeValue, type Value } from './value.ts';

/** The first byte of Serf's messages. The others that Serf has (responses, keys, relays) are no gossip. */
export const SerfKind = { leave: 0, join: 1, state: 2, event: 3, query: 4 } as const;

/** Logical times count what happened in a cluster; none gets this far by counting, and all below it are exact. */
const TIME_MAX = 4_503_599_627_370_496;

/** A member says that it is about to leave or has joined, or that it never meant to leave. */
export interface Intent {
  readonly leaving: boolean;
  readonly node: string;
  readonly time: number;
}

export interface UserEvent {
  readonly name: string;
  readonly payload: Uint8Array;
  /** When it was sent, as the cluster counts its events. */
  readonly time: number;
}

export interface Query {
  readonly time: number;
  readonly id: number;
  /** Its sender asked that nobody passes it on. */
  readonly quiet: boolean;
}

/** What one Serf tells another in an exchange of state. */
export interface SerfState {
  readonly time: number;
  readonly eventTime: number;
  readonly queryTime: number;
  /** The time of the last intent of each member. */
  readonly statusTimes: ReadonlyMap<string, number>;
  readonly left: readonly string[];
  readonly events: readonly UserEvent[];
}

const NO_BROADCAST = 2;
/** Serf refuses to send larger events; they could only fill our memory. */
const EVENT_BYTES = 9 * 1024;

export function encodeIntent({ leaving, node, time }: Intent): Uint8Array {
  const values = { LTime: time, Node: node };
  return leaving ? encode(SerfKind.leave, { ...values, Prune: false }) : encode(SerfKind.join, values);
}

export function encodeEvent({ name, payload, time }: UserEvent): Uint8Array {
  return encode(SerfKind.event, { CC: false, LTime: time, Name: name, Payload: payload });
}

/** Without events: whoever missed the gossip gets them from any Serf agent, and those that ask us pay for none. */
export function encodeState(state: Omit<SerfState, 'events'>): Uint8Array {
  return encode(SerfKind.state, {
    EventLTime: state.eventTime,
    Events: [],
    LTime: state.time,
    LeftMembers: state.left,
    QueryLTime: state.queryTime,
    StatusLTimes: state.statusTimes,
  });
}

/** Undefined for what is not an intent; so too below. Nothing happens at time 0. */
export function decodeIntent(bytes: Uint8Array): Intent | undefined {
  const fields = fieldsOf(bytes);
  const [node, time] = [text(fields, 'Node'), count(fields, 'LTime')];
  return node === undefined || time === undefined ? undefined : { leaving: bytes[0] === SerfKind.leave, node, time };
}

export function decodeEvent(bytes: Uint8Array): UserEvent | undefined {
  const fields = fieldsOf(bytes);
  return eventFrom(fields, count(fields, 'LTime'));
}

export function decodeQuery(bytes: Uint8Array): Query | undefined {
  const fields = fieldsOf(bytes);
  const [time, id, flags] = [count(fields, 'LTime'), count(fields, 'ID'), count(fields, 'Flags')];
  if (time === undefined || time === 0 || id === undefined || flags === undefined) return undefined;
  return { time, id, quiet: (flags & NO_BROADCAST) !== 0 };
}

export function decodeState(bytes: Uint8Array): SerfState | undefined {
  const fields = fieldsOf(bytes);
  const [time, eventTime] = [count(fields, 'LTime'), count(fields, 'EventLTime')];
  const queryTime = count(fields, 'QueryLTime');
  if (time === undefined || eventTime === undefined || queryTime === undefined) return undefined;
  const left = list(fields, 'LeftMembers').filter((name) => name instanceof Uint8Array);
  return {
    time,
    eventTime,
    queryTime,
    statusTimes: timesFrom(fields.get('StatusLTimes')),
    left: left.map(textFromBytes),
    events: eventsFrom(fields),
  };
}

function timesFrom(value: Value | undefined): Map<string, number> {
  const times = new Map<string, number>();
  if (!(value instanceof Map)) return times;
  for (const node of (value as Fields).keys()) {
    const time = count(value as Fields, node);
    if (time !== undefined) times.set(node, time);
  }
  return times;
}

function eventsFrom(fields: Fields): UserEvent[] {
  return list(fields, 'Events').flatMap((slot) => {
    // Most slots are empty: each stands for one time out of five hundred.
    if (!(slot instanceof Map)) return [];
    const time = count(slot as Fields, 'LTime');
    return list(slot as Fields, 'Events').flatMap((one) => {
      const event = one instanceof Map ? eventFrom(one as Fields, time) : undefined;
      return event === undefined ? [] : [event];
    });
  });
}

function eventFrom(fields: Fields, time: number | undefined): UserEvent | undefined {
  const name = text(fields, 'Name');
  const payload = fields.get('Payload') ?? new Uint8Array(0);
  if (name === undefined || time === undefined || time === 0 || !(payload instanceof Uint8Array)) return undefined;
  if (name.length + payload.length > EVENT_BYTES) return undefined;
  return { name, payload, time };
}

type Fields = ReadonlyMap<string, Value>;

function mapOf(values: Readonly<Record<string, Value>>): Fields {
  return new Map(Object.entries(values));
}

function encode(kind: number, values: Readonly<Record<string, Value>>): Uint8Array {
  const writer = new ByteWriter();
  writer.byte(kind);
  writeValue(writer, mapOf(values));
  return writer.take();
}

/** No fields at all where the bytes are no map: then what is required is missing. */
function fieldsOf(bytes: Uint8Array): Fields {
  const value = readValue(bytes, 1);
  return value instanceof Map ? (value as Fields) : new Map();
}

function text(fields: Fields, name: string): string | undefined {
  const value = fields.get(name);
  return value instanceof Uint8Array && value.length > 0 ? textFromBytes(value) : undefined;
}

/** A missing number is zero, as everywhere in Go. */
function count(fields: Fields, name: string): number | undefined {
  const value = fields.get(name) ?? 0;
  return typeof value === 'number' && value >= 0 && value <= TIME_MAX ? value : undefined;
}

function list(fields: Fields, name: string): readonly Value[] {
  const value = fields.get(name);
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}
