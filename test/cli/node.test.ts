import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Command, eventually, MAIN, TSX } from './node-process.ts';

let folder = '';
const running: Command[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-node-'));
});

afterEach(async () => {
  for (const command of running.splice(0)) {
    command.signal('SIGKILL');
    await command.ended;
  }
  rmSync(folder, { recursive: true });
});

const QUICK = ['--admin', '127.0.0.1:0', '--bind', '127.0.0.1:0'];

/** A node on ports of its own. */
function node(name: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Command {
  return start(['node', '--node-id', name, ...QUICK, ...args], { ROLLCALL_CLUSTER_MEMBERSHIP_PRESET: 'local', ...env });
}

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Command {
  const command = new Command(args, env);
  running.push(command);
  return command;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  json<T>(): T;
}

/** What the admin interface of a node answers. */
async function ask(command: Command, path: string): Promise<Answer> {
  const answer = await fetch(`http://${await command.admin()}${path}`);
  const text = await answer.text();
  return { status: answer.status, text, json: <T>() => JSON.parse(text) as T };
}

const addressOf = async (command: Command): Promise<string> =>
  String((await command.line(/ starts, known/))['address']);

describe('rollcall node', () => {
  test('joins, is operated over its admin interface, and ends with 0 after a goodbye', async () => {
    const a = node('a');
    const b = node('b', ['--join', await addressOf(a), '--tag', 'role=db']);
    await b.line(/^joined through/);
    await a.line(/^b joined/);
    const health = (await ask(a, '/cluster/health')).json<{ nodes: unknown[] }>();
    expect(health).toMatchObject({ status: 'healthy', total_nodes: 2, alive_nodes: 2 });
    expect(health.nodes).toContainEqual(expect.objectContaining({ id: 'b', tags: { role: 'db' }, state: 'alive' }));
    expect((await ask(b, '/readyz')).status).toBe(200);
    expect((await ask(b, '/metrics')).text).toContain('rollcall_cluster_size 2');

    const listed = start(['members', '--admin', await a.admin(), '--json']);
    expect(await listed.ended).toBe(0);
    expect(JSON.parse(listed.stdout)).toHaveLength(2);

    b.signal('SIGTERM');
    expect(await b.ended).toBe(0);
    await a.line(/^b left/);
  });

  test('without anything said is a single node that opens no cluster socket', async () => {
    const alone = start(['node', '--admin', '127.0.0.1:0']);
    await alone.line(/runs as a single node/);
    expect((await ask(alone, '/cluster/health')).json()).toMatchObject({ total_nodes: 1, status: 'healthy' });
    expect((await ask(alone, '/readyz')).status).toBe(200);
    alone.signal('SIGINT');
    expect(await alone.ended).toBe(0);
  });

  test('ends when told to leave over HTTP, and answers first', async () => {
    const a = node('a');
    const leave = start(['leave', '--admin', await a.admin()]);
    expect(await leave.ended).toBe(0);
    expect(await a.ended).toBe(0);
  });

  test('finds its cluster again from its snapshot after all were killed', async () => {
    const files = ['a', 'b'].map((name) => join(folder, name));
    const a = node('a', ['--data-dir', files[0]!], { ROLLCALL_CLUSTER_SNAPSHOT_INTERVAL_SEC: '1' });
    const [addressA, b] = [
      await addressOf(a),
      node('b', ['--data-dir', files[1]!, '--join', await addressOf(a)], {
        ROLLCALL_CLUSTER_SNAPSHOT_INTERVAL_SEC: '1',
      }),
    ];
    const addressB = await addressOf(b);
    await eventually(
      () => {
        try {
          return (
            files.every((file) => readFileSync(join(file, 'snapshot'), 'utf8').includes('127.0.0.1:')) || undefined
          );
        } catch {
          return undefined;
        }
      },
      () => 'both snapshots',
    );
    for (const one of [a, b]) one.signal('SIGKILL');
    await Promise.all([a.ended, b.ended]);
    const again = [
      start(['node', '--admin', '127.0.0.1:0', '--bind', addressA, '--data-dir', files[0]!], {
        ROLLCALL_CLUSTER_MEMBERSHIP_PRESET: 'local',
      }),
      start(['node', '--admin', '127.0.0.1:0', '--bind', addressB, '--data-dir', files[1]!], {
        ROLLCALL_CLUSTER_MEMBERSHIP_PRESET: 'local',
      }),
    ];
    for (const one of again) await one.line(/is part of its cluster/);
    await expect
      .poll(async () => (await ask(again[0]!, '/cluster/health')).json<{ alive_nodes: number }>().alive_nodes, {
        timeout: 15_000,
      })
      .toBe(2);
  });

  test('reads its configuration again on SIGHUP, and says what needs a restart', async () => {
    const file = join(folder, 'cluster.toml');
    const toml = (role: string, label: string): string =>
      `[cluster]\nnode_id = "a"\nlabel = "${label}"\nlisten_addr = "127.0.0.1:0"\n[cluster.tags]\nrole = "${role}"\n[admin]\nbind = "127.0.0.1:0"\n`;
    writeFileSync(file, toml('db', ''));
    const a = start(['node', '--config', file]);
    await a.line(/begins its cluster alone/);
    writeFileSync(file, toml('cache', 'other'));
    a.signal('SIGHUP');
    await a.line(/took over cluster\.tags/);
    await a.line(/restart this node for changes of cluster\.label/);
    expect((await ask(a, '/cluster/nodes')).json()).toMatchObject([{ tags: { role: 'cache' } }]);
    writeFileSync(file, '[cluster]\nnode_id = 7\n');
    a.signal('SIGHUP');
    await a.line(/was not taken over: .*node_id/s);
    expect((await ask(a, '/healthz')).status).toBe(200);
  });

  test('refuses what is wrong in words: with 2, or with 1 where another try may do better', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const bad: [string[], RegExp, number][] = [
      [['--bind', `127.0.0.1:${port}`], /already bound/, 1],
      [['--bind', '192.0.2.1:7946'], /192\.0\.2\.1:7946/, 1],
      [['--bind', 'nonsense'], /cluster\.network\.swim_bind.*nonsense/s, 2],
      [['--config', join(folder, 'missing.toml')], /no such file/, 2],
      [['--advertise', '0.0.0.0'], /advertise/, 2],
      // Node's own way to make folders never returns here.
      [['--data-dir', '/proc/rollcall'], /snapshot cannot be written.*\/proc\/rollcall.*cluster\.data_dir/s, 2],
      [['--data-dir', '/dev/null'], /snapshot cannot be (read|written).*\/dev\/null/s, 2],
    ];
    for (const [args, words, code] of bad) {
      const refused = start(['node', '--admin', '127.0.0.1:0', '--bind', '127.0.0.1:0', ...args]);
      expect(await refused.ended).toBe(code);
      expect(refused.stderr).toMatch(words);
      expect(refused.stderr).not.toMatch(/^ +at /m);
    }
    taken.close();
  });

  test('ends at once on a second signal', async () => {
    const a = node('a');
    const b = node('b', ['--join', await addressOf(a)]);
    await b.line(/^joined through/);
    // A goodbye that nobody hears takes its time.
    a.signal('SIGSTOP');
    b.signal('SIGTERM');
    await b.line(/saying goodbye/);
    b.signal('SIGTERM');
    expect(await b.ended).toBe(143);
    a.signal('SIGCONT');
  });

  test('says goodbye when its terminal is closed', async () => {
    const a = node('a');
    const join = await addressOf(a);
    const words = [process.execPath, '--import', TSX, MAIN, 'node', '--node-id', 'b', ...QUICK, '--join', join];
    const terminal = spawn('script', ['-qfc', words.map((word) => `'${word}'`).join(' '), '/dev/null'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '', ROLLCALL_CLUSTER_MEMBERSHIP_PRESET: 'local' },
    });
    await a.line(/^b joined/);
    terminal.kill('SIGKILL');
    await a.line(/^b left/);
  });

  test('ends at once while a name service keeps it waiting', async () => {
    const silent = createSocket('udp4');
    await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
    const a = node('a', [], {
      ROLLCALL_CLUSTER_DISCOVERY_SERVICE: 'peers.test',
      ROLLCALL_CLUSTER_DISCOVERY_SERVERS: `127.0.0.1:${silent.address().port}`,
    });
    await a.line(/ starts, known/);
    const asked = process.hrtime.bigint();
    a.signal('SIGTERM');
    expect(await a.ended).toBe(0);
    expect(Number(process.hrtime.bigint() - asked) / 1e9).toBeLessThan(4);
    silent.close();
  });

  test('refuses a token file without a token, at its start and when it reads it again', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, '\n');
    const refused = node('a', [], { ROLLCALL_ADMIN_TOKEN_FILE: file });
    expect(await refused.ended).toBe(2);
    expect(refused.stderr).toMatch(/admin\.token_file names .*token, which is empty/);
    writeFileSync(file, 'secret\n');
    const a = node('a', [], { ROLLCALL_ADMIN_TOKEN_FILE: file });
    await a.line(/begins its cluster alone/);
    writeFileSync(file, '');
    a.signal('SIGHUP');
    await a.line(/was not taken over: .*which is empty/);
    expect((await ask(a, '/cluster/keys')).status).toBe(401);
  });

  test('rotates its key over the admin interface, into its file', async () => {
    const key = Buffer.alloc(32, 1).toString('base64');
    const fresh = Buffer.alloc(32, 2).toString('base64');
    const a = node('a', ['--data-dir', folder], { ROLLCALL_CLUSTER_ENCRYPTION_KEYS: key });
    const admin = await a.admin();
    for (const args of [
      ['install', fresh],
      ['use', fresh],
      ['remove', key],
    ]) {
      const change = start(['keys', ...args, '--admin', admin]);
      expect(await change.ended, change.stderr).toBe(0);
    }
    expect(JSON.parse(readFileSync(join(folder, 'keyring.json'), 'utf8'))).toEqual([fresh]);
    expect(a.stdout).not.toContain(key);
  });
});
