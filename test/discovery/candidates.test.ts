import fc from 'fast-check';
import { expect, test } from 'vitest';
import { candidateChanges, mergedCandidates } from '../../core/discovery/candidates.ts';
import { candidate } from './timed.ts';

const merged = (...lists: string[][]): unknown[] => [
  ...mergedCandidates(lists.map((list) => list.map(candidate))).values(),
];

test('a name and the same place without one are one candidate', () => {
  expect(merged(['10.0.0.1:7946'], ['a@10.0.0.1:7946'], ['a@[::ffff:10.0.0.1]:7946'])).toEqual([
    { id: 'a', address: '10.0.0.1:7946' },
  ]);
});

test('no source overwrites silently what another says of a name: both places are kept', () => {
  expect(merged(['a@10.0.0.1:7946'], ['a@10.0.0.2:7946'])).toEqual([
    { id: 'a', address: '10.0.0.1:7946' },
    { address: '10.0.0.2:7946' },
  ]);
});

const arbitrary = fc.array(
  fc.tuple(fc.constantFrom('', 'a@', 'b@'), fc.integer({ min: 1, max: 4 })).map(([id, last]) => {
    return candidate(`${id}10.0.0.${last}:7946`);
  }),
);

test('the changes between two sets lead from the one to the other', () => {
  fc.assert(
    fc.property(arbitrary, arbitrary, (one, other) => {
      const [before, after] = [mergedCandidates([one]), mergedCandidates([other])];
      const known = new Map([...before.values()].map((item) => [`${item.id}/${item.address}`, item]));
      for (const change of candidateChanges(before, after)) {
        const { candidate: item } = change;
        if (change.type === 'updated') known.delete(`${change.before.id}/${change.before.address}`);
        if (change.type === 'removed') known.delete(`${item.id}/${item.address}`);
        else known.set(`${item.id}/${item.address}`, item);
      }
      expect([...known.keys()].toSorted()).toEqual(
        [...after.values()].map((item) => `${item.id}/${item.address}`).toSorted(),
      );
    }),
  );
});

test('no place is lost by merging', () => {
  fc.assert(
    fc.property(fc.array(arbitrary, { maxLength: 3 }), (lists) => {
      const places = new Set(lists.flat().map(({ address }) => address));
      expect(new Set([...mergedCandidates(lists).values()].map(({ address }) => address))).toEqual(places);
    }),
  );
});
