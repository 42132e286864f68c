import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { syntheticSuite } from '../../bench/synthetic-suite.ts';
import { htmlReport } from '../../reports/index.ts';
import { replayLine } from '../../scenarios/result.ts';
import type { SuiteResult } from '../../scenarios/result.ts';
import { distribution } from '../../scenarios/summary.ts';
import { failing, run, suiteResult } from '../reports/suite-result.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { Pages } from './open-page.ts';

const EVIL = '</script><img src=x onerror="document.title=1">';

/** The suite of the other reports, with times that differ, and a scenario that means harm. */
function suiteToShow(): SuiteResult {
  const told = suiteResult();
  const [crash, calm] = told.scenarios as [(typeof told.scenarios)[0], (typeof told.scenarios)[0]];
  const runs = told.runs.map((one) =>
    one.scenario === 'crash-of-one'
      ? {
          ...one,
          token: run(one.scenario, one.seed).token,
          metrics: {
            ...one.metrics,
            detection: [one.seed * 317_000, one.seed * 401_000],
            undetected: one.seed === 1 ? 3 : 0,
          },
        }
      : one,
  );
  const detection = distribution(
    runs.filter(({ scenario }) => scenario === 'crash-of-one').flatMap((one) => one.metrics.detection),
  );
  const distributions = { ...crash.distributions, detection };
  return {
    ...told,
    runs,
    scenarios: [
      { ...crash, distributions },
      { ...calm, summary: EVIL },
    ],
  };
}

const suite = suiteToShow();
const stories = Array.from({ length: 50 }, (_, index) => ({
  name: `discovery-of-something-number-${index}`,
  summary: 'ten hosts find one another while a name service tells them nothing but old news',
  sometimes: ['somebody suspected'],
  stage: () => ({ hosts: [], faults: [], duration: 0, invariants: [] }),
}));

const textsOf = (cells: Locator) => cells.allTextContents();
const isVisible = (page: Page, text: string) => page.getByText(text, { exact: false }).first().isVisible();

