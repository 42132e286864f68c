import { describe, expect, test } from 'vitest';
import { circularImports, forbiddenImports, longFiles } from './room-rules.ts';
import { readRooms } from './source-tree.ts';

const LINE_LIMIT = 350;
const rooms = readRooms();

describe('the house', () => {
  test('each room imports only the rooms below it and the packages it is allowed', () => {
    expect(forbiddenImports(rooms)).toEqual([]);
  });

  test('no file imports itself in a circle', () => {
    expect(circularImports(rooms)).toEqual([]);
  });

  test('every file is short enough to hold one idea', () => {
    expect(longFiles(rooms, LINE_LIMIT)).toEqual([]);
  });
});

describe('the rules notice', () => {
  const forbidden = (path: string, text: string) => forbiddenImports([{ path, text }]);

  test.each([
    ['core/a.ts', `import { createSocket } from 'node:dgram';`],
    ['core/a.ts', `import { World } from '../simulator/world.ts';`],
    ['core/deep/a.ts', `import type { World } from '../../simulator/world.ts';`],
    ['core/a.ts', `export { x } from '../transports/x.ts';`],
    ['core/a.ts', `type T = import('../cli/x.ts').T;`],
    ['core/a.ts', `const late = await import('../reports/x.ts');`],
    ['core/a.ts', `import seedrandom from 'seedrandom';`],
    ['simulator/a.ts', `import '../transports/clock.ts';`],
    ['simulator/a.ts', `import { Worker } from 'node:worker_threads';`],
    ['transports/a.ts', `import { World } from '../simulator/world.ts';`],
    ['scenarios/a.ts', `import { table } from '../reports/table.ts';`],
    ['reports/a.ts', `import { Worker } from 'node:worker_threads';`],
    ['reports/a.ts', `import { main } from '../cli/main.ts';`],
    ['reports/a.ts', `import { readFileSync } from 'node:fs';`],
    ['reports/a.ts', `import { el } from './browser/dom.ts';`],
    ['reports/html/a.ts', `import { el } from '../browser/dom.ts';`],
    ['reports/browser/a.ts', `import { readFileSync } from 'node:fs';`],
    ['reports/browser/deep/a.ts', `import { World } from '../../../simulator/world.ts';`],
    ['index.ts', `export * from './cli/main.ts';`],
  ])('that %s says %s', (path, text) => {
    expect(forbidden(path, text)).toHaveLength(1);
  });

  test.each([
    ['core/wire/a.ts', `import { encode } from '@msgpack/msgpack';`],
    ['simulator/a.ts', `import type { Clock } from '../core/ports/clock.ts';`],
    ['cli/a.ts', `import { Command } from 'commander';`],
  ])('nothing wrong when %s says %s', (path, text) => {
    expect(forbidden(path, text)).toEqual([]);
  });

  test('a circle of files, and names it', () => {
    const circle = [
      { path: 'core/a.ts', text: `import { b } from './b.ts';` },
      { path: 'core/b.ts', text: `import type { C } from './deep/c.ts';` },
      { path: 'core/deep/c.ts', text: `export { a } from '../a.ts';` },
    ];
    expect(circularImports(circle)).toEqual(['core/a.ts > core/b.ts > core/deep/c.ts > core/a.ts']);
  });

  test('a file over the limit', () => {
    expect(longFiles([{ path: 'core/a.ts', text: 'x;\n'.repeat(351) }], LINE_LIMIT)).toHaveLength(1);
    expect(longFiles([{ path: 'core/a.ts', text: 'x;\n'.repeat(350) }], LINE_LIMIT)).toEqual([]);
  });
});
