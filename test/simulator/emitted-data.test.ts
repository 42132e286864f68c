import { describe, expect, test } from 'vitest';
import { HostFailed } from '../../simulator/errors.ts';
import type { HostEvent } from '../../simulator/program.ts';
import { World } from '../../simulator/world.ts';

/** The hash of a world in which one host emits this once. */
function hashOf(event: object): string {
  const hosts = [{ name: 'a', program: (host: { emit(event: HostEvent): void }) => host.emit(event as HostEvent) }];
  const world = new World({ seed: 'data', hosts, faults: [], duration: 1 });
  world.run();
  return world.hash;
}

const holding = (value: unknown): string => hashOf({ type: 'told', value });

describe('what a program emits', () => {
  test('enters the hash with every value that is data', () => {
    const values = [
      undefined,
      null,
      true,
      false,
      0,
      1,
      -1,
      0.5,
      2 ** 32,
      2 ** 32 + 1,
      Number.NaN,
      Infinity,
      '',
      '1',
      'a text',
      1n << 70n,
      [],
      [1],
      [1, 2],
      [2, 1],
      [[1], 2],
      {},
      { a: 1 },
      { a: 2 },
      { b: 1 },
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      { type: 1 },
      { a: { b: { c: 1 } } },
      { a: { b: { c: 2 } } },
      Uint8Array.of(),
      Uint8Array.of(1, 2),
      Uint8Array.of(2, 1),
    ];
    expect(new Set(values.map(holding)).size).toBe(values.length);
  });

  test('enters the hash with the names of its fields, and whatever its class', () => {
    class Told {
      readonly type = 'told';
      readonly value: number;
      constructor(value: number) {
        this.value = value;
      }
    }
    expect(hashOf(new Told(1))).toBe(holding(1));
    expect(hashOf(new Told(2))).not.toBe(holding(1));
    expect(hashOf({ type: 'told', worth: 1 })).not.toBe(holding(1));
    expect(hashOf({ type: 'told' })).not.toBe(holding(undefined));
  });

  test('has one hash however equal data came about', () => {
    const backwards = new Uint8Array(new Uint8Array([9, 1, 2]).buffer, 1);
    expect(holding(backwards)).toBe(holding(Uint8Array.of(1, 2)));
    expect(holding(JSON.parse('{"a":[1,"x"]}'))).toBe(holding({ a: [1, ['x'].join('')] }));
  });

  test('counts as equal where it holds what has no value of its own', () => {
    const opaque = [() => 1, () => 2, Symbol('a'), Symbol('b'), new Map([[1, 2]]), new Date(7)];
    expect(new Set(opaque.map(holding)).size).toBe(1);
  });

  test('may contain itself', () => {
    const loop: Record<string, unknown> = { name: 'loop' };
    loop['self'] = loop;
    expect(holding(loop)).toBe(holding(loop));
  });
});

describe('an event without a type', () => {
  test.each([[{}], [{ type: '' }], [{ type: 7 }], [null], [undefined]])('is refused: %j', (event) => {
    const emitting = () => hashOf(event as unknown as object);
    expect(emitting).toThrow(HostFailed);
    expect(emitting).toThrow(/^a threw at 0 us: InvalidSetting: event\.type is .*emit\(\{ type: 'elected' \}\)/);
  });
});
