import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { storm } from '../../../bench/timeline/storm.ts';
import { MOST_PACKED, timelinePage } from '../../../reports/html/timeline.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { packTimeline } from '../../../scenarios/timeline/pack.ts';
import { launchChromium } from '../../browser/chromium.ts';
import { collect } from '../collected.ts';
import { failing } from '../failing.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'docs', 'screenshots');
const WIDE = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, deviceScaleFactor: 2 };

interface Picture {
  readonly name: string;
  readonly scenario: Scenario;
  readonly options: BrowserContextOptions;
  readonly atTheBrokenRule?: boolean;
}

const PICTURES: readonly Picture[] = [
  { name: 'timeline-light', scenario: failing, options: WIDE, atTheBrokenRule: true },
  { name: 'timeline-phone', scenario: failing, options: { ...PHONE, colorScheme: 'dark' } },
  { name: 'timeline-100', scenario: storm, options: { ...WIDE, colorScheme: 'dark' } },
];

/** Pictures of timelines for the documentation. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-screenshots-'));
  const browser = await launchChromium();
  try {
    for (const picture of PICTURES) {
      const { timeline } = await collect(picture.scenario, 1);
      const { text } = packTimeline(timeline, MOST_PACKED);
      const file = join(folder, 'timeline.html');
      writeFileSync(file, timelinePage(timeline.run.token, { packed: text }));
      await take(browser, pathToFileURL(file).href, picture);
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

async function take(browser: Browser, address: string, { name, options, atTheBrokenRule }: Picture): Promise<void> {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForSelector('#lanes');
  if (atTheBrokenRule === true) await page.locator('.broken button').click();
  await page.evaluate('new Promise((done) => setTimeout(done, 500))');
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  await context.close();
}

await main();
