import { expect, test } from 'vitest';
import type { DnsService } from '../../../core/ports/resolver.ts';
import { seededRandom } from '../../../core/random.ts';
import { inOrder } from '../../../core/dns/service-order.ts';

const service = (priority: number, weight: number, port: number): DnsService => {
  return { priority, weight, port, target: 'a.test', addresses: [] };
};

/** How often each port comes first in so many draws. */
function firsts(services: readonly DnsService[], draws: number): Record<number, number> {
  const random = seededRandom('order');
  const counts: Record<number, number> = {};
  for (let count = 0; count < draws; count++) {
    const { port } = inOrder(services, random)[0]!;
    counts[port] = (counts[port] ?? 0) + 1;
  }
  return counts;
}

test('a lower priority always comes before a higher one, whatever the weights', () => {
  const services = [service(20, 65_535, 3), service(0, 0, 1), service(10, 1, 2)];
  const random = seededRandom('order');
  for (let count = 0; count < 50; count++) expect(inOrder(services, random).map(({ port }) => port)).toEqual([1, 2, 3]);
});

test('inside a priority each comes first about as often as its weight says, and all come', () => {
  const services = [service(0, 10, 1), service(0, 30, 2), service(0, 60, 3)];
  const counts = firsts(services, 5_000);
  expect(counts[1]! / 5_000).toBeCloseTo(0.1, 1);
  expect(counts[2]! / 5_000).toBeCloseTo(0.3, 1);
  expect(counts[3]! / 5_000).toBeCloseTo(0.6, 1);
  const ports = inOrder(services, seededRandom('all')).map(({ port }) => port);
  expect(ports.toSorted()).toEqual([1, 2, 3]);
});

test('one without weight has a small chance beside a heavy one', () => {
  const counts = firsts([service(0, 99, 1), service(0, 0, 2)], 5_000);
  expect(counts[2]).toBeGreaterThan(10);
  expect(counts[2]).toBeLessThan(150);
});

test('those without weight take turns', () => {
  const counts = firsts([service(0, 0, 1), service(0, 0, 2)], 200);
  expect(Math.min(counts[1]!, counts[2]!)).toBeGreaterThan(50);
});

test('nothing in order is nothing', () => {
  expect(inOrder([], seededRandom('none'))).toEqual([]);
});
