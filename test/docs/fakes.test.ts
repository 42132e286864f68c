import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import type { FakePorts } from '../../simulator/services/fake-service.ts';
import { FAKES, NAME_SERVER } from '../../simulator/services/fakes.ts';
import { FaultBoard } from '../../simulator/services/fault-board.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { ManualClock } from '../membership/lone-node.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'fakes.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

// As a reader runs them: through the names of the package.
test.each([
  ['fake-over-http.ts', 0],
  ['fake-in-a-world.ts', 1],
] as const)('the page on fakes shows %s as it is, and what it prints', (name, nth) => {
  const example = join(ROOT, 'docs', 'examples', name);
  expect(blocks('ts')[nth]).toBe(readFileSync(example, 'utf8'));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', example], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toBe(blocks('text')[nth]);
});

test('the page on fakes names every fake with its port and its effects', () => {
  const clock = new ManualClock();
  const ports: FakePorts = {
    name: 'docs',
    clock,
    random: seededRandom('docs'),
    crypto: nodeCrypto(),
    suffers: new FaultBoard(clock).suffers,
    reaches: () => true,
  };
  const kinds = [...Object.entries(FAKES), ['dns', NAME_SERVER] as const];
  const expected = kinds.map(([name, { port, create }]) => {
    return [
      `\`${name}\``,
      String(port),
      create(ports)
        .effects.map((effect) => `\`${effect}\``)
        .join(', '),
    ];
  });
  const rows = [...page.matchAll(/^\| (`[a-z]+`) +\| (\d+) +\| (.*?) +\|$/gm)].map((row) => row.slice(1, 4));
  expect(rows).toEqual(expected);
});
