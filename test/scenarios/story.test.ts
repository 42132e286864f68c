import { describe, expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import { storyReport } from '../../reports/index.ts';
import { plain } from '../../reports/style.ts';
import { builtinScenarios } from '../../scenarios/builtin/index.ts';
import { playRun } from '../../scenarios/play.ts';
import { replayRun } from '../../scenarios/replay.ts';
import { Story } from '../../scenarios/story.ts';
import type { StoryFilter } from '../../scenarios/story.ts';
import { parseToken } from '../../scenarios/token.ts';
import type { TraceRecord } from '../../simulator/trace.ts';
import { strict } from './fixtures/own.ts';

const code = { version: '0.1.0', digest: '77ab01c2' };
const find = () => strict;
const replay = async (filter: StoryFilter = {}) => {
  const { token } = await playRun(strict, 1, { mode: 'reference', code });
  return replayRun(parseToken(token), find, code, filter);
};

describe('a replayed run', () => {
  test('is the run that failed, told from beginning to end', async () => {
    const told = await replay();
    expect(told.reproduction).toEqual({ kind: 'reproduced' });
    expect(storyReport(told, [], plain)).toMatchSnapshot();
  });

  test('by other code that plays otherwise says that the code has changed', async () => {
    const { token } = await playRun(strict, 1, { mode: 'reference', code });
    const old = { ...parseToken(token), code: 'ffffffff', hash: '0000000000000000' };
    const told = await replayRun(old, find, code);
    expect(storyReport(told, [], plain)).toContain('The code has changed: the token is from source ffffffff');
  });

  test('is told in part: by time, by node, by kind', async () => {
    const early = (await replay({ from: SECOND, to: 2 * SECOND })).story.lines();
    expect(early.length).toBeGreaterThan(0);
    expect(early.every(({ at }) => at >= SECOND && at <= 2 * SECOND)).toBe(true);
    const ofOne = (await replay({ nodes: ['n2'] })).story.lines();
    expect(new Set(ofOne.map(({ host }) => host))).toEqual(new Set(['n2']));
    const faults = (await replay({ kinds: ['fault'] })).story.lines();
    expect(faults.map(({ at }) => at)).toEqual([2 * SECOND, 5 * SECOND]);
  });

  test('tells packets when asked for the wire, and is the same run', async () => {
    const told = await replay({ wire: true });
    expect(told.reproduction).toEqual({ kind: 'reproduced' });
    const kinds = new Set(told.story.lines().map(({ kind }) => kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['send', 'deliver', 'lost']));
  });

  test('calls the parts of packets by the names that their codec has for them, or else by number', async () => {
    const ofPings = (await replay({ wire: true, kinds: [] })).story.lines();
    expect(ofPings.some(({ words }) => /^sends to n\d: 1 bytes: kind 1 #\d+$/.test(words))).toBe(true);
    const scenario = builtinScenarios.find(({ name }) => name === 'crash-of-one')!;
    const { token } = await playRun(scenario, 1, { mode: 'reference', code });
    const filter = { wire: true, kinds: [], to: 30 * SECOND };
    const packets = (await replayRun(parseToken(token), () => scenario, code, filter)).story.lines();
    const said = packets.map(({ words }) => words).join('\n');
    expect(said).toMatch(/^sends to n\d+: \d+ bytes: ping #\d+ n\d+/m);
    expect(said).toMatch(/^hears from n\d+: \d+ bytes: ack #\d+/m);
    expect(said).toMatch(/^hears on a stream from n\d+: \d+ bytes: push-pull #\d+$/m);
    expect(said).toMatch(/: suspect n\d+ @\d+/);
    expect(said).not.toContain('kind ');
  });

  test('says what could be told when a filter leaves nothing', async () => {
    const told = await replay({ kinds: ['moon'] });
    expect(storyReport(told, [], plain)).toMatch(/Nothing to tell.*answered.*boot/s);
  });
});

describe('a crowd that says the same', () => {
  const suspects = (host: string, at: number): TraceRecord => ({
    event: 0,
    at,
    kind: 'emit',
    host,
    peer: '',
    size: 0,
    detail: 'transition',
    digest: 0,
    cause: -1,
    parts: [],
    data: { type: 'transition', subject: 'n9', from: 0, to: 1, incarnation: 4, cause: 'gossip', by: 'n1' },
  });
  const tell = (filter: StoryFilter, observers: number) => {
    const story = new Story(filter);
    for (let index = 0; index < observers; index += 1) story.record(suspects(`n${index}`, index));
    return story.lines();
  };

  test('is told by its first and its last', () => {
    const lines = tell({}, 8);
    expect(lines.map(({ host }) => host)).toEqual(['n0', 'n7']);
    expect(lines[0]!.words).toBe('suspects n9 (incarnation 4; heard by gossip, by n1)');
    expect(lines[1]!.words).toContain('last of 8');
  });

  test('of three, or of one that was asked for, is told one by one', () => {
    expect(tell({}, 3)).toHaveLength(3);
    expect(tell({ nodes: ['n9'] }, 8)).toHaveLength(8);
  });
});
