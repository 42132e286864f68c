import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** Pages as a reader has them: files on disk, opened by address. */
export class Pages {
  readonly #browser: Browser;
  readonly #folder = mkdtempSync(join(tmpdir(), 'rollcall-pages-'));
  readonly #contexts: BrowserContext[] = [];
  /** Whatever a page complained about or asked the network for. */
  readonly troubles: string[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Where a file is, to be opened as often as wanted. */
  write(name: string, html: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, html);
    return pathToFileURL(path).href;
  }

  async open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.troubles.push(message.text());
    });
    page.on('pageerror', ({ message }) => this.troubles.push(message));
    page.on('request', (request) => {
      if (!/^(file|data|blob):/.test(request.url())) this.troubles.push(`asked for ${request.url()}`);
    });
    await page.goto(address);
    return page;
  }

  /** Closes what was opened since the last time. */
  async closeAll(): Promise<void> {
    await Promise.all(this.#contexts.splice(0).map((context) => context.close()));
  }

  async end(): Promise<void> {
    await this.closeAll();
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
