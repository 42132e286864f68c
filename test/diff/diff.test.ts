import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import { diffReport } from '../../reports/diff.ts';
import { plain } from '../../reports/style.ts';
import { diffRuns } from '../../scenarios/diff/diff.ts';
import { playRecorded, type ToldRecord } from '../../scenarios/diff/recorded-run.ts';
import { readTrace, TraceWriter } from '../../scenarios/diff/trace-file.ts';
import { edited } from '../../scenarios/edit.ts';
import { playWorld } from '../../scenarios/play.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { pingScenario } from '../scenarios/ping.ts';
import { builtin, code } from '../causes/planted.ts';

const whole = builtin('crash-of-one');
/** What comes after the crash is of no interest here. */
const crash: Scenario = { ...whole, stage: (context) => ({ ...whole.stage(context), duration: 40 * SECOND }) };
const own = pingScenario('own-calm', {});
const reference = { mode: 'reference', code } as const;
const recorded = (scenario: Scenario, seed = 1, more = {}) => playRecorded(scenario, seed, { ...reference, ...more });

async function traceOf(scenario: Scenario, seed = 1, identity = code): Promise<Uint8Array> {
  const writer = new TraceWriter();
  const options = { mode: 'reference', code: identity, onTrace: writer.record } as const;
  return writer.finish(await playWorld(scenario, seed, options));
}

describe('two runs', () => {
  test('of one seed are the same, whether as objects, as bytes or from a file', async () => {
    const run = await recorded(crash);
    for (const other of [await recorded(crash, 1, { mode: 'wire' }), readTrace(await traceOf(crash), 'a')]) {
      const diff = await diffRuns(run, other);
      expect(diff.parting).toBeUndefined();
      expect(diffReport(diff, [], plain)).toContain('The same, event by event.');
    }
  });

  test('of two seeds part at the first event that differs, after events that both have', async () => {
    const diff = await diffRuns(await recorded(crash, 1), await recorded(crash, 2));
    expect(diff.setUp).toContain('A has seed 1, B 2');
    expect(diff.setUp).toContain('fault only in A: 24.454 s: n3 crashes');
    const { event, before, left, right } = diff.parting!;
    expect(before.map(({ record }) => record.event)).toEqual(Array.from({ length: 8 }, (_, i) => event - 8 + i));
    expect([left[0]!.record.event, right[0]!.record.event]).toEqual([event, event]);
    expect(left[0]!.words).not.toBe('');
    const report = diffReport(diff, [], plain);
    expect(Math.max(...report.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('of which one has a message a microsecond later part there, by the time alone', async () => {
    const [plainRun, shifted] = [await recorded(crash), await recorded(crash, 1, { shiftDelivery: 1_000 })];
    const { parting } = await diffRuns(plainRun, shifted);
    const [ours, theirs] = [parting!.left[0]!.record, parting!.right[0]!.record];
    expect(ours.event).toBeGreaterThan(1_000);
    expect(ours.kind).toBe('deliver');
    // Between the two moments something else may happen: then that comes first in the shifted run.
    if (theirs.digest === ours.digest) expect(parting!.differs).toEqual(['the time']);
    expect(theirs.at - ours.at).toBeLessThanOrEqual(1);
  });

  test('of which one ends earlier part where it is over', async () => {
    const shorter = edited(crash, 1, { duration: 30 * SECOND });
    const diff = await diffRuns(await recorded(crash), await recorded(shorter));
    expect(diff.setUp[0]).toMatch(/^A plays 40 s, B 30 s$/);
    expect(diff.parting!.right).toEqual([]);
    expect(diffReport(diff, [], plain)).toContain('one of them is over');
  });

  test('of which one lacks a host are the same by name until that host would act', async () => {
    const without = edited(own, 1, { without: ['n3'] });
    const diff = await diffRuns(await recorded(own), await recorded(without));
    expect(diff.setUp).toContain('hosts only in A: n3');
    expect(diff.parting!.left[0]!.record.host).toBe('n3');
  });

  test('of two scenarios are compared too', async () => {
    const diff = await diffRuns(await recorded(crash), await recorded(own));
    expect(diff.setUp[0]).toBe('A plays crash-of-one, B own-calm');
    expect(diff.parting).toBeDefined();
  });
});

describe('a trace file', () => {
  test('of the code before tells where the code after parts from it', async () => {
    const before = readTrace(await traceOf(crash, 1, { version: '0.0.9', digest: 'aaaaaaaa' }), 'before');
    // Stands for changed code: what it changes shows only after a while.
    const changed = edited(crash, 1, { faults: [{ id: 'other', kind: 'crash', at: 30 * SECOND, hosts: ['n3'] }] });
    const diff = await diffRuns(before, await recorded(changed));
    expect(diff.setUp.slice(0, 2)).toEqual([
      'A is from version 0.0.9, B from 0.1.0',
      'A is from source aaaaaaaa, B from 77ab01c2',
    ]);
    expect(diff.parting!.left[0]).toMatchObject({ words: 'n3 crashes', record: { kind: 'fault-begin' } });
  });

  test('holds what the run itself would tell', async () => {
    const range = { from: 2_000, to: 2_100 };
    const [kept, played] = [readTrace(await traceOf(crash), 'a'), await recorded(crash)];
    // What a file does not keep is what no difference is found by.
    const identity = ({ record, words }: ToldRecord) => ({ ...record, parts: [], data: undefined, cause: -1, words });
    expect((await kept.window(range)).map(identity)).toEqual((await played.window(range)).map(identity));
    expect([kept.events, kept.landmarks, kept.token]).toEqual([played.events, played.landmarks, played.token]);
  });

  test('takes about ten bytes per event', async () => {
    const bytes = await traceOf(crash);
    expect(bytes.length / readTrace(bytes, 'a').events).toBeLessThan(12);
  });

  test('that is something else, of another format, or cut is refused in words', () => {
    expect(() => readTrace(Buffer.from('no'), 'x')).toThrow('x: it is no trace of a run');
    expect(() => readTrace(gzipSync('{}\n'), 'x')).toThrow('x: it is no trace of a run');
    expect(() => readTrace(gzipSync('{}\n').subarray(0, 15), 'x')).toThrow('x: it ends too early');
    expect(() => readTrace(gzipSync('{"format":"rollcall-trace","version":9}\n'), 'x')).toThrow('format 9, this is 1');
    const header = { format: 'rollcall-trace', version: 1, events: 5 };
    expect(() => readTrace(gzipSync(`${JSON.stringify(header)}\n[]\n`), 'x')).toThrow('it holds 1 of 5 events');
  });
});
