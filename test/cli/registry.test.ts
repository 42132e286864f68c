import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { nodeHttpClient } from '../../transports/http/client.ts';
import { Command } from './node-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-registry-'));
const token = join(folder, 'token');
const state = join(folder, 'state.json');
writeFileSync(token, 's3cret\n');
const running: Command[] = [];
const started = (...args: string[]): Command => {
  const command = new Command(['registry', ...args]);
  running.push(command);
  return command;
};
afterAll(async () => {
  for (const command of running) {
    command.signal('SIGKILL');
    await command.ended;
  }
  rmSync(folder, { recursive: true });
});

const headers = { authorization: 'Bearer s3cret', 'content-type': 'application/json' };

async function ask(url: string, more: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
  const answer = await nodeHttpClient().call({ url, deadlineMs: 5_000, ...more });
  let text = '';
  for await (const chunk of answer.body) text += new TextDecoder().decode(chunk);
  return { status: answer.status, text };
}

describe('rollcall registry', () => {
  test('serves whoever shows the token, keeps its entries across restarts, and ends with 0', async () => {
    const args = ['--port', '0', '--token-file', token, '--state', state];
    for (const entries of [0, 1]) {
      const command = started(...args);
      const { address } = await command.line(/^registry on http:/);
      const url = `http://${String(address)}`;
      expect(await ask(`${url}/discover/all`)).toMatchObject({ status: 401 });
      const all = await ask(`${url}/discover/all`, { headers });
      expect((JSON.parse(all.text) as { entries: unknown[] }).entries).toHaveLength(entries);
      const body = JSON.stringify({ id: 'n1', address: '10.0.0.1:7946' });
      expect((await ask(`${url}/register`, { method: 'POST', headers, body })).status).toBeLessThan(300);
      command.signal('SIGTERM');
      expect(await command.ended).toBe(0);
      expect(command.stdout + command.stderr).not.toContain('s3cret');
    }
  });

  test.each([
    [['--bind', 'everywhere'], '--bind is "everywhere"'],
    [['--port', '-1'], '--port is "-1"'],
    [['--cert', token], '--cert and --key belong together'],
    [['--token-file', join(folder, 'none')], 'cannot be read: there is no such file'],
    [['--ttl', '1s', '--port', '0'], 'at least 3 seconds'],
  ])('with %j says what is wrong in one line, and ends with 2', async (args, words) => {
    const command = started(...args);
    expect(await command.ended).toBe(2);
    expect(command.stderr).toContain(words);
    expect(command.stderr).toMatch(/^rollcall: [^\n]+\n$/);
  });
});
