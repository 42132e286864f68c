import type { Room, SourceFile } from './source-tree.ts';
import { importsOf, resolveImport, roomOf } from './source-tree.ts';

interface RoomRule {
  /** The rooms that it may look into, besides itself. */
  readonly rooms: readonly Room[];
  /** Packages that it may use; a prefix ending in `*` stands for all that begin with it. */
  readonly packages: readonly string[];
}

const PURE_PACKAGES = ['@msgpack/msgpack', 'seedrandom/lib/alea.js', 'smol-toml'];

const RULES: Readonly<Record<Room | 'index.ts', RoomRule>> = {
  core: { rooms: [], packages: PURE_PACKAGES },
  transports: { rooms: ['core'], packages: ['node:*', 'pino', 'prom-client', 'yaml'] },
  simulator: { rooms: ['core'], packages: PURE_PACKAGES },
  scenarios: { rooms: ['core', 'simulator'], packages: ['node:*', 'tsx/esm/api'] },
  reports: { rooms: ['core', 'simulator', 'scenarios', 'reports/html'], packages: ['node:util', 'node:path'] },
  // Reads what was built of the browser's corner.
  'reports/html': {
    rooms: ['core', 'simulator', 'scenarios', 'reports'],
    packages: ['node:fs', 'node:crypto', 'node:url'],
  },
  // Nobody imports it: its build is embedded as a text.
  'reports/browser': { rooms: ['reports', 'reports/html', 'scenarios', 'core'], packages: ['chart.js'] },
  cli: {
    rooms: ['core', 'transports', 'simulator', 'scenarios', 'reports', 'reports/html'],
    packages: ['node:*', 'commander'],
  },
  'index.ts': { rooms: ['core', 'transports', 'simulator', 'scenarios', 'reports'], packages: [] },
};

/** One sentence per import that its room may not make. */
export function forbiddenImports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    if (room === undefined) return [];
    const rule = RULES[room];
    return importsOf(file)
      .filter(({ specifier }) => !mayImport(file.path, room, rule, specifier))
      .map(({ specifier, line }) => `${file.path}:${line} (${room}) may not import '${specifier}'`);
  });
}

function mayImport(from: string, room: Room | 'index.ts', rule: RoomRule, specifier: string): boolean {
  const target = resolveImport(from, specifier);
  if (target === undefined) {
    return rule.packages.some((name) =>
      name.endsWith('*') ? specifier.startsWith(name.slice(0, -1)) : specifier === name,
    );
  }
  const targetRoom = roomOf(target);
  return targetRoom === room || rule.rooms.some((allowed) => allowed === targetRoom);
}

/** Each circle of files that import one another, as `a.ts > b.ts > a.ts`. Types count: a circle of ideas is a circle. */
export function circularImports(files: readonly SourceFile[]): string[] {
  const targets = new Map(
    files.map((file) => [file.path, importsOf(file).map(({ specifier }) => resolveImport(file.path, specifier))]),
  );
  const circles: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];

  const walk = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) circles.push([...trail.slice(start), path].join(' > '));
    if (start >= 0 || done.has(path)) return;
    trail.push(path);
    for (const target of targets.get(path) ?? []) if (target !== undefined) walk(target);
    trail.pop();
    done.add(path);
  };

  for (const file of files) walk(file.path);
  return circles;
}

export function longFiles(files: readonly SourceFile[], limit: number): string[] {
  return files
    .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > limit)
    .map(({ path, lines }) => `${path} has ${lines} lines, more than ${limit}: which second idea moved in?`);
}
