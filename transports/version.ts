import { readFileSync } from 'node:fs';

/** The version in this package's manifest. */
export function packageVersion(): string {
  // The source is one folder nearer to it than the built code.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      return (JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string }).version;
    } catch {
      continue;
    }
  }
  return 'unknown';
}
