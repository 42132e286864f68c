import { expect, test } from 'vitest';
import { builtinScenarios } from '../../scenarios/builtin/index.ts';
import { playWorld } from '../../scenarios/play.ts';
import type { TraceRecord } from '../../simulator/trace.ts';

const code = { version: '0.1.0', digest: '77ab01c2' };

async function recordsOf(name: string, seed: number): Promise<TraceRecord[]> {
  const records: TraceRecord[] = [];
  const scenario = builtinScenarios.find((one) => one.name === name)!;
  await playWorld(scenario, seed, { mode: 'reference', code, onTrace: (record) => records.push(record) });
  return records;
}

test.each(['swarm', 'heavy-loss'])(
  'every event of %s follows from an earlier one, back to a boot or a fault',
  async (name) => {
    const records = await recordsOf(name, 2);
    const roots = new Set<string>();
    for (const { event, cause, kind, host, peer } of records) {
      expect(cause).toBeLessThan(event);
      if (cause < 0) {
        roots.add(kind);
        continue;
      }
      const before = records[cause]!;
      if (kind === 'deliver') expect([before.kind, before.host, before.peer]).toEqual(['send', peer, host]);
      if (kind === 'stream-message') expect([before.kind, before.host]).toEqual(['stream-send', peer]);
      if (kind === 'lost') expect([before.kind, before.host]).toEqual(['send', host]);
      if (kind === 'emit' || kind === 'send' || kind === 'timer') expect(before.host).toBe(host);
    }
    expect([...roots].toSorted()).toEqual(['boot', 'fault-begin', 'fault-end']);
  },
);

test('what a fault takes names the fault', async () => {
  const lost = (await recordsOf('heavy-loss', 1)).filter(({ kind, detail }) => kind === 'lost' && detail === 'loss');
  expect(lost.length).toBeGreaterThan(100);
  expect(new Set(lost.map(({ data }) => (data as { id: string }).id))).toEqual(new Set(['f1']));
});
