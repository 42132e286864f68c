import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RollcallError } from '../../core/errors.ts';

/** What a page is made of besides its data: built from `reports/browser` into one text each. */
export interface Asset {
  readonly text: string;
  /** How a Content-Security-Policy names it. */
  readonly hash: string;
}

/** Beside the compiled code; code that runs from source uses the same files. */
const FOLDER = import.meta.url.endsWith('.ts') ? '../../dist/reports/browser/' : '../browser/';

export function readAsset(name: 'report.js' | 'timeline.js' | 'timeline.css' | 'style.css'): Asset {
  const url = new URL(`${FOLDER}${name}`, import.meta.url);
  try {
    const text = readFileSync(url, 'utf8');
    return { text, hash: `'sha256-${createHash('sha256').update(text).digest('base64')}'` };
  } catch (cause) {
    throw new MissingBundle(fileURLToPath(url), cause);
  }
}

class MissingBundle extends RollcallError {
  constructor(path: string, cause: unknown) {
    super('MISSING_BUNDLE', `${path} is not there: the page of a report needs it. \`npm run build\` makes it.`, {
      cause,
    });
  }
}
