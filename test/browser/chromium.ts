import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** Debian's package, or another one that CHROMIUM_PATH names. */
const EXECUTABLE = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** Tests in a real browser are skipped, and say so, where there is none. */
export const hasChromium = existsSync(EXECUTABLE);

export function launchChromium(): Promise<Browser> {
  // Root, as in containers, may not use its sandbox.
  return chromium.launch({ executablePath: EXECUTABLE, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}
