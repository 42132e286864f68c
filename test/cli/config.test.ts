import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configInWords } from '../../cli/config-in-words.ts';
import { readConfig } from '../../core/config/read.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
const KEY = 'AAECAwQFBgcICQoLDA0ODw==';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-config-'));
  const text = ['[cluster]', 'node_id = "n1"', 'seeds = ["10.0.0.1"]', `encryption.keys = ["${KEY}"]`].join('\n');
  writeFileSync(join(folder, 'good.toml'), text);
  writeFileSync(join(folder, 'bad.toml'), '[cluster]\nnode_idd = "n1"\nallow = ["10.0.0.0/33"]\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function config(given: readonly string[], variables: Readonly<Record<string, string>> = {}) {
  const env = { PATH: process.env['PATH'] ?? '', ...variables };
  const child = spawn(process.execPath, ['--import', TSX, MAIN, 'config', ...given], { cwd: folder, env });
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

describe.concurrent('rollcall config check', () => {
  test('says what a good configuration means, and ends with 0', async () => {
    const { status, stdout, stderr } = await config([
      'check',
      '--config',
      'good.toml',
      '--join',
      '[::1]:1',
      '--join',
      'b',
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('good.toml: ok\n  A cluster node "n1" on 0.0.0.0:7946 over UDP.\n');
    expect(stdout).toContain('It finds peers by the seed nodes [::1]:1, b;');
    expect(stdout).toContain('Messages are encrypted with 1 key.');
  });

  test('tells everything that is wrong on stderr, and ends with 2', async () => {
    const { status, stdout, stderr } = await config(['check', '--config', 'bad.toml'], { ROLLCALL_LOG_LEVEL: 'loud' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(
      /^rollcall: The configuration has 3 problems\.\n\nbad\.toml:2:1: .*\n\nbad\.toml:3:10: .*\n\nROLLCALL_LOG_LEVEL: .*\n$/,
    );
  });

  test('tells what is wrong with flags and variables at once', async () => {
    const variables = { ROLLCALL_CLUSTER_SEED: '1', ROLLCALL_LOG_LEVEL: 'loud' };
    const { status, stderr } = await config(['check', '--tag', 'foo', '--tag', '', '--bind', 'x'], variables);
    expect(status).toBe(2);
    const [head, ...problems] = stderr.trim().split('\n\n');
    expect(head).toBe('rollcall: The configuration has 4 problems.');
    expect(problems.map((problem) => problem.split(':')[0]).toSorted()).toEqual([
      '--bind',
      '--tag',
      'ROLLCALL_CLUSTER_SEED',
      'ROLLCALL_LOG_LEVEL',
    ]);
    expect(stderr).toContain('--tag: cluster.tags is ["foo",""], but must be a table of texts');
  });

  test('with --json says what it means for programs', async () => {
    const { status, stdout, stderr } = await config(['check', '--json', '--config', 'good.toml']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      file: 'good.toml',
      says: expect.arrayContaining(['Messages are encrypted with 1 key.']),
    });
  });

  test('with --json tells everything that is wrong on stdout, and ends with 2', async () => {
    const given = ['check', '--json', '--config', 'bad.toml'];
    const { status, stdout, stderr } = await config(given, { ROLLCALL_LOG_LEVEL: 'loud' });
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      file: 'bad.toml',
      problems: [
        {
          path: 'cluster.node_idd',
          message: expect.stringContaining('cluster.node_idd'),
          suggestion: expect.stringContaining('node_id'),
          source: { kind: 'file', file: 'bad.toml', key: 'cluster.node_idd' },
          line: 2,
          column: 1,
        },
        {
          path: 'cluster.allow[0]',
          message: expect.stringContaining('10.0.0.0/33'),
          value: '10.0.0.0/33',
          allowed: expect.any(String),
          source: { kind: 'file', file: 'bad.toml', key: 'cluster.allow' },
          line: 3,
          column: 10,
        },
        {
          path: 'log.level',
          message: expect.stringContaining('loud'),
          value: 'loud',
          allowed: expect.stringContaining('debug'),
          source: { kind: 'environment', variable: 'ROLLCALL_LOG_LEVEL' },
        },
      ],
    });
  });

  test('with --json tells of a file that is not there, too', async () => {
    const { status, stdout } = await config(['check', '--json', '--config', 'none.toml']);
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      file: 'none.toml',
      problems: [{ message: 'The configuration none.toml cannot be read: there is no such file.' }],
    });
  });

  test.each([
    ['a file that is not there', ['--config', 'none.toml'], 'there is no such file'],
    ['a file that is a folder', ['--config', '.'], 'it is a folder'],
    ['a tag without a value', ['--tag', 'role'], '--tag: cluster.tags is ["role"]'],
    ['a tag without a name', ['--tag', '=db', '--tag', 'a=b'], '--tag: cluster.tags is ["=db"]'],
    ['a flag that is unknown', ['--nod-id', 'n1'], '--node-id'],
  ])('tells of %s in one line, and ends with 2', async (_, given, words) => {
    const { status, stderr } = await config(['check', ...given]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^rollcall: [^\n]+\n$/);
    expect(stderr).toContain(words);
  });
});

