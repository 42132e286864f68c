import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { Kind, type Message, type StreamMessage } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import type { Key } from '../../core/ports/crypto.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { placeOf } from '../../transports/sockets/place.ts';
import { Amplification } from './amplification.ts';
import { Mixture } from './mixture.ts';

const KEY = new Uint8Array(32).fill(5);
const OTHER_KEY = new Uint8Array(32).fill(6);

const wire = (keys: readonly Key[], label = '') =>
  memberlistProtocol({
    label,
    crypto: nodeCrypto(),
    keys: () => keys,
    compress: false,
    acceptPlain: false,
    sealVersion: 1,
  });

/** What comes back on a stream until it is closed. */
function heardOn(address: string, bytes: Uint8Array): Promise<number> {
  const { host, port } = placeOf(address);
  return new Promise((resolve) => {
    let heard = 0;
    const socket = connect({ host, port, allowHalfOpen: true }, () => void socket.write(bytes));
    socket.on('data', ({ length }) => void (heard += length));
    socket.on('end', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard));
  });
}

test('without the key nobody gets a single byte, by datagram or stream, whatever is asked', async () => {
  const scene = await Amplification.start(KEY);
  onTestFinished(() => scene.stop());
  const { address, membership } = scene.node;
  const target = { name: 'target', address, label: '' };
  const source = { name: 'peer', address: scene.peer.about.address };
  const questions: Message[] = [
    { kind: Kind.ping, sequence: 1, node: 'target', source },
    { kind: Kind.ping, sequence: 2, node: '', source: undefined },
    { kind: Kind.indirectPing, sequence: 3, node: 'peer', target: scene.peer.about.address, nack: true, source },
  ];
  const calls: StreamMessage[] = [
    { kind: Kind.pushPull, join: true, states: [], userState: new Uint8Array(0) },
    { kind: Kind.ping, sequence: 4, node: 'target', source },
    { kind: Kind.user, payload: new Uint8Array(10) },
  ];
  const before = { ...membership.counters.dropped };
  for (const [key, label] of [
    [undefined, ''],
    [OTHER_KEY, ''],
    [undefined, 'blue'],
    [KEY, 'blue'],
  ] as const) {
    const { datagram, stream } = wire(key === undefined ? [] : [key], label);
    for (const question of questions) scene.send(datagram.encode({ label, key, checksum: false, parts: [question] }));
    for (const message of calls) expect(await heardOn(address, stream.encode({ label, key, message }))).toBe(0);
  }
  for (const bytes of new Mixture(seededRandom('keyless'), target).pool(100)) scene.send(bytes);
  const dropped = (): number => Object.values(membership.counters.dropped).reduce((sum, one) => sum + one, 0);
  const expected = Object.values(before).reduce((sum, one) => sum + one, 0) + 4 * 6 + 100;
  await expect.poll(dropped, { timeout: 4_000 }).toBeGreaterThanOrEqual(expected);
  expect(scene.heard).toBe(0);
  // Whoever has the key is answered all the while.
  expect(await scene.asMember()).toBeGreaterThan(1_000);
});
