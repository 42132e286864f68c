import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { overrides } from '../../core/membership/lattice.ts';
import { State, type Message } from '../../core/wire/messages.ts';
import { alive, dead, described, LoneNode, suspect } from './lone-node.ts';

const RUNS = process.env['DEEP_TESTS'] === '1' ? 10_000 : 2_000;
const SUBJECTS = ['a', 'b', 'c'];
const addressOf = (name: string): string => `10.9.0.${name.charCodeAt(0)}:7946`;

/** Evidence about known subjects: what gossip and push/pull may say, in their own names and in others'. */
const evidence: fc.Arbitrary<Message> = fc
  .record({
    subject: fc.constantFrom(...SUBJECTS),
    state: fc.constantFrom(State.alive, State.suspect, State.dead, State.left),
    incarnation: fc.integer({ min: 1, max: 6 }),
    meta: fc.constantFrom('', 'x', 'y', 'longer'),
    by: fc.constantFrom('p', 'q', 'r'),
  })
  .map(({ subject, state, incarnation, meta, by }) => {
    if (state === State.alive) return alive(described(subject, addressOf(subject), meta), incarnation);
    if (state === State.suspect) return suspect(subject, incarnation, by);
    return dead(subject, incarnation, state === State.left ? subject : by);
  });

function knowing(): LoneNode {
  const lone = new LoneNode();
  for (const name of SUBJECTS) lone.hear(alive(described(name, addressOf(name)), 1));
  return lone;
}

function merged(messages: readonly Message[]): Record<string, string> {
  const lone = knowing();
  for (const message of messages) lone.hear(message);
  return lone.states();
}

const ORDER: Record<string, number> = { alive: 0, suspect: 1, dead: 2, left: 3 };

describe('evidence is a join semilattice', () => {
  test('any order and any repetition of the same evidence gives the same states and incarnations', () => {
    fc.assert(
      fc.property(
        fc
          .array(evidence, { maxLength: 12 })
          .chain((all) =>
            fc.tuple(
              fc.constant(all),
              fc.shuffledSubarray(all, { minLength: all.length }),
              all.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...all), { maxLength: 8 }),
            ),
          ),
        ([all, shuffled, repeated]) => {
          expect(merged([...repeated, ...shuffled, ...repeated])).toEqual(merged(all));
        },
      ),
      { numRuns: RUNS },
    );
  });

  test('nothing goes back, and the departed return only with a higher incarnation', () => {
    fc.assert(
      fc.property(fc.array(evidence, { maxLength: 20 }), (all) => {
        const lone = knowing();
        let before = lone.states();
        for (const message of all) {
          lone.hear(message);
          const after = lone.states();
          for (const name of SUBJECTS) {
            const [wasState = '', was = ''] = before[name]!.split('@');
            const [isState = '', is = ''] = after[name]!.split('@');
            expect(Number(is)).toBeGreaterThanOrEqual(Number(was));
            if (is === was) expect(ORDER[isState]).toBeGreaterThanOrEqual(ORDER[wasState]!);
          }
          before = after;
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('the order is total: of two different claims exactly one overrides the other', () => {
    const claim = fc.record({ state: fc.constantFrom(0, 1, 2, 3) as fc.Arbitrary<State>, incarnation: fc.nat(5) });
    fc.assert(
      fc.property(claim, claim, (a, b) => {
        const same = a.state === b.state && a.incarnation === b.incarnation;
        const wins =
          Number(overrides(a.state, a.incarnation, b.state, b.incarnation)) +
          Number(overrides(b.state, b.incarnation, a.state, a.incarnation));
        expect(wins).toBe(same ? 0 : 1);
      }),
    );
  });

  test('of two descriptions at one incarnation all views keep the same', () => {
    const one = alive(described('a', addressOf('a'), 'one'), 5);
    const two = alive(described('a', addressOf('a'), 'two'), 5);
    for (const order of [
      [one, two],
      [two, one],
      [suspect('a', 5, 'p'), one, two],
      [two, suspect('a', 5, 'p'), one],
    ]) {
      const lone = knowing();
      lone.hear(order);
      expect(new TextDecoder().decode(lone.node.member('a')!.meta)).toBe('two');
    }
  });
});
