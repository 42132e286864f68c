import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { reportCommand } from '../../../cli/commands/report.ts';
import { jsonReport } from '../../../reports/json.ts';
import { UsageError } from '../../../scenarios/errors.ts';
import { natural, played, SECOND, seedsFrom } from './suites.ts';

const folder = mkdtempSync(join(tmpdir(), 'compare-'));
const output = join(folder, 'report.html');
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, detectionSeconds: number, scenario = 'crash-of-one', runs = 20): string {
  const suite = played([
    {
      name: scenario,
      seeds: seedsFrom(1, runs),
      measure: (seed) => ({ ...natural(seed), detection: [detectionSeconds * SECOND + seed] }),
    },
  ]);
  const file = join(folder, name);
  writeFileSync(file, jsonReport(suite));
  return file;
}

const quick = written('quick.json', 4);
const slow = written('slow.json', 6);
const foreign = written('foreign.json', 4, 'another');

describe('rollcall report --compare', () => {
  const told: string[] = [];
  beforeEach(() => {
    told.length = 0;
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => told.push(String(text)) > 0);
  });

  test('tells what became worse, on the terminal and in the page, and ends well unless asked not to', async () => {
    expect(await reportCommand([slow], { output, compare: quick })).toBe(0);
    expect(told.join('')).toContain('crash-of-one detection');
    expect(readFileSync(output, 'utf8')).toContain('"kind":"regression"');
  });

  test('ends with 1 on request when something became worse, and with 0 when nothing did', async () => {
    expect(await reportCommand([slow], { output, compare: quick, failOnRegression: true })).toBe(1);
    expect(await reportCommand([quick], { output, compare: slow, failOnRegression: true })).toBe(0);
    expect(await reportCommand([slow], { output, compare: slow, failOnRegression: true })).toBe(0);
  });

  test('ends with 2 on request when no scenario is in both files', async () => {
    expect(await reportCommand([slow], { output, compare: foreign, failOnRegression: true })).toBe(2);
    expect(await reportCommand([slow], { output, compare: foreign })).toBe(0);
  });

  test('ends with 2 on request when there were too few runs to see anything', async () => {
    const [before, after] = [written('few.json', 4, 'crash-of-one', 3), written('few-slow.json', 6, 'crash-of-one', 3)];
    expect(await reportCommand([after], { output, compare: before, failOnRegression: true })).toBe(2);
    expect(told.join('')).toContain('Too few runs');
  });

  test('refuses a file that is none of its own, and a demand without a comparison', async () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{"runs": [');
    await expect(reportCommand([slow], { output, compare: broken })).rejects.toThrow(UsageError);
    await expect(reportCommand([slow], { output, compare: join(folder, 'none') })).rejects.toThrow('no such file');
    await expect(reportCommand([slow], { output, failOnRegression: true })).rejects.toThrow('add --compare');
  });
});
