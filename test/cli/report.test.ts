import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonReport } from '../../reports/index.ts';
import { suiteResult } from '../reports/suite-result.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'cli/main.ts');
const TSX = pathToFileURL(join(ROOT, 'node_modules/tsx/dist/loader.mjs')).href;
const OWN = join(ROOT, 'test/scenarios/fixtures/own.ts');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-report-'));
  writeFileSync(join(folder, 'results.json'), jsonReport(suiteResult()));
  writeFileSync(join(folder, 'cut.json'), jsonReport(suiteResult()).slice(0, 1_000));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rollcall(...given: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', TSX, MAIN, ...given], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

const pageAt = (path: string) => readFileSync(join(folder, path), 'utf8');

describe('the page of a suite', () => {
  test('is written by every run, which names it before its verdict', async () => {
    const { status, stdout } = await rollcall('run', OWN, 'own-strict', '--seed', '17');
    expect(status).toBe(1);
    expect(stdout.trimEnd().split('\n').slice(-3, -1)).toEqual(['Report: rollcall-results/report.html', 'FAIL']);
    expect(pageAt('rollcall-results/report.html')).toContain('"scenario":"own-strict","verdict":"fail"');
  });

  test('is made again from any results file', async () => {
    const made = await rollcall('report', 'results.json', '--output', 'pages/suite.html');
    expect(made).toEqual({ status: 0, stdout: 'pages/suite.html\n', stderr: '' });
    expect(pageAt('pages/suite.html')).toContain('"runs":20,"passed":18');
  });
});

describe('a report that cannot be made says why in one line and ends with 2', () => {
  test.each([
    [['nowhere.json'], 'nowhere.json cannot be read: '],
    [['cut.json'], 'cut.json is no results file to use: it is not JSON, or was cut off.'],
    [['results.json', 'cut.json'], 'A report is of one results file: results.json, cut.json.'],
  ])('rollcall report %j', async (given, why) => {
    const { status, stdout, stderr } = await rollcall('report', ...given, '--output', 'never.html');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^rollcall: [^\n]+\n$/);
    expect(stderr).toContain(why);
    expect(existsSync(join(folder, 'never.html'))).toBe(false);
  });
});
