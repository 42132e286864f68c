import type { DnsService } from '../ports/resolver.ts';
import type { Random } from '../ports/random.ts';

/** The order in which to try services: by priority, and inside one by chance, heavier ones more often first (RFC 2782). */
export function inOrder(services: readonly DnsService[], random: Random): DnsService[] {
  const priorities = [...new Set(services.map(({ priority }) => priority))].toSorted((a, b) => a - b);
  return priorities.flatMap((priority) =>
    drawn(
      services.filter((service) => service.priority === priority),
      random,
    ),
  );
}

function drawn(services: readonly DnsService[], random: Random): DnsService[] {
  // Those without weight stand first, which gives them their small chance: a draw of 0. Among themselves they take turns.
  const left = random.shuffle([...services]).sort((a, b) => Math.sign(a.weight) - Math.sign(b.weight));
  const order: DnsService[] = [];
  while (left.length > 0) {
    let draw = random.int(left.reduce((sum, { weight }) => sum + weight, 0) + 1);
    const index = left.findIndex(({ weight }) => (draw -= weight) <= 0);
    order.push(...left.splice(index, 1));
  }
  return order;
}
