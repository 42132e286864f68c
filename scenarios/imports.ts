import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** What a module imports, or exports again, by a relative path. What only looks like it names a file, or nothing. */
const RELATIVE = /\b(?:from|import)\s*\(?\s*(['"])(\.\.?\/[^'"\n]+)\1/g;

/** These files and all that they import by relative paths: a user's own code, as far as it stands in files. */
export function withImports(files: readonly string[]): string[] {
  const found = new Set<string>();
  const follow = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    for (const [, , path] of readFileSync(file, 'utf8').matchAll(RELATIVE)) {
      const imported = fileOf(resolve(dirname(file), path!));
      if (imported !== undefined) follow(imported);
    }
  };
  for (const file of files) follow(resolve(file));
  return [...found].toSorted();
}

/** TypeScript is often imported under the name that it will have once it is compiled, or without an ending. */
function fileOf(path: string): string | undefined {
  const candidates = [path, path.replace(/\.(m?)js$/, '.$1ts'), `${path}.ts`, `${path}.js`, `${path}/index.ts`];
  return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true);
}
