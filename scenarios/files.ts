import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { UnusableFile } from './errors.ts';

const SOURCE = /\.(js|mjs|ts|mts)$/;

/** Whether an argument of the command names files, and not scenarios. */
export function looksLikeFile(argument: string): boolean {
  return argument.includes('/') || argument.includes(sep) || SOURCE.test(argument);
}

/** The files behind paths, folders and globs (`*`, `**`, `?`, `{a,b}`), as absolute paths in a stable order. */
export function findFiles(patterns: readonly string[]): string[] {
  return [...new Set(patterns.flatMap(filesOf))].toSorted();
}

function filesOf(pattern: string): string[] {
  const path = resolve(pattern);
  if (existsSync(path)) {
    if (statSync(path).isFile()) return [path];
    const inside = readdirSync(path).filter((name) => SOURCE.test(name) && !name.endsWith('.d.ts'));
    if (inside.length > 0) return inside.map((name) => join(path, name));
    throw new UnusableFile(pattern, 'this folder holds no .js or .ts file. Name the folder that holds your scenarios.');
  }
  const segments = path.split(sep);
  const firstWild = segments.findIndex((segment) => /[*?{[]/.test(segment));
  const root = segments.slice(0, firstWild).join(sep) || sep;
  if (firstWild >= 0 && existsSync(root)) {
    const wanted = globToRegExp(path);
    const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, name))
      .filter((name) => wanted.test(name) && !name.includes(`${sep}node_modules${sep}`) && statSync(name).isFile());
    if (found.length > 0) return found;
  }
  throw new UnusableFile(pattern, 'no such file. Give the path of a .js or .ts file that exports scenarios.');
}

/** As a person here would type it. */
export function asTyped(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : `./${path}`;
}

/** Shells expand most globs; this serves quoted ones, and `{js,ts}` where the shell knows no braces. */
function globToRegExp(glob: string): RegExp {
  const source = glob.replaceAll(/\*\*\/|\*\*|[*?{},]|[.+^$()|[\]\\]/g, (part) => {
    switch (part) {
      case '**/':
        return '(?:.*/)?';
      case '**':
        return '.*';
      case '*':
        return '[^/]*';
      case '?':
        return '[^/]';
      case '{':
        return '(?:';
      case '}':
        return ')';
      case ',':
        return '|';
      default:
        return `\\${part}`;
    }
  });
  return new RegExp(`^${source}$`);
}
