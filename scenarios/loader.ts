import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineScenario, looksLikeScenario } from './define.ts';
import { UnusableFile } from './errors.ts';
import { installGuards } from './guards.ts';
import type { Scenario } from './scenario.ts';

/** Imports a user's module of scenarios: every exported scenario, or list of scenarios, by any name; maybe none. */
export async function loadScenarios(file: string): Promise<Scenario[]> {
  if (/\.m?ts$/.test(file) || importsTypeScript(file)) await enableTypeScript(file);
  // Before the import: a module that keeps `const now = Date.now` shall keep the guarded one. Never taken away again.
  installGuards();
  const module = await importModule(file);
  const found = new Set(Object.values(module).flat().filter(looksLikeScenario));
  return [...found].map(defineScenario);
}

async function importModule(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    throw new UnusableFile(
      file,
      `it cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}${placeOf(cause, file)}`,
      { cause },
    );
  }
}

/** Where in the user's code it went wrong: the innermost frame, or the place that does not parse. */
function placeOf(error: unknown, file: string): string {
  const lines = (error instanceof Error ? (error.stack ?? '') : '').split('\n');
  const frame = lines.find((line) => /^\s+at /.test(line) && !/node:|[\\/](dist|node_modules)[\\/]/.test(line));
  const place = frame ?? (error instanceof SyntaxError && /\.m?js$/.test(file) ? unparsedLine(file) : undefined);
  return place === undefined ? '' : ` (${place.trim()})`;
}

/** Node keeps the line of a SyntaxError from everybody but its own reports. */
function unparsedLine(file: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
  return /^.+:\d+$/m.exec(stderr)?.[0];
}

/** A regression in JavaScript may be one of a scenario in TypeScript. */
function importsTypeScript(file: string): boolean {
  try {
    return /^import .* from '.+\.m?ts';$/m.test(readFileSync(file, 'utf8'));
  } catch {
    // Importing it will say why it cannot be read.
    return false;
  }
}

let typeScript = false;

/** Node 20 reads no TypeScript; tsx teaches it. An optional peer: those who write JavaScript do not need it. */
async function enableTypeScript(file: string): Promise<void> {
  if (file.endsWith('.ts') && !isInModulePackage(file)) {
    // tsx would load this file, and with it a second copy of this package, whose classes are not ours.
    throw new UnusableFile(
      file,
      'here it counts as CommonJS. Rename it to .mts, or put "type": "module" into package.json.',
    );
  }
  if (typeScript) return;
  const tsx = await import('tsx/esm/api').catch(() => undefined);
  if (tsx === undefined) {
    throw new UnusableFile(file, 'reading TypeScript needs tsx. Install it: npm install --save-dev tsx');
  }
  tsx.register();
  typeScript = true;
}

/** Whether the nearest package.json makes `.ts` an ES module. */
function isInModulePackage(file: string): boolean {
  const folder = dirname(file);
  if (folder === file) return false;
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) return isInModulePackage(folder);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module';
}
