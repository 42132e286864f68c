import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printConfig, shownKeys } from '../../core/config/print.ts';
import { readConfig } from '../../core/config/read.ts';
import { configTree, SECRET_KEYS } from './arbitrary.ts';

const fileOf = (text: string) => ({ path: 'rollcall.toml', text });

test('what is printed is read back as the same', () => {
  fc.assert(
    fc.property(configTree, (values) => {
      const result = readConfig({ values, environment: {} });
      for (const text of [printConfig(result), printConfig(result, '')]) {
        expect(readConfig({ file: fileOf(text), environment: {} }).config).toEqual(result.config);
      }
    }),
  );
});

describe('with sources', () => {
  const text = [
    '[cluster]',
    'listen_addr = "10.0.0.1:7946"',
    'tags = { role = "db", "a b" = "c" }',
    '[cluster.membership]',
    'preset = "wan"',
    '[cluster.discovery]',
    'type = "dns"',
    'service = "_rollcall._tcp.example.org"',
  ].join('\n');
  const result = readConfig({
    file: fileOf(text),
    environment: { ROLLCALL_CLUSTER_TAGS: 'role=cache,dc=eu' },
    flags: [{ flag: '--join', path: 'cluster.discovery.seed_nodes', value: ['10.0.0.2:7946'] }],
  });
  const lines = printConfig(result, text).split('\n');

  test.each([
    ['an alias, by its own place', 'swim_bind = "10.0.0.1:7946" # rollcall.toml:2:1'],
    ['a section that was switched on, by what did it', 'enabled = true # rollcall.toml:2:1'],
    ['a tag that was overridden', 'role = "cache" # ROLLCALL_CLUSTER_TAGS'],
    ['a tag that was added', 'dc = "eu" # ROLLCALL_CLUSTER_TAGS'],
    ['a tag that stayed', '"a b" = "c" # rollcall.toml:3:23'],
    ['what a preset says', 'probe_interval_ms = 5000 # preset wan'],
    ['a source of the command line', '[[cluster.discovery.sources]] # --join'],
    ['a source of the file', '[[cluster.discovery.sources]] # rollcall.toml:7:1'],
    ['what nobody said', 'label = "" # default'],
  ])('it names the place of %s', (_, line) => {
    expect(lines).toContain(line);
  });
});

test('secrets are masked, and that there are some is shown', () => {
  const values = { cluster: { encryption: { keys: SECRET_KEYS } }, admin: { token: 'open-sesame' } };
  const result = readConfig({ values, environment: {} });
  const printed = printConfig(result, '') + JSON.stringify(shownKeys(result));
  for (const secret of [...SECRET_KEYS, 'open-sesame']) expect(printed).not.toContain(secret);
  expect(printed).toContain('keys = [ "***", "***", "***" ]');
  expect(printed).toContain('token = "***"');
});

test('what opens a signed link is not printed', () => {
  const registry_url = 'https://x.example.org/list.json?X-Amz-Date=2026&X-Amz-Signature=abcdef&sig=zzz';
  const discovery = { type: 'registry', registry_url, register: false };
  const printed = printConfig(readConfig({ values: { cluster: { discovery } }, environment: {} }));
  expect(printed).toContain('X-Amz-Date=2026');
  expect(printed).not.toMatch(/abcdef|zzz/);
});
