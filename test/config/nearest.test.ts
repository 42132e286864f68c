import { expect, test } from 'vitest';
import { nearest, suggestion } from '../../core/nearest.ts';

const words = ['formation', 'split-and-heal-100', 'swarm', 'crash-of-one'];

test.each([
  ['a slip of a finger', 'swrm', 'swarm'],
  ['another case', 'Swarm', 'swarm'],
  ['a few wrong letters', 'crash-off-on', 'crash-of-one'],
  ['the same beginning', 'split-of-100', 'split-and-heal-100'],
])('the word that was meant is found by %s', (_, typed, meant) => expect(nearest(typed, words)).toBe(meant));

test('nothing is suggested for a word that is like none', () => {
  expect(suggestion('zzzzzzzzzz', words)).toBe('');
  expect(suggestion('', words)).toBe('');
  expect(suggestion('x', [])).toBe('');
});
