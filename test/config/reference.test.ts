import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../core/config/read.ts';
import { InvalidConfig } from '../../core/config/problems.ts';
import { HEAD, keyRows, PRESET_HEAD, presetRows, rowsOf } from './reference.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'configuration.md'), 'utf8');
const rows = rowsOf(page);
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

const blocksAsConfigs = () =>
  blocks('toml').map((text) => {
    return readConfig({ file: { path: 'shown', text }, environment: {}, foreignTables: ['storage'] }).config;
  });

describe('the page on configuration', () => {
  test('has every key as the code has it, in the same order', () => {
    const width = HEAD.length;
    expect(rows.filter((row) => row.length === width && row[0] !== HEAD[0])).toEqual(keyRows());
  });

  test('has every preset as the code has it', () => {
    const width = PRESET_HEAD.length;
    expect(rows.filter((row) => row.length === width)).toEqual([PRESET_HEAD, ...presetRows()]);
  });

  test('shows files that can be used', () => {
    expect(blocksAsConfigs()).toHaveLength(4);
  });

  test('says the same under other names', () => {
    const [canonical, aliased] = blocksAsConfigs();
    expect(aliased).toEqual(canonical);
  });

  test('shows what is really said about a file with mistakes', () => {
    const [text = '', said = ''] = blocks('text');
    try {
      readConfig({ file: { path: 'rollcall.toml', text }, environment: { ROLLCALL_CLUSTER_LABLE: 'blue' } });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidConfig);
      expect(`rollcall: ${(error as InvalidConfig).message}\n`).toBe(said);
    }
  });
});
