import { describe, expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import { deedInWords, durationInWords, faultInWords, faultsInForce, timeInWords } from '../../scenarios/in-words.ts';
import type { Fault } from '../../simulator/faults/fault.ts';

const at = 10 * SECOND;
const ids = (faults: readonly Fault[], when: number) => faultsInForce(faults, when).map(({ id }) => id);

describe('the faults in force', () => {
  test('are those whose time it is', () => {
    const pause: Fault = { id: 'p', at, kind: 'pause', hosts: ['n1'], mode: 'freeze', for: 5 * SECOND };
    expect([9, 10, 15, 16].map((second) => ids([pause], second * SECOND))).toEqual([[], ['p'], ['p'], []]);
  });

  test('hold a crash against its hosts until all were started again', () => {
    const faults: Fault[] = [
      { id: 'c', at, kind: 'crash', hosts: ['n1', 'n2'] },
      { id: 'r1', at: 20 * SECOND, kind: 'restart', hosts: ['n1'], keepStore: true, newAddress: false },
      { id: 'r2', at: 40 * SECOND, kind: 'restart', hosts: ['n2'], keepStore: true, newAddress: false },
    ];
    expect(ids(faults, 39 * SECOND)).toEqual(['c']);
    expect(ids(faults, 41 * SECOND)).toEqual(['r2']);
    expect(ids(faults.slice(0, 2), 1000 * SECOND)).toEqual(['c']);
  });

  test('never forget a clock that was moved', () => {
    const clock: Fault = { id: 'k', at, kind: 'clock', hosts: ['n1'], jumpMs: 5, driftPpm: 0 };
    expect(ids([clock], 1_000_000 * SECOND)).toEqual(['k']);
  });

  test('are the last few of a storm of commands, and everything that lasts', () => {
    const storm = Array.from({ length: 50 }, (_, index): Fault => ({
      id: `s${index}`,
      at: at + index,
      kind: 'command',
      hosts: ['n1'],
      command: 'update',
    }));
    const loss: Fault = { id: 'loss', at: 0, kind: 'link', for: 100 * SECOND, loss: [1, 3] };
    expect(ids([...storm, loss], 11 * SECOND)).toEqual(['loss', 's45', 's46', 's47', 's48', 's49']);
  });
});

describe('in words', () => {
  test.each<[string, Fault]>([
    ['n1, n2 crash', { id: 'f', at, kind: 'crash', hosts: ['n1', 'n2'] }],
    [
      'n1 restarts without stored state at a new address',
      { id: 'f', at, kind: 'restart', hosts: ['n1'], keepStore: false, newAddress: true },
    ],
    ['n1 freezes, timers included', { id: 'f', at, kind: 'pause', hosts: ['n1'], mode: 'freeze', for: 1 }],
    [
      'n1 hears and says nothing while timers run',
      { id: 'f', at, kind: 'pause', hosts: ['n1'], mode: 'ioBlock', for: 1 },
    ],
    ['n1 needs 1.5 ms of CPU per message', { id: 'f', at, kind: 'slow', hosts: ['n1'], perMessage: 1500, for: 1 }],
    [
      'the clock of n1 jumps by -5 ms and drifts by 20 ppm',
      { id: 'f', at, kind: 'clock', hosts: ['n1'], jumpMs: -5, driftPpm: 20 },
    ],
    ['the clock of n1 drifts by 20 ppm', { id: 'f', at, kind: 'clock', hosts: ['n1'], jumpMs: 0, driftPpm: 20 }],
    ['the clock of n1 jumps by 5 ms', { id: 'f', at, kind: 'clock', hosts: ['n1'], jumpMs: 5, driftPpm: 0 }],
    [
      'datagrams cut between {n1} and {n2, n3}',
      { id: 'f', at, kind: 'partition', groups: [['n1'], ['n2', 'n3']], for: 1, only: 'datagram' },
    ],
    [
      'everything from n1 to a, b, c and 3 more lost',
      { id: 'f', at, kind: 'block', from: ['n1'], to: ['a', 'b', 'c', 'd', 'e', 'f'], for: 1 },
    ],
    [
      'links from n1 to everybody suffer 33.3 % loss, 2 s of delay',
      { id: 'f', at, kind: 'link', from: ['n1'], for: 1, loss: [1, 3], delay: 2 * SECOND },
    ],
    ['streams of n1: half-open', { id: 'f', at, kind: 'stream', hosts: ['n1'], effect: 'half-open', for: 1 }],
    ['n1 told to leave', { id: 'f', at, kind: 'command', hosts: ['n1'], command: 'leave' }],
  ])('%s', (words, fault) => expect(deedInWords(fault)).toBe(words));

  test('a fault says when, and until when', () => {
    expect(faultInWords({ id: 'f', at, kind: 'link', for: SECOND, loss: [1, 2] })).toBe(
      '10.000 s: links from everybody to everybody suffer 50 % loss until 11.000 s',
    );
  });

  test('a time is exact, a duration is readable', () => {
    expect([0, 1, 1_500_000, 12_345_678].map(timeInWords)).toEqual(['0.000 s', '0.000001 s', '1.500 s', '12.345678 s']);
    expect([7, 1_500, 12_345_678, 300 * SECOND].map(durationInWords)).toEqual(['7 us', '1.5 ms', '12.3 s', '300 s']);
  });
});
