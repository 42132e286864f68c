import { describe, expect, test } from 'vitest';
import { SECOND } from '../../core/ports/clock.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { kubernetesWorld } from './kubernetes-world.ts';

const labels = { app: 'engram' };

function command(id: string, at: number, name: string, argument: unknown): Fault {
  return { id, at: at * SECOND, kind: 'command', hosts: ['api-1'], command: name, argument };
}

function service(id: string, at: number, effect: string, lasts: number, hosts = ['api-1'], argument?: unknown): Fault {
  return { id, at: at * SECOND, kind: 'service', hosts, effect, for: lasts * SECOND, argument };
}

const a = command('a', 0, 'create', { name: 'a', labels, ips: ['10.0.0.1'] });
const b = (at: number): Fault => command('b', at, 'create', { name: 'b', labels, ips: ['10.0.0.2'] });

describe('following Kubernetes', () => {
  test('a watch where nothing happens lives by its bookmarks, until the server ends it', async () => {
    const { told, ends, runTo } = kubernetesWorld(1, [a]);
    await runTo(500);
    expect(ends).toHaveLength(1);
    const [{ atS, how }] = ends as [{ atS: number; how: string }];
    expect(how).toBe('in order');
    expect(atS).toBeGreaterThanOrEqual(241);
    expect(atS).toBeLessThanOrEqual(482);
    // What was told is confirmed about once a minute.
    expect(told.length).toBeGreaterThanOrEqual(Math.floor(atS / 60));
    expect(new Set(told.flatMap(({ addresses }) => addresses))).toEqual(new Set(['10.0.0.1:7946']));
  });

  test('a watch that has gone silent is given up, and the next list shows what it missed', async () => {
    const silence = service('silent', 20, 'kubernetes-watch-silent', 1);
    const { told, ends, runTo, world } = kubernetesWorld(1, [a, silence, b(30)]);
    await runTo(130);
    expect(world.struckIds).toContain('silent');
    expect(ends).toEqual([{ atS: expect.closeTo(101, 0), how: 'in order' }]);
    expect(told.filter(({ atS }) => atS > 20 && atS < 101)).toEqual([]);
    expect(told.at(-1)!.addresses).toEqual(['10.0.0.1:7946', '10.0.0.2:7946']);
  });

  test('a server that is behind the list is asked again a second later, as it says', async () => {
    const lag = service('lag', 0.5, 'kubernetes-lag', 10, ['api-1'], { ms: 30_000 });
    const { ends, told, runTo } = kubernetesWorld(1, [a, lag, command('b', 0.9, 'create', { name: 'b', labels })]);
    await runTo(5);
    expect(ends[0]!.how).toContain('Too large resource version');
    expect(told[0]!.addresses).toHaveLength(2);
    await runTo(40);
    expect(ends.at(-1)!.atS).toBeLessThan(36);
  });

  test('a token that was replaced is read again', async () => {
    const rotations = [5, 10].map((at) => command(`r${at}`, at, 'rotate', { token: `token ${at}` }));
    const cut = service('cut', 12, 'kubernetes-watch-cut', 0.1);
    const { ends, told, runTo } = kubernetesWorld(1, [a, ...rotations, cut, b(13)]);
    await runTo(20);
    expect(ends).toHaveLength(1);
    expect(told.at(-1)!.addresses).toHaveLength(2);
  });

  test('a storm of expired histories costs lists, and loses nobody', async () => {
    const storm = service('storm', 10, 'kubernetes-gone', 30);
    const { ends, told, runTo } = kubernetesWorld(1, [a, storm, b(20)]);
    await runTo(60);
    expect(ends.length).toBeGreaterThan(40);
    expect(ends.every(({ how }) => how === 'in order')).toBe(true);
    expect(told.every(({ addresses }) => addresses.includes('10.0.0.1:7946'))).toBe(true);
    expect(told.at(-1)!.addresses).toHaveLength(2);
  });

  test('a server that is cut off from its store tells no news; the next list finds that out', async () => {
    const cut: Fault = {
      id: 'cut',
      at: 10 * SECOND,
      kind: 'partition',
      groups: [['etcd'], ['api-1']],
      for: 1_000 * SECOND,
    };
    const { ends, told, runTo } = kubernetesWorld(1, [a, cut, b(20)]);
    await runTo(490);
    expect(told.at(-1)!.addresses).toEqual(['10.0.0.1:7946']);
    expect(ends[0]!.how).toBe('in order');
    expect(ends.at(-1)!.how).toContain('etcdserver: request timed out');
  });
});
