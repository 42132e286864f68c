import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../core/ports/http.ts';
import { seededRandom } from '../../core/random.ts';
import { bytesFromText } from '../../core/wire/text.ts';
import type { FakeService } from '../../simulator/services/fake-service.ts';
import { FaultBoard } from '../../simulator/services/fault-board.ts';
import { standalone, type Standalone } from '../../simulator/services/standalone.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { ManualClock } from '../membership/lone-node.ts';

const clock = new ManualClock();

/** A fake that keeps what it hears. */
function recorded(): { readonly heard: unknown[]; readonly fake: Standalone } {
  const heard: unknown[] = [];
  const service: FakeService = {
    handler: ({ url }) => ({ status: 200, headers: {}, body: `you asked ${url}` }),
    effects: ['bad-mood'],
    struck: (effect, argument) => void heard.push([effect, argument]),
    command(name, argument) {
      if (name === 'explode') throw new TypeError('no such thing');
      heard.push([name, argument]);
    },
  };
  const ports = { name: 'fake', clock, random: seededRandom('a'), crypto: nodeCrypto() };
  return { heard, fake: standalone(() => service, ports) };
}

async function ask({ handler }: Standalone, method: string, url: string, body: unknown = '') {
  const request: HttpRequest = {
    method,
    url,
    headers: {},
    body: bytesFromText(typeof body === 'string' ? body : JSON.stringify(body)),
    peer: { address: '127.0.0.1', certified: false },
    signal: new AbortController().signal,
  };
  const response = await handler(request);
  return { status: response.status, body: response.body as string };
}

describe('a board of faults', () => {
  test('lets a fault act for its time, or until it is taken back', () => {
    const board = new FaultBoard(clock);
    board.begin('a', 1, 2_000);
    board.begin('b');
    expect(board.suffers('a')?.argument).toBe(1);
    clock.advance(2_000);
    expect(board.suffers('a')).toBeUndefined();
    expect(board.told()).toEqual([{ effect: 'b', argument: null, secondsLeft: null }]);
    board.clear('b');
    expect(board.suffers('b')).toBeUndefined();
  });

  test('lets a later fault hide an earlier one, and counts what struck', () => {
    const board = new FaultBoard(clock);
    board.begin('a', 1);
    board.begin('a', 2, 1_000);
    board.suffers('a')?.strike();
    expect(board.suffers('a')?.argument).toBe(2);
    clock.advance(1_000);
    expect(board.suffers('a')?.argument).toBe(1);
    expect([...board.struck]).toEqual([['a', 1]]);
  });
});

describe('a fake by itself', () => {
  test('answers as the service does, and below /_fake as what leads it', async () => {
    const { fake, heard } = recorded();
    expect(await ask(fake, 'GET', '/_fakes')).toEqual({ status: 200, body: 'you asked /_fakes' });
    expect(await ask(fake, 'POST', '/_fake/command', { name: 'do', argument: { it: 1 } })).toMatchObject({
      status: 200,
    });
    expect(await ask(fake, 'POST', '/_fake/fault', { effect: 'bad-mood', seconds: 5 })).toMatchObject({ status: 200 });
    expect(heard).toEqual([
      ['do', { it: 1 }],
      ['bad-mood', undefined],
    ]);
    const told = JSON.parse((await ask(fake, 'GET', '/_fake')).body) as object;
    expect(told).toMatchObject({ name: 'fake', faults: [{ effect: 'bad-mood', secondsLeft: 5 }], struck: {} });
  });

  test('suffers faults of HTTP, of which the service hears nothing', async () => {
    const { fake, heard } = recorded();
    fake.fault('http-status', { status: 429 }, 1_000);
    expect(await ask(fake, 'GET', '/')).toMatchObject({ status: 429 });
    expect(await ask(fake, 'GET', '/_fake')).toMatchObject({ status: 200 });
    await ask(fake, 'DELETE', '/_fake/faults');
    expect(await ask(fake, 'GET', '/')).toMatchObject({ status: 200 });
    expect(heard).toEqual([]);
  });

  test.each([
    ['an effect that it does not know', 'POST', '/_fake/fault', { effect: 'bad-moo' }, 400, 'Did you mean'],
    ['a fault without an effect', 'POST', '/_fake/fault', {}, 400, 'effect is undefined'],
    ['a time that is none', 'POST', '/_fake/fault', { effect: 'bad-mood', seconds: -1 }, 400, 'seconds is -1'],
    ['a field too many', 'POST', '/_fake/command', { name: 'do', argumnt: 1 }, 400, 'body is '],
    ['a command that throws', 'POST', '/_fake/command', { name: 'explode' }, 400, 'no such thing'],
    ['what is no JSON', 'POST', '/_fake/command', 'explode', 400, 'error'],
    ['a place where nothing is', 'POST', '/_fake/faults', {}, 404, 'GET /_fake, POST /_fake/command'],
  ])('refuses %s in words', async (_, method, url, body, status, words) => {
    const answer = await ask(recorded().fake, method, url, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(words);
  });
});
