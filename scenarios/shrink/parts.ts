import type { Micros } from '../../core/ports/clock.ts';
import { MILLISECOND } from '../../core/ports/clock.ts';
import type { Fault, LinkHarm } from '../../simulator/faults/fault.ts';

/** A shorter window explains nothing better. */
const SHORTEST: Micros = 100 * MILLISECOND;

const HARMS = ['loss', 'burst', 'duplicate', 'reorder', 'corrupt', 'truncate', 'delay', 'bytesPerSecond'] as const;

/** Faults that are simpler than this one and do no more harm, the simplest first; none when it is as simple as it gets. */
export function simpler(fault: Fault): Fault[] {
  return [...fewerHosts(fault), ...fewerHarms(fault), ...shorter(fault)];
}

/** With half of the hosts, and without any one of them. */
function fewerHosts(fault: Fault): Fault[] {
  switch (fault.kind) {
    case 'partition': {
      const lists = fault.groups.flatMap((group, number) =>
        fewer(group).map((rest) => fault.groups.with(number, rest)),
      );
      const fewerGroups =
        fault.groups.length <= 2 ? [] : fault.groups.map((_, gone) => fault.groups.toSpliced(gone, 1));
      return [...fewerGroups, ...lists].map((groups) => ({ ...fault, groups }));
    }
    case 'block':
    case 'link':
      return [
        ...fewer(fault.from ?? []).map((from) => ({ ...fault, from })),
        ...fewer(fault.to ?? []).map((to) => ({ ...fault, to })),
      ];
    default:
      return fewer(fault.hosts).map((hosts) => ({ ...fault, hosts }));
  }
}

function fewer(hosts: readonly string[]): string[][] {
  if (hosts.length < 2) return [];
  const middle = hosts.length >>> 1;
  const halves = [hosts.slice(0, middle), hosts.slice(middle)];
  return hosts.length === 2 ? halves : [...halves, ...hosts.map((_, gone) => hosts.toSpliced(gone, 1))];
}

function fewerHarms(fault: Fault): Fault[] {
  switch (fault.kind) {
    case 'link': {
      const harms = HARMS.filter((harm) => fault[harm] !== undefined);
      return harms.length < 2 ? [] : harms.map((gone) => without(fault, gone));
    }
    case 'clock':
      return fault.jumpMs === 0 || fault.driftPpm === 0
        ? []
        : [
            { ...fault, jumpMs: 0 },
            { ...fault, driftPpm: 0 },
          ];
    case 'restart':
      return fault.newAddress ? [{ ...fault, newAddress: false }] : [];
    default:
      return [];
  }
}

function without<F extends LinkHarm>(fault: F, harm: keyof LinkHarm): F {
  const { [harm]: _, ...rest } = fault;
  return rest as F;
}

/** Its first half, and its second: it never lasts longer than it did, so that nothing is left unhealed by it. */
function shorter(fault: Fault): Fault[] {
  if (!('for' in fault) || fault.for < 2 * SHORTEST) return [];
  const half = Math.floor(fault.for / 2);
  return [
    { ...fault, for: half },
    { ...fault, at: fault.at + fault.for - half, for: half },
  ];
}
