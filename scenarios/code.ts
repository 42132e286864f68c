import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withImports } from './imports.ts';

/** What played a run: part of every token. */
export interface CodeIdentity {
  readonly version: string;
  readonly digest: string;
}

/** Folders whose source decides what happens in a run. */
const FOLDERS = ['core', 'simulator', 'scenarios'];

/** The tool's version, and a digest of its source and of the given files with what they import. */
export function identifyCode(files: readonly string[] = []): CodeIdentity {
  const hash = createHash('sha256');
  for (const folder of FOLDERS) {
    const root = fileURLToPath(new URL(`../${folder}/`, import.meta.url));
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(isSource).toSorted();
    for (const name of names) hash.update(`${name}\0`).update(readFileSync(root + name));
  }
  for (const file of withImports(files)) hash.update(readFileSync(file));
  return { version: toolVersion(), digest: hash.digest('hex').slice(0, 8) };
}

function isSource(name: string): boolean {
  return /\.[jt]s$/.test(name) && !name.endsWith('.d.ts');
}

/** Read from package.json, which is one folder further up for the built code than for the source. */
export function toolVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as { version: string };
      return version;
    } catch {
      // Not there: the next candidate is.
    }
  }
  return '0.0.0';
}
