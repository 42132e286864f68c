import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { keygenCommand, signCommand, verifyRegistryCommand } from '../../cli/commands/registry-signing.ts';
import type { Given } from '../../cli/options.ts';
import type { SignedRegistry } from '../../core/discovery/signed/signed-registry.ts';
import { Command } from './node-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-signing-'));
const at = (name: string): string => join(folder, name);
const running: Command[] = [];
afterAll(async () => {
  for (const command of running) command.signal('SIGKILL');
  await Promise.all(running.map(({ ended }) => ended));
  rmSync(folder, { recursive: true });
});

let shown = '';
let complaints = '';
beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((shown += String(text)), true));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((complaints += String(text)), true));
  return () => void vi.restoreAllMocks();
});

/** What a command printed. */
function printed(command: () => number): string {
  shown = '';
  complaints = '';
  expect(command()).toBe(0);
  return shown;
}

const key = at('signing.key');
writeFileSync(at('peers.json'), JSON.stringify({ peers: [{ id: 'a', address: '10.0.0.1:7946' }] }));
let publicKey = '';
beforeEach(() => {
  if (publicKey === '') publicKey = printed(() => keygenCommand(key)).trim();
});

const sign = (file: string, more: Given = {}): string => printed(() => signCommand(at(file), { key, ...more }));
const document = (name: string): SignedRegistry => JSON.parse(readFileSync(at(name), 'utf8')) as SignedRegistry;

describe('rollcall registry keygen', () => {
  test('makes a private key for its owner alone, and never takes the place of a file', () => {
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const before = readFileSync(key, 'utf8');
    expect(() => keygenCommand(key)).toThrow(`with the public key ${publicKey}`);
    expect(() => keygenCommand(at('peers.json'))).toThrow('is no private key');
    expect(readFileSync(key, 'utf8')).toBe(before);
  });
});

describe('rollcall registry sign', () => {
  test('numbers editions one after the other, for the same cluster, and those who could read the file still can', () => {
    const output = at('signed.json');
    sign('peers.json', { cluster: 'blue', seq: '7', output });
    chmodSync(output, 0o640);
    expect(sign('peers.json', { output })).toContain('edition 8 for cluster "blue", 1 entry');
    expect(document('signed.json')).toMatchObject({ cluster: 'blue', seq: 8, entries: [{ id: 'a' }] });
    expect(statSync(output).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  test('signs again what was signed before', () => {
    const output = at('renewed.json');
    sign('peers.json', { seq: '1', output });
    sign('renewed.json', { output, expires: '1h' });
    const { seq, issued, expires } = document('renewed.json');
    expect(seq).toBe(2);
    expect(Date.parse(expires) - Date.parse(issued)).toBe(3_600_000);
  });

  test('without a file to replace prints an edition that is numbered by the clock', () => {
    const { seq, issued, expires } = JSON.parse(sign('peers.json')) as SignedRegistry;
    expect(seq).toBe(Math.floor(Date.parse(issued) / 1_000));
    expect(Date.parse(expires) - Date.parse(issued)).toBe(30 * 86_400_000);
  });

  test('tells what nodes will pass over', () => {
    writeFileSync(at('odd.json'), JSON.stringify([{ direct_addresses: ['10.0.0.1:7946', '0.0.0.0:7946'] }]));
    sign('odd.json');
    expect(complaints).toMatch(/^rollcall: .*odd\.json: entry 1 has 0\.0\.0\.0:7946, where its node binds/);
  });

  test.each<[string, string | undefined, Given, string]>([
    ['no file', undefined, {}, 'there is no such file'],
    ['half a file', '[{"addr', {}, 'is no JSON'],
    ['no list', '{"a":1}', {}, 'lists no peers. Give an entry with an address'],
    ['an entry that nobody can read', '[{"id":"a"}]', {}, 'entry 1 has no address'],
    ['a fraction', '[{"address":"10.0.0.1","w":1.5}]', {}, 'must be a safe integer'],
    ['a key that is none', '[]', { key: at('peers.json') }, 'holds no private key'],
    ['a number that is none', '[]', { seq: '-1' }, '--seq is "-1"'],
    ['no life', '[]', { expires: '0s' }, '--expires is "0s"'],
    ['a life without end', '[]', { expires: '99999999d' }, 'from 1s to 3650d'],
    ['another file in the way', '[]', { output: at('peers.json') }, 'is no signed registry. Give another --output'],
    ['a folder that is missing', '[]', { output: at('none/signed.json') }, 'cannot be written'],
  ])('refuses %s', (_, content, more, words) => {
    if (content === undefined) rmSync(at('bad.json'), { force: true });
    else writeFileSync(at('bad.json'), content);
    expect(() => sign('bad.json', more)).toThrow(words);
  });
});

describe('rollcall registry verify', () => {
  test('tells whether nodes would believe a list', () => {
    const output = at('verified.json');
    sign('peers.json', { cluster: 'blue', output });
    const verify = (keys: readonly string[], given: Given): number => verifyRegistryCommand(output, keys, given);
    const other = printed(() => keygenCommand(at('other.key'))).trim();
    expect(printed(() => verify([other, publicKey], {}))).toContain('for cluster "blue", 1 entry');
    expect(verify([publicKey], { cluster: 'green' })).toBe(1);
    expect(complaints).toContain('it is about the cluster "blue", not "green"');
    expect(verify([other], {})).toBe(1);
    expect(() => verify(['abc'], {})).toThrow('--public-key is "abc". Give 32 bytes in base64');
  });
});

test('a node joins whom a list names that was signed with its key, and not whom another list names', async () => {
  const node = (name: string, ...flags: string[]): Command => {
    const args = ['node', '--node-id', name, '--bind', '127.0.0.1:0', '--admin', '127.0.0.1:0', ...flags];
    const command = new Command(args);
    running.push(command);
    return command;
  };
  const { address } = await node('first').line(/ starts, known to others at /);
  writeFileSync(at('live.json'), JSON.stringify([{ id: 'first', address }]));
  const signed = at('live-signed.json');
  const config = at('node.toml');
  writeFileSync(
    config,
    `[cluster.discovery]\ntype = "file"\npaths = [${JSON.stringify(signed)}]\npublic_keys = ["${publicKey}"]\n` +
      'refresh_interval_sec = 1\n',
  );
  printed(() => keygenCommand(at('stranger.key')));
  sign('live.json', { key: at('stranger.key'), output: signed });
  const second = node('second', '--config', config);
  await second.line(/is not trusted here/);
  sign('live.json', { output: signed });
  await second.line(/^joined through /);
}, 30_000);
