import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkNamedFiles } from '../../cli/named-files.ts';
import { InvalidConfig } from '../../core/config/problems.ts';
import { readConfig } from '../../core/config/read.ts';
import { authority } from '../transports/sockets/support.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-named-'));
  const { issue } = authority();
  const { ca, cert, key } = issue('IP:127.0.0.1');
  const other = issue('IP:127.0.0.2').key;
  for (const [name, text] of Object.entries({ ca, cert, key, other })) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'text'), 'secret');
  writeFileSync(join(folder, 'empty'), '\n');
  writeFileSync(join(folder, 'keyring.json'), '["AAECAwQFBgcICQoLDA0ODw=="]');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is said about the files that this configuration names; `DIR` is a folder with some. */
async function said(text: string): Promise<string[]> {
  const file = { path: 'rollcall.toml', text: text.replaceAll('DIR', folder) };
  try {
    await checkNamedFiles({ result: readConfig({ file, environment: {} }), file });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidConfig)) throw error;
    return error.message.replaceAll(folder, 'DIR').split('\n\n');
  }
}

describe('the files that a configuration names', () => {
  test('are told all at once when they are not there, each with its place', async () => {
    const text = [
      '[cluster.network]',
      'mode = "tls"',
      'tls = { cert_file = "DIR/c", key_file = "DIR/k", ca_file = "DIR" }',
      '[admin]',
      'token_file = "DIR/t"',
    ].join('\n');
    expect(await said(text)).toEqual([
      'The configuration has 4 problems.',
      'rollcall.toml:3:9: cluster.network.tls.cert_file names DIR/c: there is no such file.',
      expect.stringMatching(/^rollcall.toml:3:\d+: cluster.network.tls.key_file names DIR\/k: there is no such file.$/),
      expect.stringMatching(/^rollcall.toml:3:\d+: cluster.network.tls.ca_file names DIR: it is a folder.$/),
      'rollcall.toml:5:1: admin.token_file names DIR/t: there is no such file.',
    ]);
  });

  test.each([
    ['a certificate that is none', 'admin = { cert_file = "DIR/text", key_file = "DIR/text" }', 'Each must be PEM'],
    [
      'the key of another certificate',
      'admin = { cert_file = "DIR/cert", key_file = "DIR/other" }',
      'do not go together',
    ],
    ['a token that is empty', 'admin.token_file = "DIR/empty"', 'names DIR/empty: it is empty'],
    [
      'a keyring that is damaged',
      'cluster.encryption.keyring_file = "DIR/text"',
      'The keyring DIR/text cannot be used',
    ],
    ['a data directory that is a file', 'cluster.data_dir = "DIR/text"', 'The keyring DIR/text/keyring.json cannot be'],
  ])('are looked into: %s', async (_, text, words) => {
    const problems = await said(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
    expect(problems[0]).not.toContain('secret');
  });

  test.each([
    [
      'certificates are good',
      'cluster.network = { mode = "tls", tls = { cert_file = "DIR/cert", key_file = "DIR/key", ca_file = "DIR/ca" } }',
    ],
    ['nothing is named', '[cluster]'],
    ['a keyring and a token are there', 'cluster.data_dir = "DIR"\nadmin.token_file = "DIR/text"'],
    ['a keyring is not there yet', 'cluster.data_dir = "DIR/new"'],
    [
      'certificates are not used',
      'cluster.network.tls = { cert_file = "DIR/c" }\nadmin = { enabled = false, cert_file = "DIR/c", key_file = "DIR/k" }',
    ],
  ])('are right where %s', async (_, text) => {
    expect(await said(text)).toEqual([]);
  });
});
