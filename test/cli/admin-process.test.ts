import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveHttp, type HttpServer } from '../../transports/http/server.ts';
import { AdminDesk } from '../admin/desk.ts';
import { alive, described } from '../membership/lone-node.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

const desk = new AdminDesk();
let server: HttpServer;
beforeAll(async () => {
  server = await serveHttp(
    ({ method, url, headers, body, signal }) => desk.ask(method, url, { headers, body, signal }),
    {
      bind: '127.0.0.1:0',
      onError: (error) => {
        throw error;
      },
    },
  );
});
afterAll(() => server.close(0));

let cats = 0;

function start(given: readonly string[]) {
  const env = { PATH: process.env['PATH'] ?? '', ROLLCALL_ADMIN_BIND: server.address };
  return spawn(process.execPath, ['--import', TSX, MAIN, ...given], { env });
}

/** Runs the command from source against the node; presses Ctrl-C once stdout shows this text. */
function rollcall(given: readonly string[], interruptAt?: string) {
  const child = start(given);
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString();
      if (interruptAt !== undefined && stdout.includes(interruptAt) && !child.killed) child.kill('SIGINT');
    });
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

test('a node is asked over its socket', async () => {
  const { status, stdout, stderr } = await rollcall(['members']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('1 alive.');
});

test('a watch ends with 130 on Ctrl-C, and says nothing more', async () => {
  const { status, stderr } = await rollcall(['members', '--watch'], '1 alive.');
  expect({ status, stderr }).toEqual({ status: 130, stderr: '' });
});

test('a watch ends when nobody reads it any more', async () => {
  const child = start(['members', '--watch']);
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.stdout.destroy();
  const ended = new Promise((resolve) => child.once('exit', resolve));
  desk.lone.hear(alive(described('cat', '10.0.1.3:7946'), 1));
  desk.lone.hear(alive(described('dog', '10.0.1.4:7946'), 1));
  await ended;
  expect(stderr).toBe('');
});

test.each([
  ['members', '--watch'],
  ['members', '--watch', '--json'],
  ['monitor', '--json'],
])('%s %s ends when nobody reads it any more, though nothing happens', async (...given) => {
  const child = start(given);
  let stderr = '';
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const shown = new Promise((resolve) => child.stdout.once('data', resolve));
  const news = setInterval(() => desk.lone.hear(alive(described(`cat${(cats += 1)}`, '10.0.1.3:7946'), 1)), 50);
  await shown;
  clearInterval(news);
  child.stdout.destroy();
  // Quarters of a minute pass: the node says that nothing happens.
  const time = setInterval(() => desk.lone.clock.advance(15_000), 50);
  await ended;
  clearInterval(time);
  expect(stderr).toBe('');
});

test('a node that is not there is told in one line', async () => {
  const { status, stdout, stderr } = await rollcall(['info', '--admin', '127.0.0.1:1']);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe(
    'rollcall: No node listens at http://127.0.0.1:1. Is it running, and is --admin its admin.bind?\n',
  );
});

test('a key is made without a node', async () => {
  const { status, stdout } = await rollcall(['keys', 'generate']);
  expect(status).toBe(0);
  expect(Buffer.from(stdout.trim(), 'base64')).toHaveLength(32);
});

test('a key is made as JSON, too', async () => {
  const { status, stdout } = await rollcall(['keys', 'generate', '--json']);
  expect(status).toBe(0);
  expect(Buffer.from((JSON.parse(stdout) as { key: string }).key, 'base64')).toHaveLength(32);
});

test('changes take --json', async () => {
  const { status, stderr } = await rollcall(['force-leave', 'nobody', '--json']);
  expect(status).toBe(1);
  expect(stderr).toContain('"nobody"');
});
