import { afterAll, describe, expect, test } from 'vitest';
import { nodeHttpClient } from '../../transports/http/client.ts';
import { seededRandom } from '../../core/random.ts';
import { bytesFromText, textFromBytes } from '../../core/wire/text.ts';
import { dnsResolver } from '../../transports/dns/resolver.ts';
import { Command, eventually } from './node-process.ts';

const running: Command[] = [];
const started = (...args: string[]): Command => {
  const command = new Command(args);
  running.push(command);
  return command;
};
afterAll(async () => {
  for (const command of running.splice(0)) {
    command.signal('SIGKILL');
    await command.ended;
  }
});

async function ask(url: string, method = 'GET', body?: unknown) {
  const content = body === undefined ? {} : { body: bytesFromText(JSON.stringify(body)) };
  const answer = await nodeHttpClient().call({ url, method, deadlineMs: 5_000, ...content });
  const parts: string[] = [];
  for await (const chunk of answer.body) parts.push(textFromBytes(chunk));
  return { status: answer.status, text: parts.join('') };
}

const urlIn = (command: Command, pattern: RegExp): Promise<string> =>
  eventually(
    () => pattern.exec(command.stdout)?.[1],
    () => command.stdout + command.stderr,
  );

describe.concurrent('rollcall fake', () => {
  test('serves a fake, begins and ends its faults, and ends with 0 on Ctrl-C', async () => {
    const command = started('fake', 'consul', '--port', '0');
    const url = await urlIn(command, /^consul on (http:\S+)\. Ctrl-C/m);
    const services = `${url}/v1/catalog/services`;
    expect(await ask(services)).toMatchObject({ status: 200 });

    const fault = { effect: 'http-status', argument: { status: 503 }, seconds: 60 };
    expect(await ask(`${url}/_fake/fault`, 'POST', fault)).toMatchObject({ status: 200 });
    expect(await ask(services)).toMatchObject({ status: 503 });
    expect(JSON.parse((await ask(`${url}/_fake`)).text)).toMatchObject({
      name: 'consul',
      effects: expect.arrayContaining(['http-slow', 'consul-no-leader']),
      faults: [{ effect: 'http-status' }],
      struck: { 'http-status': 1 },
    });
    expect(await ask(`${url}/_fake/faults`, 'DELETE')).toMatchObject({ status: 200 });
    expect(await ask(services)).toMatchObject({ status: 200 });

    command.signal('SIGINT');
    expect(await command.ended).toBe(0);
    expect(command.stderr).toBe('');
  });

  test('serves names, with what leads them beside it', async () => {
    const command = started('fake', 'dns', '--port', '0');
    const server = await urlIn(command, /^dns on (\S+), UDP/m);
    const control = await urlIn(command, /curl -s (http:\S+)\/_fake$/m);
    const resolver = dnsResolver({ servers: [server], random: seededRandom('fake') });
    expect((await resolver.addresses('a.test')).records).toEqual(['127.0.0.1']);
    const added = { name: 'add', argument: 'new.test 5 A 10.0.0.1' };
    expect(await ask(`${control}/_fake/command`, 'POST', added)).toMatchObject({ status: 200 });
    expect((await resolver.addresses('new.test')).records).toEqual(['10.0.0.1']);
  });

  test('lists all when none is named', async () => {
    const command = started('fake');
    expect(await command.ended).toBe(0);
    for (const name of ['consul', 'etcd', 'kubernetes', 'registry', 'dns'])
      expect(command.stdout).toContain(`\n${name} `.trim());
  });

  test.each([
    [['consl'], 'Did you mean "consul"?', 2],
    [['consul', '--port', '70000'], '--port is "70000"', 2],
    [['consul', '--bind', 'localhost'], '--bind is "localhost"', 2],
  ])('with %j says what is wrong in one line', async (args, words, status) => {
    const command = started('fake', ...args);
    expect(await command.ended).toBe(status);
    expect(command.stderr).toContain(words);
    expect(command.stderr).toMatch(/^rollcall: [^\n]+\n$/);
  });
});
