import { describe, expect, test } from 'vitest';
import { alive, described, LoneNode, suspect } from '../membership/lone-node.ts';
import { AdminDesk, linesOf } from './desk.ts';

/** A listener that has read the first, empty line. */
async function listening(desk = new AdminDesk()) {
  const gone = new AbortController();
  const response = await desk.ask('GET', '/cluster/events', { signal: gone.signal });
  const lines = linesOf(response.body);
  const read = async () => {
    const { done, value } = await lines.next();
    return done === true ? 'end' : new TextDecoder().decode(value);
  };
  return { desk, gone, response, read, first: await read() };
}

describe('the stream of events', () => {
  test('begins with an empty line, then tells what happens in order', async () => {
    const { desk, response, first, read } = await listening();
    expect([response.headers['content-type'], first]).toEqual(['application/x-ndjson', '\n']);
    desk.lone.hear(alive(described('a', '10.0.1.1:7946'), 1));
    desk.lone.hear(suspect('a', 1, 'b'));
    const joined = await read();
    expect(joined.endsWith('}\n')).toBe(true);
    expect(JSON.parse(joined)).toMatchObject({
      time: '2027-01-15T08:00:00.000Z',
      type: 'join',
      node: { id: 'a', addr: '10.0.1.1:7946', state: 'alive' },
    });
    expect(JSON.parse(await read())).toMatchObject({ type: 'suspect', by: 'b', node: { id: 'a', state: 'suspect' } });
  });

  test('an empty line after 15 quiet seconds shows that the line is not dead', async () => {
    const { desk, read } = await listening();
    const line = read();
    desk.lone.clock.advance(15_000);
    expect(await line).toBe('\n');
    const next = read();
    desk.lone.hear(alive(described('a', '10.0.1.1:7946'), 1));
    expect(await next).toContain('"join"');
  });

  test('ends when the node stops', async () => {
    const { desk, read } = await listening();
    const line = read();
    desk.lone.node.stop();
    expect(await line).toBe('end');
  });

  test('ends when the asker goes, and leaves nothing behind', async () => {
    const { desk, gone, read } = await listening();
    const timers = desk.lone.clock.pending;
    const line = read();
    gone.abort();
    expect(await line).toBe('end');
    expect(desk.lone.clock.pending).toBe(timers);
  });

  test('a slow reader loses the oldest', async () => {
    const { desk, read } = await listening();
    for (let i = 2; i < 2_000; i += 1) desk.lone.hear(alive(described('a', '10.0.1.1:7946', `${i}`), i));
    expect(JSON.parse(await read())).toMatchObject({ node: { incarnation: 2_000 - 1_024 } });
  });

  test('payloads of applications are not shown', async () => {
    const { desk, read } = await listening();
    const sender = new LoneNode({ name: 'a', address: '10.0.1.1:7946' });
    sender.hear(alive(described('me', '10.0.0.1:7946'), 1));
    sender.node.send('me', new TextEncoder().encode('secret'));
    desk.lone.hear(sender.parts('10.0.0.1:7946'));
    expect(JSON.parse(await read())).toEqual({ time: expect.any(String), type: 'message', from: 'a', bytes: 6 });
  });

  test('only 32 are open at once: listeners leave room for all other questions', async () => {
    const { desk, gone, read } = await listening();
    for (let open = 1; open < 32; open += 1) await listening(desk);
    expect((await desk.ask('HEAD', '/cluster/events')).status).toBe(503);
    expect(await desk.json('GET', '/cluster/events')).toMatchObject({
      status: 503,
      body: { error: { code: 'TOO_MANY_LISTENERS', message: expect.stringContaining('32') } },
    });
    expect((await desk.json('GET', '/healthz')).status).toBe(200);
    gone.abort();
    expect(await read()).toBe('end');
    expect((await desk.ask('HEAD', '/cluster/events')).status).toBe(200);
    expect((await listening(desk)).first).toBe('\n');
  });

  test('a node that does not run has nothing to tell', async () => {
    const desk = new AdminDesk();
    desk.lone.node.stop();
    expect(await desk.json('GET', '/cluster/events')).toMatchObject({
      status: 503,
      body: { error: { code: 'NOT_RUNNING' } },
    });
  });
});
