import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openCatalogue } from '../../scenarios/catalogue.ts';
import { playRun } from '../../scenarios/play.ts';
import { saveRegression } from '../../scenarios/regression/save.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const code = { version: '0.1.0', digest: '77ab01c2' };

const OWN = `
import { defineScenario } from 'rollcall/scenarios';
const calm = {
  id: 'calm',
  words: 'Nobody crashes.',
  create: (world) => ({
    onHost: ({ name }, change) =>
      change === 'crash' && world.violate({ invariant: 'calm', subject: name, phase: 'always', detail: name + ' crashed.' }),
  }),
};
export const stormy = defineScenario({
  name: 'stormy',
  summary: 'one of two crashes',
  stage: ({ random }) => ({
    hosts: ['a', 'b'].map((name) => ({ name, program: () => ({}) })),
    faults: [{ id: 'crash', kind: 'crash', at: random.int(1000), hosts: [random.pick(['a', 'b'])] }],
    duration: 2000,
    invariants: [calm],
  }),
});
`;

/** Runs vitest in a project of its own, as its author would, and returns its report. */
function vitestIn(
  folder: string,
): Promise<{ testResults: { assertionResults: { status: string; title: string }[] }[] }> {
  const report = join(folder, 'report.json');
  const given = ['run', '--root', folder, '--reporter', 'json', '--outputFile', report];
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...given], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: 'ignore',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(JSON.parse(readFileSync(report, 'utf8'))));
  });
}

test('vitest finds a kept failure, which fails until the bug is mended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-project-'));
  const own = join(folder, 'scenarios.mjs');
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(ROOT, join(folder, 'node_modules/rollcall'));
    writeFileSync(own, OWN);
    const scenario = (await openCatalogue([own])).find('stormy');
    const { violation } = await playRun(scenario, 3, { mode: 'reference', code });
    const run = { scenario, seed: 3, mode: 'reference', failure: violation! } as const;
    for (const name of ['as-it-was', 'mended']) {
      await saveRegression(run, { to: { folder: join(folder, 'test') }, name, files: [own], code });
    }
    const mended = join(folder, 'test/mended.test.mjs');
    writeFileSync(
      mended,
      readFileSync(mended, 'utf8').replace(/kind: 'crash'/, "kind: 'pause', mode: 'freeze', for: 5"),
    );

    const { testResults } = await vitestIn(folder);
    const told = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
    expect(told.toSorted()).toEqual(['failed', 'passed']);
    expect(testResults[0]?.assertionResults[0]?.title).toBe(`stormy with seed 3 breaks calm (${violation!.subject})`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
