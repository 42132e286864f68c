import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Command } from '../cli/node-process.ts';

const KEY = Buffer.alloc(32, 1).toString('base64');
const FRESH = Buffer.alloc(32, 2).toString('base64');

let folder = '';
const running: Command[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-starts-'));
});

afterEach(async () => {
  for (const command of running.splice(0)) {
    command.signal('SIGKILL');
    await command.ended;
  }
  rmSync(folder, { recursive: true });
});

function start(args: readonly string[], fullDisk = false): Command {
  const env = { ROLLCALL_CLUSTER_ENCRYPTION_KEYS: KEY, ROLLCALL_CLUSTER_SNAPSHOT_INTERVAL_SEC: '1' };
  const command = new Command(args, env, fullDisk);
  running.push(command);
  return command;
}

const LOOPBACK = ['--admin', '127.0.0.1:0', '--bind', '127.0.0.1:0'];

function node(args: readonly string[] = [], fullDisk = false): Command {
  return start(['node', '--node-id', 'a', ...LOOPBACK, '--data-dir', folder, ...args], fullDisk);
}

/** Ended with 2, which supervisors leave at that, and with these words instead of a stack. */
async function refused(command: Command, words: RegExp, code = 2): Promise<void> {
  expect(await command.ended, command.stdout).toBe(code);
  expect(command.stderr).toMatch(words);
  expect(command.stderr).not.toMatch(/^ +at /m);
}

const contents = (): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

describe('a disk that is full', () => {
  test('stops no node that runs, is told of with what to do, and costs neither snapshot nor keyring', async () => {
    const first = node();
    await first.line(/begins its cluster alone|is part of its cluster/);
    first.signal('SIGTERM');
    expect(await first.ended).toBe(0);
    const before = contents();
    expect(Object.keys(before).toSorted()).toEqual(['keyring.json', 'snapshot']);

    const second = node([], true);
    const failed = await second.line(/the snapshot was not written/);
    expect(failed).toMatchObject({ level: 'error' });
    expect(failed.msg).toMatch(/the old content is untouched.*tries again/);
    expect((await fetch(`http://${await second.admin()}/readyz`)).status).toBe(200);
    const install = start(['keys', 'install', FRESH, '--admin', await second.admin()]);
    expect(await install.ended).not.toBe(0);
    expect(install.stderr).toMatch(/keyring\.json/);
    expect(contents()).toEqual(before);
    const listed = start(['keys', 'list', '--admin', await second.admin(), '--json']);
    expect(await listed.ended).toBe(0);
    expect(JSON.parse(listed.stdout)).toMatchObject({ keys: [{ primary: true }] });
    expect((JSON.parse(listed.stdout) as { keys: unknown[] }).keys).toHaveLength(1);
    second.signal('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(contents()).toEqual(before);
  });

  test('stops the start of a node that could not keep its first key', async () => {
    await refused(node([], true), /keyring\.json/);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a file that cannot be read', () => {
  test('stops the start when it is the snapshot, and stays', async () => {
    mkdirSync(join(folder, 'snapshot'));
    await refused(node(), /snapshot/);
    expect(readdirSync(folder)).toEqual(['snapshot']);
  });

  test.each([
    ['a folder', () => mkdirSync(join(folder, 'keyring.json'))],
    ['no JSON', () => writeFileSync(join(folder, 'keyring.json'), `["${KEY}"`)],
  ])('stops the start when it is the keyring and %s, and stays', async (_what, make) => {
    make();
    await refused(node(), /keyring\.json cannot be used: .*Restore the file/s);
    expect(readdirSync(folder)).toEqual(['keyring.json']);
  });
});

describe('a port in use', () => {
  test('by UDP alone, by TCP alone, or as the admin interface is named, with what to do; it may be free later', async () => {
    const udp = createSocket('udp4').bind(0, '127.0.0.1');
    onTestFinished(() => void udp.close());
    const tcp = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void tcp.close());
    await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
    const [udpPort, tcpPort] = [udp.address().port, (tcp.address() as AddressInfo).port];
    const cases = [
      [
        ['--bind', `127.0.0.1:${udpPort}`],
        new RegExp(`127\\.0\\.0\\.1:${udpPort} is already bound\\. Stop what uses it`),
      ],
      [
        ['--bind', `127.0.0.1:${tcpPort}`],
        new RegExp(`127\\.0\\.0\\.1:${tcpPort} is already bound\\. Stop what uses it`),
      ],
      [
        ['--admin', `127.0.0.1:${tcpPort}`],
        new RegExp(`127\\.0\\.0\\.1:${tcpPort} is already bound\\. Stop what uses it`),
      ],
    ] as const;
    await Promise.all(cases.map(([args, words]) => refused(node(args), words, 1)));
  });
});
