import type { Page } from 'playwright-core';
import { launchChromium } from '../../test/browser/chromium.ts';

const FRAMES = 60;

export interface FrameTimes {
  readonly openedMs: number;
  /** By view: how long the script of each frame took, in milliseconds. */
  readonly views: readonly { readonly name: string; readonly frames: readonly number[] }[];
}

/** Opens a timeline and drags it about, at four scales. */
export async function measureFrames(address: string): Promise<FrameTimes> {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const began = performance.now();
    await page.goto(address);
    await page.waitForSelector('#lanes');
    const openedMs = performance.now() - began;
    const views = [];
    for (const width of [300, 60, 5, 0.2]) {
      await page.goto(`${address}#t=250&w=${width}`);
      await page.waitForTimeout(300);
      views.push({ name: `${width} s wide`, frames: await panned(page) });
    }
    return { openedMs, views };
  } finally {
    await browser.close();
  }
}

/** A picture follows in the frame after the movement; whoever asks for that frame next runs right after it. */
function panned(page: Page): Promise<number[]> {
  return page.evaluate(`(async () => {
    const lanes = document.querySelector('#lanes');
    const frames = [];
    for (let frame = 0; frame < ${FRAMES}; frame++) {
      const deltaX = frame % 20 < 10 ? 40 : -40;
      lanes.dispatchEvent(new WheelEvent('wheel', { deltaX, bubbles: true, cancelable: true }));
      frames.push(await new Promise((done) => requestAnimationFrame((began) => done(performance.now() - began))));
    }
    return frames;
  })()`);
}
