import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from 'dns-packet';
import { describe, expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../../core/random.ts';
import { dnsResolver, type DnsResolverOptions } from '../../../transports/dns/resolver.ts';
import { answerTo, fakeServer, record, type Asked, type FakeServer, type Said } from './fake-server.ts';

function resolverAt(servers: readonly { address: string }[], options: Partial<DnsResolverOptions> = {}) {
  return dnsResolver({
    servers: servers.map(({ address }) => address),
    random: seededRandom('test'),
    timeoutMs: 1_000,
    hostsFile: '/dev/null',
    ...options,
  });
}

/** A file with this text, until the test is over. */
function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-dns-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file'), text);
  return join(folder, 'file');
}

const SRV = '_swim._tcp.disco.test';
const one = (name = 'a.disco.test'): Answer[] => [record.a(name, '10.0.0.1')];
const onlyA =
  (say: (asked: Asked) => Said) =>
  (asked: Asked): Said =>
    asked.kind === 'A' ? say(asked) : {};

/** An address where nobody answers, with an error from the system. */
async function deserted(): Promise<{ address: string }> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return { address: `127.0.0.1:${port}` };
}

describe('a question', () => {
  test('asks for recursion and room for 1232 bytes, from another port under another number each time', async () => {
    const server = await fakeServer(() => ({ answers: [record.txt('a.disco.test', ['x'])] }));
    for (let count = 0; count < 8; count++) await resolverAt([server]).texts('a.disco.test');
    const [{ query }] = server.asked as [Asked];
    expect(query.flag_rd).toBe(true);
    expect(query.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }]);
    expect(new Set(server.asked.map(({ port }) => port)).size).toBeGreaterThan(4);
    expect(new Set(server.asked.map(({ query: { id } }) => id)).size).toBeGreaterThan(4);
  });

  test('that is lost is asked again', async () => {
    const server = await fakeServer(onlyA(() => (server.asked.length > 2 ? { answers: one() } : undefined)));
    const resolver = resolverAt([server], { timeoutMs: 100, attempts: 3 });
    expect((await resolver.addresses('a.disco.test')).records).toEqual(['10.0.0.1']);
  });

  test.each([
    ['is silent', undefined],
    ['fails', { rcode: 2 }],
    ['refuses', { rcode: 5 }],
    ['is not in charge', { rcode: 9 }],
    ['talks nonsense', 'nonsense'],
  ])('goes to the next server when one %s', async (_, said) => {
    const bad = await fakeServer(({ query }) => (said === 'nonsense' ? unreadable(query.id!) : (said as Said)));
    const good = await fakeServer(() => ({ answers: [record.txt('a.disco.test', ['x'])] }));
    const resolver = resolverAt([bad, await deserted(), good], { timeoutMs: 100 });
    expect((await resolver.texts('a.disco.test')).records).toEqual(['x']);
    expect(bad.asked).toHaveLength(1);
  });

  test('is not put again to servers that have spoken, and fails with what tells most', async () => {
    const [silent, failing] = [await fakeServer(() => undefined), await fakeServer(() => ({ rcode: 2 }))];
    const resolver = resolverAt([silent, failing, await deserted()], { timeoutMs: 50, attempts: 3 });
    const error = await resolver.texts('a.disco.test').catch((reason: Error) => reason);
    expect(error).toMatchObject({ problem: 'server-failure', question: 'a.disco.test' });
    const { message } = error as Error;
    expect(message).toContain(`${silent.address} did not answer within 50 ms`);
    expect(message).toContain(`${failing.address} failed to find out (code 2)`);
    expect(message).toContain('cannot be reached (ECONNREFUSED)');
    expect([silent.asked.length, failing.asked.length]).toEqual([3, 1]);
  });

  test('that nobody can be reached for is unreachable', async () => {
    const resolver = resolverAt([await deserted()]);
    await expect(resolver.texts('a.disco.test')).rejects.toMatchObject({ problem: 'unreachable' });
  });

  test('is given up when all of its time is over', async () => {
    const servers = [await fakeServer(() => undefined), await fakeServer(() => undefined)];
    const began = performance.now();
    const resolver = resolverAt(servers, { timeoutMs: 60_000, attempts: 5 });
    await expect(resolver.addresses('a.disco.test', { deadlineMs: 150 })).rejects.toMatchObject({ problem: 'timeout' });
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  test.each(['', '.', 'a..b', 'with space', 'grün.test', `${'x'.repeat(64)}.test`, 'x.'.repeat(130)])(
    'for %j is never asked',
    async (name) => {
      const server = await fakeServer(() => ({ answers: one() }));
      await expect(resolverAt([server]).texts(name)).rejects.toMatchObject({
        code: 'RESOLVE_FAILED',
        problem: 'malformed',
      });
      expect(server.asked).toEqual([]);
    },
  );
});

