import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MOST_PACKED, timelinePage } from '../../../reports/html/timeline.ts';
import { packTimeline } from '../../../scenarios/timeline/pack.ts';
import type { Timeline } from '../../../scenarios/timeline/timeline.ts';
import { rowInWords } from '../../../scenarios/timeline/words.ts';
import { hasChromium, launchChromium } from '../../browser/chromium.ts';
import { Pages } from '../../browser/open-page.ts';
import { collect } from '../collected.ts';
import { failing } from '../failing.ts';

/** Longer than any picture takes, on a machine that does much else. */
const PATIENCE = { timeout: 20_000, interval: 30 };

describe.skipIf(!hasChromium)('the page of a timeline', () => {
  let pages: Pages;
  let address: string;
  let timeline: Timeline;

  beforeAll(async () => {
    pages = new Pages(await launchChromium());
    ({ timeline } = await collect(failing, 1));
    const { text } = packTimeline(timeline, MOST_PACKED);
    address = pages.write('timeline.html', timelinePage(timeline.run.token, { packed: text }));
  });
  afterEach(async () => {
    await pages.closeAll();
    expect(pages.troubles.splice(0)).toEqual([]);
  });
  afterAll(() => pages.end());

  async function open(hash = '', width = 1280): Promise<Page> {
    const page = await pages.open(`${address}${hash}`, { viewport: { width, height: 860 } });
    await page.waitForSelector('#lanes');
    return page;
  }

  const words = (page: Page): Promise<string[]> => page.locator('.event').allInnerTexts();
  const countOf = (page: Page): Promise<string> => page.locator('.tabs .soft').innerText();
  const hashOf = (page: Page): string => new URL(page.url()).hash;

  /** How many pixels of the lanes have each of these colours of the style sheet. */
  function pixels(page: Page, names: readonly string[]): Promise<Record<string, number>> {
    return page.evaluate(`(() => {
      const probe = document.createElement('span');
      document.body.append(probe);
      const lanes = document.querySelector('#lanes');
      const copy = new OffscreenCanvas(lanes.width, lanes.height).getContext('2d', { willReadFrequently: true });
      copy.drawImage(lanes, 0, 0);
      const { data } = copy.getImageData(0, 0, lanes.width, lanes.height);
      const counts = {};
      for (const name of ${JSON.stringify(names)}) {
        probe.style.color = 'var(--' + name + ')';
        const [r, g, b] = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
        counts[name] = 0;
        for (let at = 0; at < data.length; at += 4) if (data[at] === r && data[at + 1] === g && data[at + 2] === b) counts[name]++;
      }
      probe.remove();
      return counts;
    })()`);
  }

  test('says which run it is, how to play it again, and which rule was broken', async () => {
    const page = await open();
    expect(await page.locator('h1').innerText()).toMatch(/ten-nodes-fall-apart\s*seed 1\s*✕\s*failed/);
    expect(await page.locator('#token code').innerText()).toBe(timeline.run.token);
    expect(await page.locator('#replay code').innerText()).toBe(timeline.run.replay);
    expect(await page.locator('.broken').innerText()).toContain('Nobody who runs is declared dead.');
    expect(await page.locator('.facts').innerText()).toContain('4,548 messages, 647 lost');
    expect(await page.locator('.cut').count()).toBe(0);
  });

  test('colours lanes by what is believed, and by what nodes are to themselves', async () => {
    const page = await open();
    const few = ['suspected', 'dead-all', 'left', 'up', 'paused', 'fail'];
    const seen = async (): Promise<string[]> =>
      Object.entries(await pixels(page, ['alive', ...few])).flatMap(([name, count]) => (count > 20 ? [name] : []));
    await expect.poll(seen, PATIENCE).toEqual(['alive', ...few]);
  });

  test('shows messages once they can be told apart, lost ones too, and takes keys', async () => {
    const page = await open('#t=38&w=8');
    const end = timeline.run.played;
    const told = (): Promise<string> => page.locator('#messages').innerText();
    await expect
      .poll(told, PATIENCE)
      .toBe(`${messagesBetween(end - 8_000_000, end).toLocaleString('en')} messages drawn`);
    await page.keyboard.press('0');
    await expect.poll(told, PATIENCE).toBe('zoom in to see 4,548 messages');
    await page.keyboard.press('End');
    for (let times = 0; times < 4; times++) await page.keyboard.press('+');
    await expect.poll(told, PATIENCE).toMatch(/^\d+ messages drawn$/);
    await expect.poll(async () => (await pixels(page, ['lost']))['lost'], PATIENCE).toBeGreaterThan(20);
    await expect.poll(() => hashOf(page), PATIENCE).toMatch(/w=2\.5/);
    await page.keyboard.press('Home');
    await expect.poll(() => hashOf(page), PATIENCE).toMatch(/^#t=1\.2\d+&w=2\.5/);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => hashOf(page), PATIENCE).toMatch(/^#t=1\.5\d+&w=2\.5/);
    await page.keyboard.press('-');
    await expect.poll(() => hashOf(page), PATIENCE).toMatch(/w=5\.0/);
  });

  /** Those that are on their way at some time between the two. */
  function messagesBetween(from: number, to: number): number {
    const { rows, kinds, messages } = timeline;
    return [...rows.at.keys()].filter((row) => {
      const at = rows.at[row]!;
      return (
        kinds[rows.kind[row]!]!.family === 'message' &&
        at < to &&
        at + Math.max(0, messages.after[rows.place[row]!]!) >= from
      );
    }).length;
  }

  test('opens where its address points, and says in its address where it is', async () => {
    const page = await open('#t=12.5&w=4&node=n3&kind=suspect,dead');
    await expect.poll(() => words(page), PATIENCE).toContainEqual(expect.stringMatching(/n3\s+declares n4 dead/));
    for (const line of await words(page)) expect(line).toMatch(/suspects|declares/);
    expect(await page.locator('#nodes').inputValue()).toBe('n3');
    await page.evaluate(`location.hash = '#t=20&node=n7&kind=refuted'`);
    await expect.poll(() => countOf(page), PATIENCE).toMatch(/^\d events?$/);
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => hashOf(page), PATIENCE).not.toContain('node');
  });

  test('filters by text, node and kind, and counts what the run counts', async () => {
    const page = await open();
    await page.keyboard.press('/');
    await page.keyboard.type('declares N4');
    const declared = [...timeline.rows.at.keys()].filter((row) =>
      rowInWords(timeline, row).words.includes('declares n4'),
    );
    await expect.poll(() => countOf(page), PATIENCE).toBe(`${declared.length} events`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.locator('.kinds summary').click();
    await page.getByLabel('lost').check();
    const lost = timeline.totals.lost;
    const usual = await page.locator('.kinds small').allInnerTexts();
    expect(usual).toContain(String(lost));
    await expect.poll(() => hashOf(page), PATIENCE).toContain('lost');
    await page.locator('#nodes').fill('n3, n7');
    await expect.poll(() => hashOf(page), PATIENCE).toContain('node=n3,n7');
    for (const line of await words(page)) expect(line).toMatch(/n3|n7|everybody|cut/);
  });

  test('leads from the broken rule back to the message that a fault took', async () => {
    const page = await open();
    await page.locator('.broken button').click();
    const why = page.locator('.why');
    await expect.poll(() => why.innerText(), PATIENCE).toContain('declares n8 dead');
    expect(await why.innerText()).toMatch(/a timer ran that was set when it heard/);
    await expect
      .poll(() => page.locator('.event[aria-selected=true]').innerText(), PATIENCE)
      .toContain('declares n8 dead');
    const taken = why.locator('.told', { hasText: 'ping' }).filter({ hasText: 'fault split' }).first();
    await taken.click();
    await expect.poll(() => why.innerText(), PATIENCE).toContain('taken by a fault: everything cut between');
    await expect.poll(() => hashOf(page), PATIENCE).toMatch(/e=\d+/);
    await page.keyboard.press('w');
    await expect.poll(() => why.locator('.first').innerText(), PATIENCE).toContain('probes n8');
    await page.keyboard.press('Escape');
    await expect.poll(() => why.isVisible(), PATIENCE).toBe(false);
  });

  test('tells what each fault is, on focus and where the pointer is', async () => {
    const page = await open();
    await page.getByRole('tab', { name: 'Faults 8' }).click();
    const split = page.locator('.faults .told', { hasText: 'everything cut' });
    await split.focus();
    await expect.poll(() => split.getAttribute('class'), PATIENCE).toContain('marked');
    await page.keyboard.press('0');
    const { width } = (await page.locator('#lanes').boundingBox())!;
    await page.locator('#lanes').hover({ position: { x: width - 20, y: 40 } });
    await expect
      .poll(() => page.locator('.tip').innerText(), PATIENCE)
      .toMatch(/n1 at .*s[^]*itself: up[^]*everything cut/);
  });

  test('can be used on a phone, in the dark', async () => {
    const context = {
      viewport: { width: 390, height: 844 },
      colorScheme: 'dark',
      isMobile: true,
      hasTouch: true,
    } as const;
    const page = await pages.open(address, context);
    await page.waitForSelector('#lanes');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.locator('#lanes').tap({ position: { x: 200, y: 100 } });
    await expect.poll(() => hashOf(page), PATIENCE).toMatch(/t=/);
    await expect.poll(async () => (await pixels(page, ['alive']))['alive'], PATIENCE).toBeGreaterThan(1_000);
  });
});
