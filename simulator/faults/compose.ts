import type { Micros } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import { InvalidFault } from '../errors.ts';
import type { Fault } from './fault.ts';

/** From when, and for how long. */
export interface Window {
  readonly at: Micros;
  readonly for: Micros;
}

/** On and off again and again, beginning with on. */
export interface Rhythm {
  readonly on: Micros;
  readonly off: Micros;
}

/** Nobody of one side hears anybody of the other. A host that is on neither side is a bridge between them. */
export function split(id: string, sides: readonly (readonly string[])[], window: Window): Fault[] {
  return [{ id, kind: 'partition', groups: sides.map((side) => [...side]), ...window }];
}

/** `to` does not hear `from`; the other way is free. */
export function oneWay(id: string, from: readonly string[], to: readonly string[], window: Window): Fault[] {
  return [{ id, kind: 'block', from: [...from], to: [...to], ...window }];
}

/** The first and the second part hear only the hosts that are in neither. */
export function partialThreeWay(
  id: string,
  hosts: readonly string[],
  first: readonly string[],
  second: readonly string[],
  window: Window,
): Fault[] {
  const third = hosts.filter((name) => !first.includes(name) && !second.includes(name));
  if (third.length === 0)
    throw new InvalidFault(id, 'no host is left for the third part. Leave one out of the others.');
  return split(id, [first, second], window);
}

/** Two halves that only `host` still hears, and that only it still reaches. */
export function bridge(id: string, hosts: readonly string[], host: string, window: Window): Fault[] {
  const others = hosts.filter((name) => name !== host);
  const middle = others.length >>> 1;
  return split(id, [others.slice(0, middle), others.slice(middle)], window);
}

/** Every host hears its two neighbours in the list alone. */
export function ring(id: string, hosts: readonly string[], window: Window): Fault[] {
  const count = hosts.length;
  return hosts.flatMap((host, index) => {
    const near = [host, hosts[(index + 1) % count], hosts[(index + count - 1) % count]];
    const far = hosts.filter((name) => !near.includes(name));
    return far.length === 0 ? [] : oneWay(`${id}-${host}`, far, [host], window);
  });
}

export function isolate(id: string, host: string, hosts: readonly string[], window: Window): Fault[] {
  return split(id, [[host], hosts.filter((name) => name !== host)], window);
}

/** Repeats what `make` makes for as long as the window lasts; the last turn is cut at its end. */
export function flapping(
  id: string,
  window: Window,
  rhythm: Rhythm,
  make: (id: string, window: Window) => Fault[],
): Fault[] {
  const faults: Fault[] = [];
  const end = window.at + window.for;
  for (let at = window.at, turn = 1; at < end; at += rhythm.on + rhythm.off, turn++) {
    faults.push(...make(`${id}-${turn}`, { at, for: Math.min(rhythm.on, end - at) }));
  }
  return faults;
}

/** One host after another is cut off from all that remain; all come back together. */
export function cascading(id: string, lost: readonly string[], hosts: readonly string[], window: Window): Fault[] {
  return lost.flatMap((host, index) => {
    const later = Math.floor((window.for * index) / lost.length);
    return isolate(`${id}-${host}`, host, hosts, { at: window.at + later, for: window.for - later });
  });
}

/**
 * The links of every host are clogged, one host after another in a random order during the first half of the window,
 * and freed in another random order during the second.
 */
export function swizzle(id: string, random: Random, hosts: readonly string[], window: Window): Fault[] {
  const clogging = random.shuffle([...hosts]);
  const freeing = random.shuffle([...hosts]);
  const half = Math.floor(window.for / 2);
  const step = Math.floor(half / Math.max(1, hosts.length));
  return clogging.flatMap((host, index) => {
    const at = window.at + step * index;
    const end = window.at + half + step * (freeing.indexOf(host) + 1);
    return isolate(`${id}-${host}`, host, hosts, { at, for: end - at });
  });
}

export interface RollingRestart {
  readonly at: Micros;
  /** From one host's crash to the next one's. */
  readonly every: Micros;
  /** From a host's crash to its restart. */
  readonly down: Micros;
  readonly keepStore: boolean;
  readonly newAddress: boolean;
}

export function rollingRestart(id: string, hosts: readonly string[], rolling: RollingRestart): Fault[] {
  const { at, every, down, keepStore, newAddress } = rolling;
  return hosts.flatMap((host, index): Fault[] => [
    { id: `${id}-${host}-down`, kind: 'crash', at: at + every * index, hosts: [host] },
    { id: `${id}-${host}-up`, kind: 'restart', at: at + every * index + down, hosts: [host], keepStore, newAddress },
  ]);
}

/** Hosts that are down, such as those whose `startAt` never comes, boot together. */
export function massJoin(id: string, hosts: readonly string[], at: Micros): Fault[] {
  return [{ id, kind: 'restart', at, hosts: [...hosts], keepStore: true, newAddress: false }];
}

/** The programs of all these hosts are told to leave. */
export function massLeave(id: string, hosts: readonly string[], at: Micros): Fault[] {
  return [{ id, kind: 'command', at, hosts: [...hosts], command: 'leave' }];
}

/** Nothing reaches these hosts while it is on, though all they send is heard. */
export function flipFlopIngressLoss(id: string, hosts: readonly string[], window: Window, rhythm: Rhythm): Fault[] {
  return flapping(id, window, rhythm, (turn, part) => [
    { id: turn, kind: 'link', to: [...hosts], loss: [1, 1], ...part },
  ]);
}
