import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { timelineCommand, timelinesOfFailures } from '../../cli/commands/report-timeline.ts';
import { timelineFile } from '../../reports/html/timeline.ts';
import { cluster } from '../../scenarios/builtin/cluster.ts';
import { builtinScenarios } from '../../scenarios/builtin/index.ts';
import { catalogueOf } from '../../scenarios/catalogue.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { defineScenario } from '../../scenarios/define.ts';
import { playRun } from '../../scenarios/play.ts';
import { inlinePlayer } from '../../scenarios/player.ts';
import { playSuite } from '../../scenarios/suite.ts';
import { decodeTimeline } from '../../scenarios/timeline/codec.ts';
import type { Timeline } from '../../scenarios/timeline/timeline.ts';
import { formatToken, parseToken } from '../../scenarios/token.ts';
import type { Invariant } from '../../simulator/invariant.ts';

const home = process.cwd();
const code = identifyCode([]);
let folder: string;
let printed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-timelines-'));
  process.chdir(folder);
  printed = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed += String(text);
      return true;
    });
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

function timelineIn(file: string): Timeline {
  const [, json = ''] =
    /<script type="application\/json" id="data">(.*?)<\/script>/.exec(readFileSync(file, 'utf8')) ?? [];
  const { packed } = JSON.parse(json) as { packed: string };
  return decodeTimeline(inflateRawSync(Buffer.from(packed, 'base64')));
}

async function tokenOf(name: string): Promise<string> {
  const scenario = builtinScenarios.find((one) => one.name === name)!;
  return (await playRun(scenario, 1, { mode: 'reference', code })).token;
}

const nothingHappens: Invariant = {
  id: 'nothing-happens',
  words: 'Nothing ever happens.',
  create: (world) => ({
    onEvent: ({ name }) =>
      world.violate({ invariant: 'nothing-happens', subject: name, phase: 'always', detail: `${name} did something.` }),
  }),
};

async function suiteOf(count: number) {
  const scenarios = Array.from({ length: count }, (_, index) =>
    defineScenario({
      name: `fails-${index}`,
      summary: 'breaks a rule as soon as anything happens',
      stage: () => ({ ...cluster({ hosts: 2 }), invariants: [nothingHappens] }),
    }),
  );
  const catalogue = catalogueOf(scenarios);
  const plan = { scenarios, files: [], seeds: 1, firstSeed: 1, version: code.version };
  return {
    catalogue,
    suite: await playSuite(
      plan,
      inlinePlayer((name) => catalogue.find(name), code),
    ),
  };
}

describe('after a suite', () => {
  test('each of the first ten findings has a timeline, and one line says so', async () => {
    const { catalogue, suite } = await suiteOf(11);
    const told = await timelinesOfFailures(suite, catalogue, code);
    const files = suite.runs.slice(0, 10).map(({ token }) => timelineFile(token));
    expect(told).toMatch(/^Timelines of 10 failures in .*; 1 more with `rollcall report --timeline TOKEN`\n$/);
    expect(told.split('\n')).toHaveLength(2);
    for (const file of files) expect(told).toContain(file);
    expect(readdirSync('rollcall-results/timelines')).toHaveLength(10);
    const { run } = timelineIn(files[0]!);
    expect(run).toMatchObject({ token: suite.runs[0]!.token, remark: '', violation: suite.runs[0]!.violation });
  });

  test('without a failure nothing is played again, and nothing said', async () => {
    const { catalogue, suite } = await suiteOf(1);
    const passed = { ...suite, runs: suite.runs.map((run) => ({ ...run, verdict: 'pass' as const, violation: null })) };
    expect(await timelinesOfFailures(passed, catalogue, code)).toBe('');
    expect(existsSync('rollcall-results')).toBe(false);
  });
});

describe('on request', () => {
  test('a token leads to a file that is named after it', async () => {
    const token = await tokenOf('crash-of-one');
    expect(await timelineCommand(token, [])).toBe(0);
    const file = timelineFile(token);
    expect(printed).toBe(`${file}\n`);
    expect(file).toMatch(/^rollcall-results\/timelines\/crash-of-one-1-[0-9a-f]{16}\.html$/);
    expect(statSync(file).size).toBeLessThan(10_000_000);
    expect(timelineIn(file).run).toMatchObject({ scenario: 'crash-of-one', seed: 1, token });
  });

  test('a token of other code leads to the run of this code, and both the command and the page say so', async () => {
    const token = parseToken(await tokenOf('crash-of-one'));
    const other = formatToken({ ...token, version: '0.0.9', hash: '0123456789abcdef' });
    expect(await timelineCommand(other, [])).toBe(0);
    expect(printed).toMatch(/^The code has changed: .*\n.*crash-of-one-1-0123456789abcdef\.html\n$/);
    expect(timelineIn(timelineFile(other)).run.remark).toMatch(/^The code has changed/);
  });

  test('what is no token is refused', async () => {
    await expect(timelineCommand('rc1:nonsense', [])).rejects.toThrow(/is not a replay token/);
  });
});
