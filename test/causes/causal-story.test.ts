import { describe, expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import { State } from '../../core/wire/messages.ts';
import { naiveLease } from '../../docs/examples/leader-lease/scenarios.ts';
import { causesReport } from '../../reports/causes.ts';
import { plain } from '../../reports/style.ts';
import { causalStory } from '../../scenarios/causes/causal-story.ts';
import { edited } from '../../scenarios/edit.ts';
import type { Host } from '../../simulator/program.ts';
import { pingScenario } from '../scenarios/ping.ts';
import { builtin, code, isDeath, judgedBy, neverIn, storyOf, wordsOf } from './planted.ts';

describe('the story of a failure', () => {
  test('goes from a pause through a timer that ran late to the rule that it broke', async () => {
    const story = await storyOf(naiveLease, 20);
    expect(story.text.slice(0, 7)).toEqual([
      '1     6.994706  * c freezes, timers included until 11.407395 s',
      '&     9.374469  d elected',
      '2    11.407395  c a timer runs',
      'It was due while c was paused, and runs up to 4.41 s late.',
      '3    11.407395  c acted',
      '4    11.407395  breaks one-leader (c>d): c acted although d has been elected since',
      'Had no part in it, as far as messages show:',
    ]);
    expect(story.bystanders).toHaveLength(6);
  });

  test('goes from a partition through a lost probe and a suspicion to a death', async () => {
    const words = wordsOf(await storyOf(neverIn('split-and-heal', isDeath)));
    expect(words[0]).toMatch(/^\* everything cut between .* until 77\.398 s$/);
    expect(words.slice(1)).toEqual([
      'n3 probes n9',
      expect.stringMatching(/^n3 sends to n9: ping #\d+ n9, which is lost$/),
      expect.stringMatching(/^n3 suspects n9 \(.*its own probe\)$/),
      expect.stringMatching(/^n3 declares n9 dead \(.*its suspicion ran out\)$/),
    ]);
  });

  test('names the crash of whoever could not answer, and everybody who asked in vain', async () => {
    const { text, bystanders } = await storyOf(neverIn('crash-of-one', isDeath));
    expect(text[0]).toMatch(/\* n3 crashes$/);
    expect(text[2]).toMatch(/n1 sends to n3: ping #\d+ n3, which is lost: n3 is down$/);
    expect(text[3]).toContain('n10 to n3, n6 to n3, n2 to n3 is lost: n3 is down');
    expect(bystanders).toEqual([]);
  });

  test('follows news through three hands back to the one who found out', async () => {
    const suspectedBy = new Map<string, number>();
    const scenario = neverIn('crash-of-tenth', ({ to, cause, subject }) => {
      if (to !== State.suspect || cause !== 'gossip') return false;
      const count = (suspectedBy.get(subject) ?? 0) + 1;
      suspectedBy.set(subject, count);
      return count === 20;
    });
    const words = wordsOf(await storyOf(scenario));
    const heard = words.filter((one) => / hears from n\d+: suspect n\d+/.test(one));
    expect(heard.length).toBeGreaterThanOrEqual(3);
    expect(words[0]).toMatch(/^\* n\d+.* crash$/);
    // Each hears from the one who has just been told of.
    for (const one of heard) {
      const sender = / from (n\d+):/.exec(one)![1]!;
      expect(words[words.indexOf(one) - 1]).toMatch(new RegExp(`^${sender} suspects`));
    }
    expect(words[words.indexOf(heard[0]!) - 1]).toContain('its own probe');
  });

  test('goes over streams as well: what a statement of state brought', async () => {
    const known = neverIn(
      'flapping-member',
      ({ cause, to, from }) => cause === 'push-pull' && to === State.alive && from === State.dead,
    );
    const words = wordsOf(await storyOf(known));
    expect(words.some((one) => / hears on a stream from n\d+: push-pull #\d+$/.test(one))).toBe(true);
    expect(words[0]).toMatch(/^\* /);
  });

  test('goes through a service that misbehaves to what makes it do so', async () => {
    const scenario = judgedBy('discovery-dns-stale', (world) => ({
      onEvent({ name }, event) {
        if (event.type !== 'discovery' || world.now() < 20 * SECOND) return;
        world.violate({ invariant: 'planted', subject: name, phase: 'always', detail: `${name} hears of somebody` });
      },
    }));
    expect(wordsOf(await storyOf(scenario))).toEqual([
      '* cache suffers dns-stale until 52.234 s',
      'n3 hears from cache',
      'n3 hears of 10.0.0.4:7946',
    ]);
  });

  test('of a rule that is judged at the end begins with what last became of its subject', async () => {
    const scenario = judgedBy('crash-of-one', (world) => ({
      onEnd: () => world.violate({ invariant: 'planted', subject: 'n1>n3', phase: 'end', detail: 'n3 is gone' }),
    }));
    const story = await storyOf(edited(scenario, 1, { duration: 40 * SECOND }));
    expect(wordsOf(story)[0]).toBe('* n3 crashes');
    expect(wordsOf(story).at(-1)).toMatch(/^n1 .*n3/);
    expect(story.text.at(-1)).toMatch(/breaks planted \(n1>n3\): n3 is gone$/);
  });

  test('of a rule that looks at the clock ends with the latest event that explains it', async () => {
    const scenario = judgedBy('crash-of-one', (world) => ({
      onTick() {
        if (world.host('n3')?.up !== false) return;
        world.violate({ invariant: 'planted', subject: 'n1>n3', phase: 'after-healing', detail: 'still down' });
      },
    }));
    const story = await storyOf(scenario);
    expect(story.steps.map(({ kind }) => kind)).toEqual(['fault']);
    expect(story.result.violation!.at % SECOND).toBe(0);
  });

  test('of a program that throws ends with what it was handling', async () => {
    const onPing = (host: Host, count: number) => {
      if (host.name === 'n2' && count === 3) throw new Error('out of bounds');
    };
    const { steps, text } = await storyOf(pingScenario('throwing', { habits: { onPing } }));
    expect(steps.map(({ host, kind }) => `${host} ${kind}`)).toEqual(['n2 boot', 'n2 timer', 'n2 timer']);
    expect(text.find((line) => line.includes('breaks no-exception (n2)'))).toContain('out of bounds');
  });

  test('of a rule about the whole run has no chain', async () => {
    const { steps, text } = await storyOf(pingScenario('idle', { mustStrike: ['crash'] }));
    expect(steps).toEqual([]);
    expect(text.at(-1)).toBe('No single event led to this: the rule looks at the run as a whole.');
  });

  test('says when the code does it by itself', async () => {
    const { text } = await storyOf(neverIn('formation', ({ to }) => to === State.alive));
    expect(text[0]).toMatch(/n\d+ boots$/);
    expect(text).toContain('No fault began this: the code does it by itself, as far as messages show.');
  });

  test('is the same in wire mode, where messages are bytes', async () => {
    const scenario = neverIn('split-and-heal', isDeath);
    const bytes = await causalStory(scenario, 1, { mode: 'wire', code });
    expect(bytes.steps).toEqual((await storyOf(scenario)).steps);
  });
});

describe('a run that passed', () => {
  test('has no failure to explain', async () => {
    const story = await storyOf(edited(builtin('formation'), 1, { duration: 5 * SECOND }));
    const report = causesReport(story, { kind: 'reproduced' }, [], plain);
    expect(report).toContain('nothing violated, so that there is no failure to');
    expect(story.steps).toEqual([]);
  });

  test('explains the latest verdict about a host', async () => {
    const words = wordsOf(await storyOf(edited(builtin('crash-of-one'), 1, { duration: 40 * SECOND }), 1, 'n3'));
    expect(words[0]).toBe('* n3 crashes');
    expect(words.at(-1)).toMatch(/^n\d+ declares n3 dead/);
  });
});
