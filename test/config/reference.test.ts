import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../core/config/read.ts';
import { isSourceText } from '../../core/discovery/peer-text.ts';
import { InvalidConfig } from '../../core/config/problems.ts';
import { HEAD, keyRows, PRESET_HEAD, presetRows, sourceTables, tablesOf } from './reference.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'configuration.md'), 'utf8');
const tables = tablesOf(page);
const rowsUnder = (head: readonly string[]): string[][] =>
  tables.filter((table) => table[0]!.join() === head.join()).flatMap((table) => table.slice(1));
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

const blocksAsConfigs = () =>
  blocks('toml').map((text) => {
    return readConfig({ file: { path: 'shown', text }, environment: {}, foreignTables: ['storage'] }).config;
  });

describe('the page on configuration', () => {
  test('has every key as the code has it, in the same order', () => {
    expect(rowsUnder(HEAD)).toEqual(keyRows());
  });

  // `npx tsx test/config/write-reference.ts` writes them anew.
  test('has every key of every type of source, in the same order', () => {
    expect(tables.filter(([head]) => head![0]!.startsWith('Key of '))).toEqual(sourceTables());
  });

  test('has every preset as the code has it', () => {
    expect(rowsUnder(PRESET_HEAD)).toEqual(presetRows());
  });

  test('shows files that can be used', () => {
    expect(blocksAsConfigs()).toHaveLength(4);
  });

  test('shows texts that stand for sources, each for one', () => {
    const texts = blocks('sources').flatMap((block) => block.trim().split('\n'));
    expect(texts.length).toBeGreaterThan(5);
    for (const text of texts) {
      const { sources } = readConfig({ values: { cluster: { seeds: [text] } }, environment: {} }).config.cluster
        .discovery;
      expect(sources).toHaveLength(1);
      expect(isSourceText(text)).toBe(true);
    }
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
