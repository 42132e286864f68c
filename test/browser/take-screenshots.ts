import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { htmlReport, parsePapers, parseResults, parseSweep } from '../../reports/index.ts';
import { launchChromium } from './chromium.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'screenshots');

const WIDE = { viewport: { width: 1200, height: 860 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, deviceScaleFactor: 2 };

interface View {
  /** A section without which there is no such picture. */
  readonly section?: string;
  readonly options: BrowserContextOptions;
}

/** Of the report, by the name of the picture. */
const VIEWS: Readonly<Record<string, View>> = {
  'report-light': { options: WIDE },
  'report-dark': { section: 'distributions', options: { ...WIDE, colorScheme: 'dark' } },
  'report-phone': { section: 'distributions', options: PHONE },
  'report-sweep': { section: 'sweep', options: WIDE },
};

/**
 * Pictures for the documentation, of a results file and of what is kept beside it: a sweep, papers.
 * `npm run screenshots -- FILE`
 */
async function main(results = 'rollcall-results/results.json'): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-screenshots-'));
  const browser = await launchChromium();
  try {
    const report = join(folder, 'report.html');
    writeFileSync(report, reportOf(results));
    for (const [name, { section, options }] of Object.entries(VIEWS))
      await take(browser, name, report, options, section);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function reportOf(results: string): string {
  const kept = <Result>(name: string, parse: (text: string, name: string) => Result) => {
    const file = join(dirname(results), name);
    return existsSync(file) ? parse(readFileSync(file, 'utf8'), file) : undefined;
  };
  return htmlReport({
    suite: parseResults(readFileSync(results, 'utf8'), results),
    sweep: kept('sweeps.json', parseSweep),
    papers: kept('papers.json', parsePapers),
  });
}

async function take(
  browser: Browser,
  name: string,
  page: string,
  options: BrowserContextOptions,
  section = '',
): Promise<void> {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
  try {
    const tab = await context.newPage();
    await tab.goto(`${pathToFileURL(page).href}#${section}`);
    if (section !== '' && (await tab.locator(`#${section}`).count()) === 0) return;
    // Charts are drawn in the first frame after the page is there.
    await tab.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    await tab.screenshot({ path: join(FOLDER, `${name}.png`) });
  } finally {
    await context.close();
  }
}

await main(process.argv[2]);
