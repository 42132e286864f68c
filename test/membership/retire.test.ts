import { describe, expect, test } from 'vitest';
import { State } from '../../core/wire/messages.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { TestCluster } from './cluster.ts';

/** Four members, of which d crashes at 10 s and comes back at 60 s if asked to. */
function withCrash(options: { seconds: number; back?: boolean }): TestCluster {
  const faults: Fault[] = [{ id: 'down', at: 10_000_000, kind: 'crash', hosts: ['d'] }];
  if (options.back === true) {
    faults.push({ id: 'up', at: 60_000_000, kind: 'restart', hosts: ['d'], keepStore: false, newAddress: false });
  }
  return new TestCluster(4, { seconds: options.seconds, faults });
}

describe('a dead member that an operator retires', () => {
  test('counts as having left everywhere, and is tried no more', () => {
    const cluster = withCrash({ seconds: 120 }).until(30);
    expect(cluster.view('a')).toContain('d:dead');
    cluster.node('a').forceLeave('d');
    cluster.until(32);
    expect(['a', 'b', 'c'].map((name) => cluster.view(name))).toEqual(
      Array.from({ length: 3 }, () => 'a:alive b:alive c:alive d:left'),
    );
    const tried = cluster.node('a').counters.healingAttempts;
    cluster.until(120);
    expect(cluster.node('a').counters.healingAttempts).toBe(tried);
  });

  test('is forgotten as dead also where it was only remembered', () => {
    const cluster = withCrash({ seconds: 120 }).until(110);
    expect(cluster.view('a')).not.toContain('d:');
    cluster.node('a').forceLeave('d');
    cluster.until(112);
    for (const name of ['a', 'b', 'c']) {
      const remembered = cluster
        .node(name)
        .remembered()
        .find((one) => one.about.name === 'd');
      expect(remembered?.state).toBe(State.left);
    }
  });

  test('comes back when it was not dead after all', () => {
    const cluster = withCrash({ seconds: 120, back: true }).until(30);
    cluster.node('a').forceLeave('d');
    cluster.until(100);
    expect(cluster.view('a')).toContain('d:alive');
  });

  test('must be dead: the living and the unknown are refused', () => {
    const cluster = withCrash({ seconds: 30 }).until(8);
    expect(() => cluster.node('a').forceLeave('b')).toThrow(/"b" is alive/);
    expect(() => cluster.node('a').forceLeave('zoe')).toThrow(/No member is called "zoe"/);
  });
});

describe('what a node remembers', () => {
  test('holds everybody else, departed ones too', () => {
    const cluster = withCrash({ seconds: 60 }).until(40);
    const remembered = cluster.node('a').remembered();
    expect(remembered.map((one) => `${one.about.name}:${one.state}`).toSorted()).toEqual(['b:0', 'c:0', 'd:2']);
  });
});
