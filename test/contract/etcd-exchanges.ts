import { expect } from 'vitest';
import { base64, gateway, type EtcdUnderTest } from './etcd-sources.ts';

type Exchange = readonly [path: string, body: unknown, status: number, answer: unknown];

const missing = {
  error: 'etcdserver: requested lease not found',
  message: 'etcdserver: requested lease not found',
  code: 5,
};
const said = (message: string, code: number) => ({ error: message, message, code });
const FUTURE = 'etcdserver: mvcc: required revision is a future revision';
const EXISTS = 'etcdserver: lease already exists';
const TOO_LONG = 'etcdserver: too large lease TTL';
const NO_KEY = 'etcdserver: key is not provided';

/** What etcd 3.4.23 answers, number for number but for ids and revisions: the fake answers in the same words. */
function exchanges(prefix: string): readonly Exchange[] {
  const key = (name: string) => base64(`/${prefix}/${name}`);
  const all = { key: base64(`/${prefix}/`), range_end: base64(`/${prefix}0`) };
  const lease = String(BigInt(`0x${Buffer.from(prefix).toString('hex')}`) % 1_000_000_007n);
  const create = {
    compare: [{ key: key('x'), target: 'CREATE', result: 'EQUAL', create_revision: '0' }],
    success: [{ request_put: { key: key('x'), value: base64('v'), lease } }],
    failure: [{ request_range: { key: key('x') } }],
  };
  const header = 'HEADER';
  const inner = { revision: 'N' };
  const kv = (name: string, value: string, more = {}) => ({
    key: key(name),
    create_revision: 'N',
    mod_revision: 'N',
    version: 'N',
    value: base64(value),
    ...more,
  });
  return [
    ['/v3/kv/range', all, 200, { header }],
    ['/v3/kv/put', { key: key('a'), value: base64('1') }, 200, { header }],
    ['/v3/lease/grant', { TTL: '30', ID: lease }, 200, { header, ID: lease, TTL: '30' }],
    ['/v3/lease/grant', { TTL: '30', ID: lease }, 412, said(EXISTS, 9)],
    ['/v3/lease/grant', { TTL: '9999999999' }, 400, said(TOO_LONG, 11)],
    ['/v3/lease/keepalive', { ID: lease }, 200, { result: { header, ID: lease, TTL: '30' } }],
    ['/v3/lease/keepalive', { ID: '12345' }, 200, { result: { header, ID: '12345' } }],
    ['/v3/kv/lease/timetolive', { ID: '12345' }, 200, { header, ID: '12345', TTL: '-1' }],
    ['/v3/lease/revoke', { ID: '12345' }, 404, missing],
    ['/v3/kv/txn', create, 200, { header, succeeded: true, responses: [{ response_put: { header: inner } }] }],
    [
      '/v3/kv/txn',
      create,
      200,
      { header, responses: [{ response_range: { header: inner, kvs: [kv('x', 'v', { lease })], count: '1' } }] },
    ],
    [
      '/v3/kv/txn',
      {
        compare: [{ key: key('none'), target: 'MOD', result: 'EQUAL', mod_revision: '0' }],
        success: [{ request_delete_range: { key: key('a') } }],
      },
      200,
      { header, succeeded: true, responses: [{ response_delete_range: { header: inner, deleted: '1' } }] },
    ],
    ['/v3/kv/put', { key: key('z'), value: base64('v'), lease: '424242' }, 404, missing],
    ['/v3/kv/range', all, 200, { header, kvs: [kv('x', 'v', { lease })], count: '1' }],
    ['/v3/kv/put', { key: key('y'), value: base64('2') }, 200, { header }],
    ['/v3/kv/range', { ...all, limit: '1' }, 200, { header, kvs: [kv('x', 'v', { lease })], more: true, count: '2' }],
    ['/v3/kv/range', { ...all, count_only: true }, 200, { header, count: '2' }],
    ['/v3/kv/range', { ...all, revision: '999999999' }, 400, said(FUTURE, 11)],
    ['/v3/kv/compaction', { revision: '999999999' }, 400, said(FUTURE, 11)],
    ['/v3/kv/range', {}, 400, said(NO_KEY, 3)],
    ['/v3/kv/range', { key: '!!' }, 400, said('illegal base64 data at input byte 0', 3)],
    ['/v3/kv/lease/revoke', { ID: lease }, 200, { header }],
    ['/v3/kv/deleterange', { key: key('x') }, 200, { header }],
    ['/v3/kv/deleterange', { key: key('y') }, 200, { header, deleted: '1' }],
    ['/v3beta/kv/range', all, 200, { header }],
    ['/v3/nothing', {}, 404, 'Not Found'],
    [
      '/v3/auth/authenticate',
      { name: 'root', password: 'x' },
      412,
      said('etcdserver: authentication is not enabled', 9),
    ],
  ];
}

/** The bare gateway, question by question. */
export async function expectSameExchanges(under: EtcdUnderTest, prefix: string): Promise<void> {
  for (const [path, body, status, answer] of exchanges(prefix)) {
    const got = await gateway(under, under.endpoints[0]!, path, body);
    expect({ path, body, status: got.status, answer: anonymous(got.json) }).toEqual({ path, body, status, answer });
  }
}

/** Without what differs from cluster to cluster; what is no header, and no number in a text, stays and is seen. */
export function anonymous(json: unknown): unknown {
  return JSON.parse(
    JSON.stringify(json, (name, value: unknown) => {
      if (name === 'header' && isWholeHeader(value)) return 'HEADER';
      const isRevision = /^(revision|create_revision|mod_revision|version)$/.test(name);
      return isRevision && typeof value === 'string' && /^[1-9]\d*$/.test(value) ? 'N' : value;
    }),
  );
}

function isWholeHeader(header: unknown): boolean {
  const fields = ['cluster_id', 'member_id', 'revision', 'raft_term'];
  const entries = Object.entries(header as object);
  return (
    JSON.stringify(entries.map(([name]) => name)) === JSON.stringify(fields) &&
    entries.every(([, value]) => typeof value === 'string' && /^[1-9]\d*$/.test(value))
  );
}