function unreadable(id: number): Buffer {
  const bytes = Buffer.alloc(20, 0xff);
  bytes.writeUInt16BE(id);
  return bytes;
}

describe('an answer', () => {
  const forged: [string, (asked: Asked) => Buffer][] = [
    [
      'another number',
      ({ query }) => answerTo({ ...query, id: (query.id! + 1) & 0xffff }, { answers: bad('a.disco.test') }),
    ],
    [
      'another name',
      ({ query }) => answerTo(query, { questions: [{ type: 'A', name: 'b.test' }], answers: bad('b.test') }),
    ],
    ['another type', ({ query }) => answerTo(query, { questions: [{ type: 'TXT', name: 'a.disco.test' }] })],
    ['two questions', ({ query }) => answerTo(query, { questions: [...query.questions!, ...query.questions!] })],
    ['no question', ({ query }) => answerTo(query, { questions: [], answers: bad('a.disco.test') })],
    ['the mark of a question', ({ query }) => answerTo(query, {}).fill(0, 2, 3)],
    ['one byte', () => Buffer.from([0])],
    ['no byte', () => Buffer.alloc(0)],
  ];
  const bad = (name: string): Answer[] => [record.a(name, '6.6.6.6')];

  test.each(forged)('with %s is not believed, and the true one behind it is', async (_, forge) => {
    const server = await fakeServer(onlyA((asked) => [forge(asked), answerTo(asked.query, { answers: one() })]));
    expect((await resolverAt([server], { attempts: 1 }).addresses('a.disco.test')).records).toEqual(['10.0.0.1']);
  });

  test('from another address is not believed', async () => {
    const stranger = createSocket('udp4');
    onTestFinished(() => void stranger.close());
    const server = await fakeServer(
      onlyA(({ query, port }) => {
        stranger.send(answerTo(query, { answers: bad('a.disco.test') }), port, '127.0.0.1');
        return undefined;
      }),
    );
    const resolver = resolverAt([server], { timeoutMs: 200, attempts: 1 });
    await expect(resolver.addresses('a.disco.test')).rejects.toMatchObject({ problem: 'timeout' });
    expect(server.asked.length).toBeGreaterThan(0);
  });

  test('in other letters, capital or small, is believed', async () => {
    const server = await fakeServer(
      onlyA(({ query }) =>
        answerTo(query, { questions: [{ type: 'A', name: 'A.DISCO.test' }], answers: one('a.Disco.TEST') }),
      ),
    );
    expect((await resolverAt([server]).addresses('a.disco.test')).records).toEqual(['10.0.0.1']);
  });

  test('counts only for the name that was asked for', async () => {
    const answers = [
      ...bad('elsewhere.test'),
      ...one(),
      { ...record.a('a.disco.test', '6.6.6.6'), class: 'CH' } as Answer,
    ];
    const server = await fakeServer(onlyA(() => ({ answers })));
    expect((await resolverAt([server]).addresses('a.disco.test')).records).toEqual(['10.0.0.1']);
  });

  test('that cannot be read is malformed', async () => {
    const server = await fakeServer(({ query }) => unreadable(query.id!));
    await expect(resolverAt([server]).texts('a.disco.test')).rejects.toMatchObject({ problem: 'malformed' });
  });

  test('of random bytes under the right number does no harm', async () => {
    const random = seededRandom('noise');
    const server = await fakeServer(({ query }) => {
      const bytes = Buffer.from(answerTo(query, { answers: [record.srv(SRV, 'node1.test', 1), ...one()] }));
      for (let count = 0; count < 4; count++) bytes[2 + random.int(bytes.length - 2)] = random.int(256);
      return bytes;
    });
    const resolver = resolverAt([server], { timeoutMs: 20, attempts: 1 });
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, () => resolver.services(SRV)));
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) expect(failure).toMatchObject({ code: 'RESOLVE_FAILED' });
  });

  test.each([
    ['format error', { rcode: 1 }],
    ['format error without the question', { rcode: 1, questions: [] }],
    ['not implemented', { rcode: 4 }],
  ])('"%s" is asked again without the extension', async (_, said) => {
    const server = await fakeServer(onlyA(({ query }) => (query.additionals!.length > 0 ? said : { answers: one() })));
    expect((await resolverAt([server]).addresses('a.disco.test')).records).toEqual(['10.0.0.1']);
  });

  test('"bad version" of the extension is asked again without it', async () => {
    const version = {
      ...({ type: 'OPT', name: '.', udpPayloadSize: 512, options: [] } as object),
      extendedRcode: 1,
    } as Answer;
    const server = await fakeServer(
      onlyA(({ query }) => (query.additionals!.length > 0 ? { additionals: [version] } : { answers: one() })),
    );
    expect((await resolverAt([server]).addresses('a.disco.test')).records).toEqual(['10.0.0.1']);
  });

  test('"format error" also without the extension is a failure of the server', async () => {
    const server = await fakeServer(() => ({ rcode: 1 }));
    await expect(resolverAt([server]).texts('a.disco.test')).rejects.toMatchObject({ problem: 'server-failure' });
  });
});