describe.skipIf(!hasChromium)('the report in Chromium', () => {
  let pages: Pages;
  let report: string;
  let large: string;

  beforeAll(async () => {
    pages = new Pages(await launchChromium());
    report = pages.write('report.html', htmlReport({ suite }));
    large = pages.write(
      'large.html',
      htmlReport({ suite: syntheticSuite(stories, ({ name }) => run(name, 1), 1_000) }),
    );
  });
  afterEach(async () => {
    await pages.closeAll();
    // Whatever a test looked at: no page complains, and none asks the network.
    expect(pages.troubles.splice(0)).toEqual([]);
  });
  afterAll(() => pages.end());

  test('draws every section and answers first', async () => {
    const page = await pages.open(report);
    expect(await page.locator('.answer').textContent()).toContain('2 of 20 runs failed, in 1 scenario.');
    const links = await textsOf(page.locator('nav a'));
    expect(await textsOf(page.locator('h2'))).toEqual(links);
    expect(links).toContain('Failures');
    expect(await page.locator('canvas').count()).toBe(2);
  });

  test('takes no markup from a scenario', async () => {
    const page = await pages.open(report);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).toBe('Rollcall report');
    expect(await isVisible(page, EVIL)).toBe(true);
  });

  test('shows the numbers of the results file', async () => {
    const page = await pages.open(report);
    const { detection, convergence } = suite.scenarios[0]!.distributions;
    const seconds = (value: number | null) => (value === null ? '–' : (value / 1_000_000).toFixed(3));
    const cells = page.locator('#overview tbody tr', { hasText: 'crash-of-one' }).locator('th, td');
    expect((await textsOf(cells)).slice(2, 9)).toEqual([
      ...['10', '2', seconds(detection.p50), seconds(detection.p99)],
      ...[seconds(convergence.p50), seconds(convergence.p99), '0'],
    ]);
    const quantiles = page.locator('#distributions tbody tr', { hasText: 'crash-of-one' }).locator('td');
    expect(await textsOf(quantiles)).toEqual([
      ...[seconds(detection.p50), '3.208', seconds(detection.p99), seconds(detection.max)],
      ...['3', String(detection.samples)],
    ]);
    const load = page.locator('#load tbody tr', { hasText: 'crash-of-one' }).locator('td');
    expect(await textsOf(load)).toEqual(['10', '1,000']);
    expect(await page.locator('#troubles tbody tr').first().locator('td').allTextContents()).toEqual([
      '800',
      '20',
      '2',
    ]);
  });

  test('chooses what is measured', async () => {
    const page = await pages.open(report);
    await page.locator('#metric').selectOption('formation');
    expect(await page.locator('#distributions tbody tr').count()).toBe(2);
    await page.locator('#log').check();
    await page.locator('#distributions .pick input').first().uncheck();
    expect(await page.locator('#distributions .swatch line').count()).toBe(1);
  });

  test('filters by name and by verdict', async () => {
    const page = await pages.open(report);
    const names = page.locator('#overview tbody th');
    await page.locator('#filter-name').fill('FORMATION');
    expect(await textsOf(names)).toEqual(['formation-from-one-seed-of-a-hundred']);
    expect(await isVisible(page, 'Nothing failed.')).toBe(true);
    await page.locator('#filter-name').fill('');
    await page.locator('#filter-verdict').selectOption('fail');
    expect(await textsOf(names)).toEqual(['crash-of-one']);
    expect(await page.locator('.filter output').textContent()).toBe('1 of 2 shown');
  });

  test('sorts a table by a column, and says so', async () => {
    const page = await pages.open(report);
    const head = page.locator('#overview th', { hasText: 'Failed' });
    await head.locator('button').click();
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    await head.locator('button').click();
    expect(await textsOf(page.locator('#overview tbody th'))).toEqual([
      'formation-from-one-seed-of-a-hundred',
      'crash-of-one',
    ]);
  });

  describe('a link to a run', () => {
    test('opens a failing one, wherever it is folded away', async () => {
      const second = suite.runs.find(({ seed, verdict }) => verdict === 'fail' && seed === 5)!;
      const page = await pages.open(`${report}#${second.token}`);
      const entry = page.locator('.linked');
      expect(await entry.getAttribute('id')).toBe(second.token);
      expect(await entry.isVisible()).toBe(true);
      expect(await page.evaluate('document.activeElement.id')).toBe(second.token);
      // Where it can be seen, not below the bar.
      const top = 'document.querySelector(".linked").getBoundingClientRect().top';
      const bar = 'document.querySelector(".bar").getBoundingClientRect().bottom';
      await expect.poll(() => page.evaluate(`${top} > ${bar} && ${top} < innerHeight`)).toBe(true);
    });

    test('opens a slow one, also while the page is open', async () => {
      const page = await pages.open(report);
      await page.locator('#filter-name').fill('nothing like it');
      const token = suite.runs.find(({ scenario, seed }) => scenario === 'crash-of-one' && seed === 10)!.token;
      await page.evaluate(`location.hash = ${JSON.stringify(token)}`);
      await page.locator('.linked').waitFor();
      expect(await page.locator('.linked').getAttribute('id')).toBe(token);
    });

    test('gives the line to paste for one that is not listed', async () => {
      const { token } = suite.runs.find(({ scenario, seed }) => scenario === 'crash-of-one' && seed === 7)!;
      const page = await pages.open(`${report}#${token}`);
      const notice = page.locator('.notice');
      expect(await notice.textContent()).toContain('This page has no entry for crash-of-one, seed 7');
      expect(await notice.locator('code').textContent()).toBe(replayLine(token, suite.files));
      await page.evaluate('location.hash = "load"');
      expect(await notice.count()).toBe(0);
      await page.evaluate(`location.hash = ${JSON.stringify(token)}`);
      await expect
        .poll(() => page.evaluate('document.querySelector(".notice")?.getBoundingClientRect().top >= 0'))
        .toBe(true);
    });

    test('leads to sections too', async () => {
      const page = await pages.open(`${report}#load`);
      await expect
        .poll(() =>
          page.evaluate(
            'Math.abs(document.querySelector("#load h2").getBoundingClientRect().bottom - innerHeight) < innerHeight',
          ),
        )
        .toBe(true);
    });
  });

  test('shows what was kept of other measurements, and links to timelines', async () => {
    const row = { group: 'k = 1', unit: 'periods', low: 1.5, high: 1.7, span: 'interval', samples: 900 } as const;
    const judged = { ...row, rule: 'within', tolerance: 0.1, verdict: 'agrees', why: 'an exact formula' } as const;
    const rows = [8, 16, 32].map((x) => ({ ...judged, label: `n = ${x}`, x, paper: 1.58, ours: 1.6 }));
    const other = { ...rows[0]!, group: 'k = 3', why: 'a bound' };
    const table = {
      id: 'swim-detection',
      paper: 'swim',
      title: 'First detection',
      note: 'One crash.',
      rows: [...rows, other],
    } as const;
    const papers = { version: '0.1.0', mode: 'sampled', tables: [table], verdict: 'agrees' } as const;
    const timelines = { [failing.token]: 'timelines/crash-of-one-2.html' };
    const page = await pages.open(pages.write('more.html', htmlReport({ suite, papers, timelines })));
    expect(await textsOf(page.locator('#papers tbody tr').first().locator('th, td'))).toEqual([
      ...['k = 1', 'n = 8 (periods)', '1.58', '1.6 ± 0.1', '± 0.1', '900', '✓agrees'],
    ]);
    expect(await textsOf(page.locator('#papers .reasons li'))).toEqual(['k = 1: an exact formula.', 'k = 3: a bound.']);
    expect(await page.locator('#papers canvas').count()).toBe(1);
    expect(await page.locator('.finding a').getAttribute('href')).toBe('timelines/crash-of-one-2.html');
  });

  test('copies a line', async () => {
    const page = await pages.open(report, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.locator('.finding .copy').first().click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(replayLine(failing.token, suite.files));
  });

  test('saves a chart as a picture', async () => {
    const page = await pages.open(report);
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#distributions .png').click()]);
    expect(download.suggestedFilename()).toBe('detection-by-scenario.png');
    expect(
      readFileSync(await download.path())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });

  test('is as dark as the system until the reader chooses, and then stays so', async () => {
    const page = await pages.open(report, { colorScheme: 'dark' });
    const theme = () => page.evaluate('document.documentElement.dataset.theme');
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    expect([await theme(), await ground()]).toEqual(['dark', 'rgb(17, 21, 26)']);
    await page.locator('#theme').click();
    expect([await theme(), await ground()]).toEqual(['light', 'rgb(255, 255, 255)']);
    await page.reload();
    expect(await theme()).toBe('light');
  });

  test('lets the keyboard reach everything, in order, and out again', async () => {
    const page = await pages.open(report);
    const controls = 'a[href], button, input, select, summary, [tabindex="0"]';
    const expected: string[] = await page.evaluate(
      `[...document.querySelectorAll('${controls}')].filter((e) => e.checkVisibility()).map((e) => (e.dataset.n = crypto.randomUUID()))`,
    );
    const reached: string[] = [];
    for (let presses = 0; presses <= expected.length; presses += 1) {
      await page.keyboard.press('Tab');
      const id: string | null = await page.evaluate('document.activeElement.dataset.n ?? null');
      if (id === null) break;
      reached.push(id);
    }
    expect(reached).toEqual(expected);
    await page.reload();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
  });

  test('fits a phone', async () => {
    const page = await pages.open(report, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await page.locator('#filter-name').isVisible()).toBe(true);
  });

  test('is printed whole and light, without what is pressed', async () => {
    const page = await pages.open(report, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(await page.locator('nav, .filter, .copy, .png, #theme').filter({ visible: true }).count()).toBe(0);
    expect(await page.locator('details:not([open])').count()).toBe(0);
    expect(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')).toBe(
      'rgb(255, 255, 255)',
    );
    expect(await page.locator('canvas').first().isVisible()).toBe(true);
  });

  test('opens 50 scenarios over 1,000 seeds at once', async () => {
    const page = await pages.open(large);
    expect(await page.locator('.answer').textContent()).toContain('of 50,000 runs failed');
    // Half a second on an idle core; several of them share this one.
    expect(await page.evaluate('performance.getEntriesByType("navigation")[0].loadEventEnd')).toBeLessThan(4_000);
  });
});
