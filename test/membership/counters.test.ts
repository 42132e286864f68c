import { expect, test } from 'vitest';
import { alive, dead, described, LoneNode, suspect } from './lone-node.ts';

const peer = (name: string) => described(name, `10.0.1.${name.charCodeAt(0)}:7946`);

test('changes are counted by what the application would hear, whether or not it listens', () => {
  const lone = new LoneNode();
  const before = { ...lone.node.counters.changes };
  const all = ['a', 'b', 'c'];
  lone.hear(all.map((name) => alive(peer(name), 1)));
  lone.hear([suspect('a', 1, 'b'), alive(peer('a'), 2)]);
  lone.hear(alive(described('a', peer('a').address, 'other'), 3));
  lone.hear([dead('b', 1, 'a'), dead('c', 1, 'c')]);
  const { changes } = lone.node.counters;
  const grown = Object.entries(changes).map(([type, count]) => [type, count - before[type as keyof typeof before]]);
  expect(Object.fromEntries(grown)).toEqual({ join: 3, suspect: 1, alive: 1, update: 1, fail: 1, leave: 1 });
});

test.each([
  ['with nobody to ask, none is missing', 1, 0],
  ['the one that nobody confirmed', 5, 1],
])('suspicions that ran out: %s', (_, peers, expected) => {
  const lone = new LoneNode();
  const names = Array.from({ length: peers }, (_, i) => String.fromCharCode(97 + i));
  lone.hear(names.map((name) => alive(peer(name), 1)));
  lone.hear(suspect('a', 1, 'z'));
  while (lone.node.counters.changes.fail === 0) lone.clock.advance(100);
  expect(lone.node.counters.suspicionsUnconfirmed).toBe(expected);
});

test('turns that bad health makes longer are counted', () => {
  const lone = new LoneNode();
  lone.clock.advance(10_000);
  expect(lone.node.counters.turnsStretched).toBe(0);
  lone.hear(alive(peer('a'), 1));
  lone.clock.advance(10_000);
  expect(lone.node.healthScore).toBeGreaterThan(0);
  expect(lone.node.counters.turnsStretched).toBeGreaterThan(0);
});