describe.concurrent('rollcall config print', () => {
  test('prints what counts as TOML, secrets masked', async () => {
    const { status, stdout } = await config(['print', '--config', 'good.toml', '--tag', 'a=1', '--tag', 'b=x=y']);
    expect(status).toBe(0);
    expect(parse(stdout)).toMatchObject({
      cluster: { node_id: 'n1', tags: { a: '1', b: 'x=y' }, encryption: { keys: ['***'] } },
    });
    expect(stdout).not.toContain('#');
  });

  test('with --sources says where each value comes from', async () => {
    const given = ['print', '--sources', '--config', 'good.toml', '--admin', '127.0.0.1:1'];
    const { stdout } = await config(given, { ROLLCALL_LOG_FORMAT: 'json' });
    expect(stdout).toContain('node_id = "n1" # good.toml:2:1\n');
    expect(stdout).toContain('bind = "127.0.0.1:1" # --admin\n');
    expect(stdout).toContain('format = "json" # ROLLCALL_LOG_FORMAT\n');
    expect(stdout).toContain('label = "" # default\n');
  });

  test('with --json prints the same for programs', async () => {
    const [plain, sources] = await Promise.all([config(['print', '--json']), config(['print', '--json', '--sources'])]);
    expect(JSON.parse(plain.stdout)).toMatchObject({ 'cluster.enabled': false, 'cluster.discovery.seed_nodes': [] });
    expect(JSON.parse(sources.stdout)).toMatchObject({ 'log.level': { value: 'info', source: 'default' } });
  });
});

describe('in words', () => {
  const words = (values: Readonly<Record<string, unknown>>): string =>
    configInWords(readConfig({ values, environment: {} }).config).join('\n');

  test.each([
    ['a single node', {}, 'A single node: it opens no cluster sockets.'],
    ['a node without a name', { cluster: {} }, 'A cluster node that names itself on 0.0.0.0:7946 over UDP.'],
    ['what others are told', { cluster: { advertise_addr: '10.0.0.7' } }, 'known to others at 10.0.0.7'],
    ['a label', { cluster: { label: 'blue' } }, 'under the label "blue"'],
    ['nobody to ask', { cluster: {} }, 'It has nobody to ask for peers: it waits to be found.'],
    ['SRV records', { cluster: { dns: { service: '_a._tcp.org' } } }, 'the SRV records of _a._tcp.org'],
    [
      'several sources',
      { cluster: { seeds: ['a'], dns: { service: 'b.org' } } },
      'the seed nodes a, then the addresses of b.org',
    ],
    [
      'several sources at once',
      { cluster: { seeds: ['a'], dns: { service: 'b.org' }, discovery: { mode: 'race' } } },
      'the seed nodes a, or, if that answers sooner, the addresses of b.org',
    ],
    [
      'how many must be there',
      { cluster: { seeds: ['a'], discovery: { expect: 3 } } },
      'It is ready when 3 members are there, itself included.',
    ],
    ['no encryption', { cluster: {} }, 'Messages are not encrypted.'],
    [
      'a keyring in the data directory',
      { cluster: { data_dir: '/d' } },
      'not encrypted unless /d/keyring.json has keys.',
    ],
    [
      'a keyring elsewhere',
      { cluster: { encryption: { keys: [KEY], keyring_file: '/k' } } },
      'with 1 key unless /k has others.',
    ],
    ['what is remembered', { cluster: { data_dir: '/d' } }, 'It remembers members in /d.'],
    ['no admin interface', { admin: { enabled: false } }, 'No admin interface.'],
    ['everybody on the machine', {}, 'http://127.0.0.1:50051: whoever is on this machine can read and change things.'],
    ['readers alone', { admin: { bind: '0.0.0.0:1' } }, 'others can read; changes are refused: no token.'],
    [
      'changes that are switched off',
      { admin: { allow_changes: false } },
      'can read; changes are refused: allow_changes is false.',
    ],
    ['a token', { admin: { bind: '0.0.0.0:1', token: 't' } }, 'others can read; changes need the token.'],
    ['a token in a file', { admin: { token_file: 't' } }, 'changes need the token.'],
    [
      'client certificates',
      { admin: { cert_file: 'c', key_file: 'k', ca_file: 'a' } },
      'changes need a client certificate.',
    ],
    [
      'both',
      { admin: { cert_file: 'c', key_file: 'k', ca_file: 'a', token: 't' } },
      'changes need the token or a client certificate.',
    ],
    ['one over TLS', { admin: { cert_file: 'c', key_file: 'k' } }, 'https://127.0.0.1:50051'],
  ])('%s', (_, values, sentence) => {
    expect(words(values)).toContain(sentence);
  });
});
