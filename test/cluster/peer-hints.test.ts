import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PeerHints } from '../../core/cluster/peer-hints.ts';
import type { Candidate } from '../../core/discovery/source.ts';
import { Timed } from '../discovery/timed.ts';

const OWN = '10.0.0.99:7946';

async function hints(own: Candidate[] = [], address = OWN) {
  const time = await Timed.begin();
  const { clock, random } = time;
  const isOwn = (one: string): boolean => one === OWN;
  return { time, layer: new PeerHints({ clock, random, own: () => own, isOwn, address }) };
}

test('what own sources found is handed on, and is a hint there for ten minutes', async () => {
  const { layer: teller } = await hints([{ address: '10.0.0.1:7946' }, { id: 'b', address: '[fd00::2]:7946' }]);
  const { layer, time } = await hints();
  layer.mergeState(teller.exportState());
  expect(layer.candidates).toEqual([{ address: '10.0.0.1:7946' }, { address: '[fd00::2]:7946' }]);
  await time.pass(599);
  expect(layer.candidates).toHaveLength(2);
  await time.pass(2);
  expect(layer.candidates).toEqual([]);
});

test('a hint is not handed on: it would outlive its source in circles', async () => {
  const { layer: teller } = await hints([{ address: '10.0.0.1:7946' }]);
  const { layer } = await hints();
  layer.mergeState(teller.exportState());
  expect(layer.exportState()).toEqual(new Uint8Array(0));
});

test('a peer can say at most so much, and what is no place to reach is left out', async () => {
  const { layer } = await hints();
  layer.mergeState(encode([OWN, '0.0.0.0:7946', '10.0.0.1:0', 'node.example.org:7946', 7, null, '10.0.0.2:7946']));
  expect(layer.candidates).toEqual([{ address: '10.0.0.2:7946' }]);
  layer.mergeState(encode(Array.from({ length: 33 }, (_, i) => `10.0.1.${i}:7946`)));
  expect(layer.candidates).toHaveLength(1);
  for (let peer = 0; peer < 50; peer++) {
    layer.mergeState(encode(Array.from({ length: 32 }, (_, i) => `10.${peer}.2.${i}:7946`)));
  }
  expect(layer.candidates).toHaveLength(256);
});

test('groups, links, broadcasts and this machine are no hints, unless all of the cluster is on this machine', async () => {
  const odd = ['127.0.0.1:22', '[::1]:22', '169.254.169.254:80', '224.0.0.1:7946', '255.255.255.255:7946'];
  const all = [...odd, '[fe80::1]:7946', '[ff02::1]:7946', '10.0.0.1:7946'];
  const { layer } = await hints();
  layer.mergeState(encode(all));
  expect(layer.candidates).toEqual([{ address: '10.0.0.1:7946' }]);
  const { layer: local } = await hints([], '127.0.0.1:7946');
  local.mergeState(encode(all));
  expect(local.candidates.map(({ address }) => address)).toEqual(['127.0.0.1:22', '[::1]:22', '10.0.0.1:7946']);
});

test('a few bytes that promise billions of items cost nothing', async () => {
  const { layer } = await hints();
  const promise = [0xdd, 0x01, 0xff, 0xff, 0xff];
  const nested = Array.from({ length: 12 }, () => promise).flat();
  for (const bomb of [nested, [0xdf, 0xff, 0xff, 0xff, 0xff], [0xdb, 0xff, 0xff, 0xff, 0xff]]) {
    layer.mergeState(Uint8Array.from(bomb));
  }
  expect(layer.candidates).toEqual([]);
});

test('whatever bytes arrive, nothing is thrown', async () => {
  const { layer } = await hints();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      layer.mergeState(bytes);
    }),
  );
});
