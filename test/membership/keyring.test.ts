import { describe, expect, test } from 'vitest';
import { Keyring } from '../../core/membership/keyring.ts';
import { described, alive, LoneNode } from './lone-node.ts';

const key = (fill: number, length = 16): Uint8Array => new Uint8Array(length).fill(fill);

describe('the keyring', () => {
  test('rotates: install, use, remove', () => {
    const ring = new Keyring([key(1)]);
    ring.install(key(2, 32));
    expect(ring.list()).toEqual([key(1), key(2, 32)]);
    ring.use(key(2, 32));
    expect(ring.primary).toEqual(key(2, 32));
    ring.remove(key(1));
    expect(ring.list()).toEqual([key(2, 32)]);
  });

  test('refuses steps that would cut a node off, and says what to do first', () => {
    const ring = new Keyring([key(1)]);
    expect(() => ring.remove(key(1))).toThrow(/Use another key on every node first/);
    expect(() => ring.use(key(3))).toThrow(/Install it on every node first/);
    expect(() => ring.install(key(3, 17))).toThrow(/16, 24 or 32 bytes .* has 17/);
    expect(() => new Keyring([]).install(key(1))).toThrow(/plain text/);
    expect(ring.list()).toEqual([key(1)]);
  });

  test('keeps one copy of a key', () => {
    const ring = new Keyring([key(1), key(1)]);
    ring.install(key(1));
    expect(ring.list()).toHaveLength(1);
  });
});

describe('envelopes', () => {
  const news = alive(described('peer', '10.0.0.2:7946'), 1);

  test('another cluster, plain text and an unknown key are not let in', () => {
    const lone = new LoneNode({ label: 'blue', keyring: new Keyring([key(1), key(2)]) });
    lone.hear(news, undefined, { label: 'red', key: key(1) });
    lone.hear(news, undefined, { label: 'blue' });
    lone.hear(news, undefined, { label: 'blue', key: key(3) });
    expect(lone.node.members()).toHaveLength(1);
    expect(lone.node.counters.dropped).toEqual({ 'wrong-label': 1, 'not-sealed': 1, 'no-key': 1 });
    lone.hear(news, undefined, { label: 'blue', key: key(2) });
    expect(lone.node.members()).toHaveLength(2);
  });

  test('without a key nothing sealed is let in', () => {
    const lone = new LoneNode();
    lone.hear(news, undefined, { key: key(1) });
    expect(lone.node.counters.dropped).toEqual({ sealed: 1 });
  });

  test('everything is sealed under the primary key, from the moment it is used', () => {
    const keyring = new Keyring([key(1)]);
    const lone = new LoneNode({ keyring });
    const counts: number[] = [];
    lone.node.on('keys', ({ count }) => counts.push(count));
    lone.hear(news, undefined, { key: key(1) });
    lone.clock.advance(1_000);
    expect(new Set(lone.sent.map((one) => one.packet.key))).toEqual(new Set([key(1)]));
    keyring.install(key(2));
    keyring.use(key(2));
    lone.sent.length = 0;
    lone.clock.advance(2_000);
    expect(lone.sent.every((one) => one.packet.key?.[0] === 2)).toBe(true);
    expect(counts).toEqual([2, 2]);
  });
});
