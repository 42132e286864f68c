import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

export const ROOT = join(import.meta.dirname, '..', '..');

export const ROOMS = ['core', 'transports', 'simulator', 'scenarios', 'reports', 'cli'] as const;
/** Within the reports' room: what runs in a browser, and what writes its pages. They have rules of their own. */
const CORNERS = ['reports/browser', 'reports/html'] as const;
export type Room = (typeof ROOMS)[number] | (typeof CORNERS)[number];

export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** One `from '…'`, whatever the form of the statement. `line` counts from 1. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
}

export type Tree = ReturnType<typeof parseSync>['program'];

/** Every TypeScript file of the rooms and the main entry, in a stable order. */
export function readRooms(): SourceFile[] {
  const files = ROOMS.flatMap((room) => readFolder(room));
  return [...files, { path: 'index.ts', text: readFileSync(join(ROOT, 'index.ts'), 'utf8') }];
}

function readFolder(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .map((path) => ({
      path: relative(ROOT, path).split(sep).join('/'),
      text: readFileSync(path, 'utf8'),
    }));
}

export function parse(file: SourceFile): Tree {
  const { program, errors } = parseSync(file.path, file.text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file.path} does not parse: ${error.message}`);
  return program;
}

export function lineOf(file: SourceFile, offset: number): number {
  return file.text.slice(0, offset).split('\n').length;
}

/** Static, re-exporting, dynamic and type-position imports alike: a type drags its room along as surely as a value. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  const add = (source: { value?: unknown; start: number } | null) => {
    if (typeof source?.value === 'string') found.push({ specifier: source.value, line: lineOf(file, source.start) });
  };
  const visitor = new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
  });
  visitor.visit(parse(file));
  return found;
}

export function roomOf(path: string): Room | 'index.ts' | undefined {
  const first = path.split('/')[0];
  const corner = CORNERS.find((folder) => path.startsWith(`${folder}/`));
  if (corner !== undefined) return corner;
  return path === 'index.ts' ? 'index.ts' : ROOMS.find((room) => room === first);
}

/** What a relative specifier means, as a path of the project; undefined for packages. */
export function resolveImport(from: string, specifier: string): string | undefined {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : undefined;
}