describe('an answer that was cut short', () => {
  const many = Array.from({ length: 300 }, (_, index) => record.srv(SRV, `node${index}.disco.test`, 7000 + index));

  test('is asked for again over TCP, and then whole', async () => {
    const server = await fakeServer(({ via }) => (via === 'udp' ? { truncated: true } : { answers: many }));
    const { records, complete } = await resolverAt([server]).services(SRV);
    expect([records.length, complete]).toEqual([300, true]);
    expect(server.asked.map(({ via }) => via)).toEqual(['udp', 'tcp']);
  });

  test('stays incomplete when TCP is refused', async () => {
    const server = await fakeServer(() => ({ truncated: true, answers: many.slice(0, 3) }), { tcp: false });
    expect(await resolverAt([server]).services(SRV)).toMatchObject({ complete: false, records: { length: 3 } });
  });

  test('stays incomplete when it is cut short over TCP too, or the server says no there', async () => {
    const part = { truncated: true, answers: many.slice(0, 3) };
    const cut = await fakeServer(() => part);
    expect(await resolverAt([cut]).services(SRV)).toMatchObject({ complete: false, records: { length: 3 } });
    const refusing = await fakeServer(({ via }) => (via === 'udp' ? part : { rcode: 5 }));
    expect(await resolverAt([refusing]).services(SRV)).toMatchObject({ complete: false, records: { length: 3 } });
  });

  test('to nothing is not absence: it is a failure', async () => {
    const server = await fakeServer(() => ({ truncated: true }), { tcp: false });
    await expect(resolverAt([server]).services(SRV)).rejects.toMatchObject({ problem: 'unreachable' });
    const cut = await fakeServer(() => ({ truncated: true }));
    await expect(resolverAt([cut]).services(SRV)).rejects.toMatchObject({ problem: 'malformed' });
  });

  test.each([
    ['hangs up', Buffer.alloc(0), 'unreachable'],
    ['talks nonsense', Buffer.alloc(12, 7), 'malformed'],
    ['is silent', undefined, 'timeout'],
  ])('is a failure when the server %s over TCP', async (_, said, problem) => {
    const server = await fakeServer(({ via }) => (via === 'udp' ? { truncated: true } : said));
    const resolver = resolverAt([server], { timeoutMs: 100, attempts: 1 });
    await expect(resolver.services(SRV)).rejects.toMatchObject({ problem });
  });
});

describe('addresses', () => {
  test('of one family are incomplete while the other cannot be asked for', async () => {
    const server = await fakeServer(({ kind }) => (kind === 'A' ? { answers: one() } : { rcode: 2 }));
    expect(await resolverAt([server]).addresses('a.disco.test')).toEqual({
      records: ['10.0.0.1'],
      lifetimeMs: 60_000,
      complete: false,
    });
  });

  test('are not absent while one family cannot be asked for', async () => {
    const server = await fakeServer(({ kind }) => (kind === 'A' ? {} : { rcode: 2 }));
    await expect(resolverAt([server]).addresses('a.disco.test')).rejects.toMatchObject({ problem: 'server-failure' });
  });

  test('are absent when one family says that the name does not exist', async () => {
    const server = await fakeServer(({ kind }) => ({ rcode: kind === 'A' ? 3 : 2 }));
    expect(await resolverAt([server]).addresses('a.disco.test')).toMatchObject({ records: [], absent: 'no-such-name' });
  });

  test('come once each', async () => {
    const server = await fakeServer(
      onlyA(() => ({ answers: [...one(), ...one(), record.a('a.disco.test', '10.0.0.2')] })),
    );
    expect((await resolverAt([server]).addresses('a.disco.test')).records).toEqual(['10.0.0.1', '10.0.0.2']);
  });
});

