import { describe, expect, test } from 'vitest';
import { tell } from '../../scenarios/story.ts';
import { causesOf } from '../../scenarios/timeline/causes.ts';
import { ARRIVED, UNDER_WAY } from '../../scenarios/timeline/timeline.ts';
import { faultOfRow, rowInWords } from '../../scenarios/timeline/words.ts';
import { collect } from './collected.ts';
import { failing } from './failing.ts';

const MESSAGES = new Set(['send', 'deliver', 'lost', 'stream-send', 'stream-message', 'timer']);

describe.each([
  ['swarm', 3],
  ['heavy-loss', 1],
  ['discovery-address-reused', 1],
] as const)('the timeline of %s, seed %d', async (name, seed) => {
  const { timeline, world, records, result } = await collect(name, seed);
  const { rows, kinds, totals, messages } = timeline;

  test('counts what the world counted', () => {
    const { datagramsSent, datagramsDelivered, datagramsLost, streamMessages, bytes } = world.counters;
    const streamSends = records.filter(({ kind }) => kind === 'stream-send').length;
    expect(totals.messages).toBe(datagramsSent + streamSends);
    expect(totals.delivered).toBe(datagramsDelivered + streamMessages);
    expect(totals.lost).toBe(datagramsLost);
    expect(totals.bytes).toBe(bytes);
    expect(totals.events).toBe(world.trace.events);
    expect(totals.messages).toBe(result.metrics.messages + totals.lost + underWay() - copies());
  });

  function underWay(): number {
    return messages.fate.filter((fate) => fate === UNDER_WAY).length;
  }

  /** Heard or lost once more than sent. */
  function copies(): number {
    const lostRows = messages.fate.filter((fate) => fate > UNDER_WAY).length;
    return timeline.copies.message.length + (totals.lost - lostRows);
  }

  test('tells every event but messages and timers as a story does', () => {
    const told = records.filter(({ kind }) => !MESSAGES.has(kind)).map((record) => tell(record));
    const others = [...rows.at.keys()].filter((row) => kinds[rows.kind[row]!]!.family !== 'message');
    expect(others.map((row) => ({ at: rows.at[row], ...rowInWords(timeline, row) }))).toMatchObject(
      told.map(({ at, kind, host, words }) => ({ at, kind, host, words })),
    );
  });

  test('knows when, after how long and how each message ended', () => {
    const sent = records.filter(({ kind }) => kind === 'send' || kind === 'stream-send');
    const ends = new Map<number, (typeof records)[number]>();
    for (const record of records) {
      const ended = record.kind === 'deliver' || record.kind === 'lost' || record.kind === 'stream-message';
      if (ended && !ends.has(record.cause)) ends.set(record.cause, record);
    }
    const rowsOfMessages = [...rows.at.keys()].filter((row) => kinds[rows.kind[row]!]!.family === 'message');
    const shown = rowsOfMessages.map((row, place) => {
      const fate = messages.fate[place]!;
      return {
        at: rows.at[row],
        from: timeline.names[rows.host[row]!],
        to: timeline.names[rows.peer[row]!],
        size: messages.size[place],
        after: messages.after[place],
        ended: fate === UNDER_WAY ? 'under way' : fate === ARRIVED ? 'heard' : timeline.losses[fate - 2]!.why,
        fault: timeline.faults[faultOfRow(timeline, row)]?.id,
      };
    });
    const expected = sent.map(({ at, host, peer, size, event }) => {
      const end = ends.get(event);
      return {
        at,
        from: host,
        to: peer,
        size,
        after: end === undefined ? -1 : end.at - at,
        ended: end === undefined ? 'under way' : end.kind === 'lost' ? end.detail : 'heard',
        fault: end?.kind === 'lost' ? (end.data as { id?: string } | undefined)?.id : undefined,
      };
    });
    expect(shown).toEqual(expected);
  });

  test('leads from every row back to a boot or a fault', () => {
    const all = [...rows.at.keys()];
    const roots = all.filter((row) => rows.cause[row]! < 0).map((row) => kinds[rows.kind[row]!]!.name);
    expect(roots.filter((root) => root !== 'boot' && root !== 'fault')).toEqual([]);
    const early = all.filter((row) => rows.cause[row]! >= row || rows.at[rows.cause[row]!]! > rows.at[row]!);
    expect(early).toEqual([]);
  });
});

describe('the timeline of a failing run', async () => {
  const { timeline, result } = await collect(failing, 1);

  test('has the violation with its rule, and the row in which it broke', () => {
    expect(timeline.run.violation).toEqual(result.violation);
    expect(timeline.run.played).toBe(result.violation?.at);
    const { kind, host, words } = rowInWords(timeline, timeline.broken);
    expect({ kind, host }).toEqual({ kind: 'dead', host: 'n6' });
    expect(words).toContain('declares n8 dead');
    expect(timeline.rows.at[timeline.broken]).toBe(result.violation?.at);
  });

  test('has all faults, and says which of them had an effect', () => {
    expect(timeline.faults.map(({ id }) => id)).toContain('split');
    expect(timeline.struck).toContain('crash-4');
  });

  test('leads from the broken rule to the ping that the partition took', () => {
    const steps = causesOf(timeline, timeline.broken);
    const told = steps.flatMap(({ row, beside }) => [row, ...beside]).map((row) => rowInWords(timeline, row).words);
    expect(told).toContainEqual(expect.stringMatching(/^sends to n8: ping .*lost on its way: partition, fault split$/));
    expect(rowInWords(timeline, steps.at(-1)!.row).words).toMatch(/^boots/);
  });
});
