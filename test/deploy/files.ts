import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
export const DEPLOY = join(ROOT, 'deploy');

/** Files below deploy/ with this ending, by their paths from there. */
export function deployed(ending: string): string[] {
  return readdirSync(DEPLOY, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(DEPLOY, join(entry.parentPath, entry.name)))
    .toSorted();
}

export function textOf(path: string): string {
  return readFileSync(join(DEPLOY, path), 'utf8');
}

export function pageOf(name: string): string {
  return readFileSync(join(ROOT, 'docs', name), 'utf8');
}