describe('absence', () => {
  test.each([
    ['as long as the zone says', [record.soa(30, 3_600)], 30_000],
    ['no longer than the authority record itself', [record.soa(3_600, 20)], 20_000],
    ['three hours at most', [record.soa(1_000_000, 1_000_000)], 10_800_000],
    ['not for long when nobody says how long', [], 5_000],
  ])('is believed %s', async (_, authorities, lifetimeMs) => {
    const server = await fakeServer(() => ({ rcode: 3, authorities }));
    expect(await resolverAt([server]).texts('a.disco.test')).toMatchObject({
      records: [],
      lifetimeMs,
      absent: 'no-such-name',
    });
  });
});

describe('an alias', () => {
  test('into another zone is asked for there', async () => {
    const server = await fakeServer(
      onlyA(({ name }) =>
        name === 'a.disco.test' ? { answers: [record.cname(name, 'b.test', 9)] } : { answers: one('b.test') },
      ),
    );
    expect(await resolverAt([server]).addresses('a.disco.test')).toEqual({
      records: ['10.0.0.1'],
      lifetimeMs: 9_000,
      complete: true,
    });
  });

  const chain = (length: number): Answer[] =>
    Array.from({ length }, (_, index) => record.cname(`n${index}.test`, `n${index + 1}.test`));

  test.each([
    ['eight', 8, ['10.0.0.1']],
    ['nine', 9, 'malformed'],
  ])('after alias, %s in one answer', async (_, length, outcome) => {
    const answers = [...chain(length), ...one(`n${length}.test`)];
    const server = await fakeServer(onlyA(() => ({ answers: answers.toReversed() })));
    const answer = resolverAt([server]).addresses('n0.test');
    const told = await answer.then(
      ({ records }) => records,
      (error: { problem: string }) => error.problem,
    );
    expect(told).toEqual(outcome);
  });

  test('after alias, without end, in answers one by one', async () => {
    const server = await fakeServer(({ name }) => ({ answers: [record.cname(name, `x${name}`)] }));
    await expect(resolverAt([server]).texts('n.test')).rejects.toMatchObject({ problem: 'malformed' });
    expect(server.asked).toHaveLength(9);
  });

  test('of itself is a failure', async () => {
    const server = await fakeServer(({ name }) => ({ answers: [record.cname(name, name)] }));
    await expect(resolverAt([server]).texts('n.test')).rejects.toMatchObject({ problem: 'malformed' });
  });
});

describe('services', () => {
  test('bring along the addresses of their targets, and live no longer than those', async () => {
    const server: FakeServer = await fakeServer(() => ({
      answers: [record.srv(SRV, 'Node1.disco.test', 7001), record.srv(SRV, 'node2.disco.test', 7002, [1, 0])],
      additionals: [
        record.a('node1.DISCO.test', '10.0.0.1', 30),
        record.aaaa('node1.disco.test', 'fd00::1', 20),
        record.a('stranger.test', '6.6.6.6', 1),
      ],
    }));
    expect(await resolverAt([server]).services(SRV)).toEqual({
      records: [
        { priority: 0, weight: 0, port: 7001, target: 'node1.disco.test', addresses: ['10.0.0.1', 'fd00::1'] },
        { priority: 1, weight: 0, port: 7002, target: 'node2.disco.test', addresses: [] },
      ],
      lifetimeMs: 20_000,
      complete: true,
    });
  });
});

test('texts are the strings of each record joined, also where a letter is split between two', async () => {
  const server = await fakeServer(({ query }) => {
    const [first, second] = [Buffer.from('grü').subarray(0, 3), Buffer.from('grün').subarray(3)];
    const data = [first, second] as unknown as string[];
    return answerTo(query, { answers: [record.txt('a.test', data), record.txt('a.test', ['one ', 'two'])] });
  });
  expect((await resolverAt([server]).texts('a.test')).records).toEqual(['grün', 'one two']);
});

describe('a lifetime', () => {
  test.each([
    [0, 0],
    [0x7fff_ffff, 0x7fff_ffff * 1_000],
    [0x8000_0000, 0],
  ])('of %d seconds is %d ms', async (ttl, lifetimeMs) => {
    const server = await fakeServer(() => ({ answers: [record.txt('a.test', ['x'], ttl)] }));
    expect((await resolverAt([server]).texts('a.test')).lifetimeMs).toBe(lifetimeMs);
  });
});

