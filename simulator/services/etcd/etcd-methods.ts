import { isTable } from '../../../core/config/kinds.ts';
import type { HttpResponse } from '../../../core/ports/http.ts';
import { answerOf, base64Of, keyFrom, keyValueOf, lean, REFUSALS } from './etcd-json.ts';
import type { EtcdMember } from './etcd-member.ts';
import { idOf, type EtcdState } from './etcd-state.ts';
import { EtcdWatch, type WatchRequest } from './etcd-watch.ts';
import type { KeyRange, Version, Write } from './etcd-store.ts';

type Body = Readonly<Record<string, unknown>>;
type Answer = Readonly<Record<string, unknown>>;

/** A request as a member meets it. */
export interface EtcdCall {
  readonly state: EtcdState;
  readonly member: EtcdMember;
  readonly wantsLeader: boolean;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

type Method = (call: EtcdCall, body: Body) => Promise<Answer>;

const SINGLE: Readonly<Record<string, Method>> = {
  'kv/range': async (call, body) => {
    const { member } = call;
    const range = rangeOf(body);
    authorize(call);
    if (body['serializable'] !== true) {
      await member.agreed(REFUSALS.timedOut);
      await member.caughtUp(REFUSALS.timedOut);
    }
    return { header: member.header(), ...rangeAnswer(call, range, body) };
  },
  'kv/put': async (call, body) => {
    const write = putOf(body);
    await toWrite(call, true);
    call.state.write([write]);
    return written(call);
  },
  'kv/deleterange': async (call, body) => {
    const range = rangeOf(body);
    await toWrite(call, false);
    const deleted = call.state.write(deletionsOf(call.state, range));
    return { ...(await written(call)), ...lean({ deleted: `${deleted}` }) };
  },
  'kv/txn': async (call, body) => {
    await toWrite(call, JSON.stringify(body).includes('"request_put"'));
    return transaction(call, body);
  },
  'kv/compaction': async (call, body) => {
    await toWrite(call, false);
    call.state.compact(numberOf(body['revision']));
    return { header: call.member.header() };
  },
  'lease/grant': async (call, body) => {
    await toGrant(call);
    const asked = numberOf(body['ID']) === 0 ? freshId(call) : textOf(body['ID'], '0');
    const { ttlSec } = call.state.grant(asked, numberOf(body['TTL']));
    call.member.leader!.renew(asked);
    return { header: call.member.header(), ID: asked, TTL: `${ttlSec}` };
  },
  'lease/timetolive': async (call, body) => {
    const leader = await call.member.led(REFUSALS.noLeader);
    const id = textOf(body['ID'], '0');
    const left = leader.secondsLeft(id);
    const header = call.member.header();
    if (left === undefined) return { header, ID: id, TTL: '-1' };
    const { ttlSec, keys } = call.state.leases.get(id)!;
    const named = body['keys'] === true ? [...keys].toSorted().map(base64Of) : [];
    return { header, ID: id, ...lean({ TTL: `${left}`, grantedTTL: `${ttlSec}`, keys: named }) };
  },
  'lease/leases': async ({ state, member }) => {
    await member.agreed(REFUSALS.timedOut);
    return { header: member.header(), ...lean({ leases: [...state.leases.keys()].map((ID) => ({ ID })) }) };
  },
  'lease/revoke': async (call, body) => {
    await call.member.agreed(REFUSALS.deadline);
    call.state.revoke(textOf(body['ID'], '0'));
    return written(call);
  },
  'auth/authenticate': async ({ state, member }, body) => {
    if (Object.keys(state.users).length === 0) throw REFUSALS.authOff();
    await member.agreed(REFUSALS.deadline);
    const name = textOf(body['name'], '');
    if (!Object.hasOwn(state.users, name) || state.users[name] !== body['password']) throw REFUSALS.badLogin();
    const token = `${idOf(`${name} ${member.ports.random.int(2 ** 32)}`)}.${state.store.revision}`;
    state.tokens.add(token);
    return { header: member.header(), token };
  },
  'maintenance/status': async ({ state, member }) => {
    const leader = member.leader === undefined ? '' : `${idOf(member.leader.name)}`;
    return { header: member.header(), version: '3.4.23', ...lean({ leader, raftTerm: `${state.term}` }) };
  },
  'kv/lease/revoke': (call, body) => SINGLE['lease/revoke']!(call, body),
  'kv/lease/timetolive': (call, body) => SINGLE['lease/timetolive']!(call, body),
};

/** What answers once, by its path behind the version. */
export const METHODS: ReadonlyMap<string, Method> = new Map(Object.entries(SINGLE));

type Streamed = (call: EtcdCall, body: Body) => Promise<HttpResponse>;

const STREAMED: Readonly<Record<string, Streamed>> = {
  'lease/keepalive': async ({ state, member }, body) => {
    const leader = await member.led(REFUSALS.noLeader);
    const id = textOf(body['ID'], '0');
    const lives = leader.secondsLeft(id) !== undefined;
    if (lives) leader.renew(id);
    const TTL = lives ? `${state.leases.get(id)!.ttlSec}` : '';
    return answerOf({ result: { header: member.header(), ID: id, ...lean({ TTL }) } });
  },
  watch: async (call, body) => {
    const request = isTable(body['create_request']) ? body['create_request'] : {};
    const headers = { 'content-type': 'application/json', 'grpc-metadata-content-type': 'application/grpc' };
    const asked: WatchRequest = {
      range: rangeOf(request),
      from: numberOf(request['start_revision']),
      wantsProgress: request['progress_notify'] === true,
      wantsLeader: call.wantsLeader,
    };
    const { member } = call;
    const why = refusalWords(call);
    const watch = why === '' ? member.watch(asked) : EtcdWatch.refused(asked, why, () => member.header());
    call.signal.addEventListener('abort', () => watch.end(), { once: true });
    return { status: 200, headers, body: watch.body() };
  },
};

/** What answers in lines. */
export const STREAMS: ReadonlyMap<string, Streamed> = new Map(Object.entries(STREAMED));

async function transaction(call: EtcdCall, body: Body): Promise<Answer> {
  const { state, member } = call;
  const succeeded = listOf(body['compare']).every((one) => holds(state, one));
  const operations = listOf(body[succeeded ? 'success' : 'failure']);
  const writes = operations.flatMap(({ request_put: put, request_delete_range: range }): Write[] => {
    if (isTable(put)) return [putOf(put)];
    return isTable(range) ? deletionsOf(state, rangeOf(range)) : [];
  });
  state.write(writes);
  await member.caughtUp(REFUSALS.deadline);
  const header = { revision: `${state.store.revision}` };
  const responses = operations.map((operation) => {
    if (isTable(operation['request_put'])) return { response_put: { header } };
    const range = operation['request_delete_range'];
    if (isTable(range)) return { response_delete_range: { header, ...lean({ deleted: `${writes.length}` }) } };
    const asked = isTable(operation['request_range']) ? operation['request_range'] : {};
    return { response_range: { header, ...rangeAnswer(call, rangeOf(asked), asked) } };
  });
  return { header: member.header(), ...lean({ succeeded, responses }) };
}

function holds(state: EtcdState, compare: Body): boolean {
  const version = state.store.get(keyFrom(compare['key']));
  const targets: Readonly<Record<string, readonly [string, number]>> = {
    VERSION: ['version', version?.version ?? 0],
    CREATE: ['create_revision', version?.created ?? 0],
    MOD: ['mod_revision', version?.modified ?? 0],
  };
  const [field, actual] = targets[textOf(compare['target'], 'VERSION')] ?? ['version', 0];
  const wanted = numberOf(compare[field]);
  const results: Readonly<Record<string, boolean>> = {
    EQUAL: actual === wanted,
    NOT_EQUAL: actual !== wanted,
    GREATER: actual > wanted,
    LESS: actual < wanted,
  };
  return results[textOf(compare['result'], 'EQUAL')] ?? false;
}

function rangeAnswer({ state, member }: EtcdCall, range: KeyRange, body: Body): Answer {
  const asked = numberOf(body['revision']);
  if (asked > member.applied) throw REFUSALS.future();
  if (asked > 0 && asked < state.store.compacted) throw REFUSALS.compacted();
  const all = state.store.range(range, asked === 0 ? member.applied : asked);
  const limit = numberOf(body['limit']);
  const some = limit > 0 ? all.slice(0, limit) : all;
  const shown = (one: Version): unknown => keyValueOf(body['keys_only'] === true ? { ...one, value: '' } : one);
  const kvs = body['count_only'] === true ? [] : some.map(shown);
  return lean({ kvs, more: some.length < all.length, count: `${all.length}` });
}

/** Waits until the majority can agree; throws what keeps it from being written. */
async function toWrite(call: EtcdCall, grows: boolean): Promise<void> {
  authorize(call);
  if (grows) needSpace(call.state);
  await call.member.agreed(REFUSALS.deadline);
}

/** Leases are granted to people who have not logged in, but not to those with a token that is no good. */
async function toGrant(call: EtcdCall): Promise<void> {
  if (call.token !== undefined) authorize(call);
  needSpace(call.state);
  await call.member.agreed(REFUSALS.deadline);
}

function needSpace(state: EtcdState): void {
  for (const { ports } of state.members.values()) {
    const full = ports.suffers('etcd-nospace');
    full?.strike();
    if (full !== undefined) throw REFUSALS.noSpace();
  }
}

function authorize({ state, token }: EtcdCall): void {
  if (Object.keys(state.users).length === 0) return;
  if (token === undefined) throw REFUSALS.noUser();
  if (!state.tokens.has(token)) throw REFUSALS.badToken();
}

/** Streams are refused inside an answer that is a success. */
function refusalWords(call: EtcdCall): string {
  try {
    authorize(call);
    return '';
  } catch (error) {
    const { grpcCode, message } = error as { grpcCode: number; message: string };
    return `rpc error: code = ${grpcCode === 16 ? 'Unauthenticated' : 'InvalidArgument'} desc = ${message}`;
  }
}

async function written({ member }: EtcdCall): Promise<Answer> {
  await member.caughtUp(REFUSALS.deadline);
  return { header: member.header() };
}

function deletionsOf(state: EtcdState, range: KeyRange): Write[] {
  return state.store.range(range).map(({ key }) => ({ key }));
}

function putOf(body: Body): Write {
  const { key } = rangeOf(body);
  return { key, put: { value: textOf(body['value'], ''), lease: textOf(body['lease'], '0') } };
}

function rangeOf(body: Body): KeyRange {
  const key = keyFrom(body['key']);
  if (key === '') throw REFUSALS.noKey();
  return { key, end: keyFrom(body['range_end']) };
}

function listOf(value: unknown): readonly Body[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}

/** Numbers may come as numbers, too. */
function textOf(value: unknown, absent: string): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : absent;
}

function numberOf(value: unknown): number {
  return Number(value ?? 0);
}

function freshId({ member }: EtcdCall): string {
  const { random } = member.ports;
  return `${(BigInt(random.int(2 ** 31)) << 32n) | BigInt(random.int(2 ** 32))}`;
}
