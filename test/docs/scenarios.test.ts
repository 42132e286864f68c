import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { nodesWithoutEtcd } from '../../docs/examples/nodes-without-etcd.ts';
import { discoveryScenarios } from '../../scenarios/builtin/discovery/index.ts';
import { playRun } from '../../scenarios/play.ts';
import { modeOf } from '../../scenarios/suite.ts';

// The example imports what readers install; here it must be the same classes as those of the player.
vi.mock('rollcall/core', () => import('../../core/index.ts'));
vi.mock('rollcall/scenarios', () => import('../../scenarios/index.ts'));
vi.mock('rollcall/simulator', () => import('../../simulator/index.ts'));

const docs = join(import.meta.dirname, '..', '..', 'docs');
const page = readFileSync(join(docs, 'discovery', 'scenarios.md'), 'utf8');

test('the page on played discovery tells every scenario of it in their order', () => {
  const rows = [...page.matchAll(/^\| `(discovery-[a-z0-9-]+)` +\| (.*?) +\|$/gm)].map((row) => row.slice(1, 3));
  expect(rows).toEqual(discoveryScenarios.map(({ name, summary }) => [name, summary]));
});

test('the page on played discovery shows the example as it is', () => {
  const [, shown] = /^```ts\n([^]*?)^```$/m.exec(page) ?? [];
  expect(shown).toBe(readFileSync(join(docs, 'examples', 'nodes-without-etcd.ts'), 'utf8'));
});

test('the example breaks no rule', async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const code = { version: 'test', digest: 'test' };
    const { violation } = await playRun(nodesWithoutEtcd, seed, { mode: modeOf(seed), code });
    expect(violation).toBeNull();
  }
});