describe('the hosts file', () => {
  test('is looked into first, and each time', async () => {
    const server = await fakeServer(onlyA(() => ({ answers: one() })));
    const hostsFile = file('10.1.1.1  a.disco.test other # comment\nfd00::5 A.DISCO.TEST\nnonsense a.disco.test\n');
    const resolver = resolverAt([server], { hostsFile });
    expect(await resolver.addresses('a.disco.test.')).toMatchObject({
      records: ['10.1.1.1', 'fd00::5'],
      complete: true,
    });
    expect(server.asked).toEqual([]);
    writeFileSync(hostsFile, '# 10.1.1.1 a.disco.test\n');
    expect((await resolver.addresses('a.disco.test')).records).toEqual(['10.0.0.1']);
  });

  test.each(['localhost', 'db.localhost', 'LOCALHOST.'])('need not know %s', async (name) => {
    expect((await resolverAt([await deserted()]).addresses(name)).records).toEqual(['127.0.0.1', '::1']);
  });
});

describe('the addresses of servers', () => {
  test.each(['localhost:53', '10.0.0.1', ''])('%j is refused', (address) => {
    expect(() => resolverAt([{ address }])).toThrow('address');
  });
});

describe('resolv.conf', () => {
  const nameserver = ({ address }: FakeServer): string => `nameserver [127.0.0.1]:${address.split(':')[1]}\n`;

  function resolverWith(text: string, options: Partial<DnsResolverOptions> = {}) {
    const resolvConf = file(text);
    return { resolvConf, resolver: resolverAt([], { resolvConf, ...options }) };
  }

  const answering = (...names: string[]): Promise<FakeServer> =>
    fakeServer(({ name }) => {
      return names.includes(name)
        ? { answers: [record.txt(name, [name])] }
        : { rcode: 3, authorities: [record.soa(9, 9)] };
    });

  test('is read again when it has changed', async () => {
    const [old, fresh] = [await answering('a.test'), await answering('b.test')];
    const { resolver, resolvConf } = resolverWith(nameserver(old));
    expect((await resolver.texts('b.test')).absent).toBe('no-such-name');
    writeFileSync(resolvConf, nameserver(fresh));
    expect((await resolver.texts('b.test')).records).toEqual(['b.test']);
  });

  test('gives short names their domains, and full ones none', async () => {
    const server = await answering('seed.second.test', 'seed.plain.test');
    const { resolver } = resolverWith(`${nameserver(server)}search first.test second.test\noptions ndots:2\n`);
    const asked = async (name: string): Promise<string[]> => {
      server.asked.length = 0;
      await resolver.texts(name);
      return server.asked.map((one) => one.name);
    };
    expect(await asked('seed')).toEqual(['seed.first.test', 'seed.second.test']);
    expect(await asked('none')).toEqual(['none.first.test', 'none.second.test', 'none']);
    expect(await asked('seed.plain.test')).toEqual(['seed.plain.test']);
    expect(await asked('seed.')).toEqual(['seed']);
  });

  test('has no say over servers that were named otherwise', async () => {
    const server = await answering('seed.first.test');
    const resolver = resolverAt([server], { resolvConf: file('search first.test\n') });
    expect((await resolver.texts('seed')).absent).toBe('no-such-name');
  });

  test('makes no name absent while one of its full names cannot be asked for', async () => {
    const server = await fakeServer(({ name }) => ({ rcode: name === 'seed.first.test' ? 2 : 3 }));
    const { resolver } = resolverWith(`${nameserver(server)}search first.test second.test\n`);
    await expect(resolver.texts('seed')).rejects.toMatchObject({
      problem: 'server-failure',
      question: 'seed.first.test',
    });
    expect(server.asked.map(({ name }) => name)).toEqual(['seed.first.test', 'seed.second.test', 'seed']);
  });

  test('lets servers take turns if it says so', async () => {
    const servers = [await answering('a.test'), await answering('a.test')];
    const both = servers.map(nameserver).join('');
    const ask = async (text: string): Promise<number[]> => {
      for (const server of servers) server.asked.length = 0;
      const { resolver } = resolverWith(text);
      for (let count = 0; count < 20; count++) await resolver.texts('a.test');
      return servers.map(({ asked }) => asked.length);
    };
    expect(await ask(both)).toEqual([20, 0]);
    const [first = 0, second = 0] = await ask(`${both}options rotate\n`);
    expect(first + second).toBe(20);
    expect(Math.min(first, second)).toBeGreaterThan(3);
  });
});
