import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { silentLog } from '../../core/ports/log.ts';
import { seededRandom } from '../../core/random.ts';
import { Kind } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import type { Node } from '../../transports/node.ts';
import { placeOf } from '../../transports/sockets/place.ts';
import { startNode } from '../../transports/start-node.ts';
import { Mixture } from './mixture.ts';

const DATAGRAMS = 20_000;
const BATCH = 250;

async function started(name: string, seeds: readonly string[] = []): Promise<Node> {
  const cluster = { node_id: name, listen_addr: '127.0.0.1:0', seeds };
  const node = await startNode({ cluster, admin: { enabled: false } }, { log: silentLog });
  onTestFinished(() => node.stop());
  return node;
}

test('20,000 malformed datagrams are counted by kind, and every ping between them is answered', async () => {
  const target = await started('target');
  const peer = await started('peer', [target.address]);
  const { host, port } = placeOf(target.address);
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.connect(port, host);
  await once(socket, 'connect');
  const none: never[] = [];
  const security = { label: '', crypto: nodeCrypto(), keys: () => none, compress: false, acceptPlain: true } as const;
  const { datagram } = memberlistProtocol({ ...security, sealVersion: 1 });
  const answers: number[] = [];
  socket.on('message', (bytes) => {
    for (const part of datagram.decode(bytes).parts) if (part.kind === Kind.ack) answers.push(part.sequence);
  });

  const pool = new Mixture(seededRandom('bounded'), { name: 'target', address: target.address, label: '' }).pool(2_000);
  const { counters } = target.membership;
  const asked: number[] = [];
  let slowest = 0;
  for (let sent = 0; sent < DATAGRAMS;) {
    for (let i = 0; i < BATCH; i++, sent++) socket.send(pool[sent % pool.length]!);
    // The socket keeps the order: once this one is answered, all that came before has been read.
    const sequence = 1 + sent;
    const ping = { kind: Kind.ping, sequence, node: 'target', source: undefined } as const;
    asked.push(sequence);
    const began = performance.now();
    socket.send(datagram.encode({ label: '', key: undefined, checksum: false, parts: [ping] }));
    while (!answers.includes(sequence) && performance.now() - began < 2_000) await sleep(1);
    slowest = Math.max(slowest, performance.now() - began);
  }
  expect(answers).toEqual(asked);
  expect(slowest).toBeLessThan(500);

  expect(counters.packetsReceived).toBeGreaterThanOrEqual(DATAGRAMS + asked.length);
  const reasons = ['unknown-kind', 'empty', 'bad-checksum', 'too-large', 'too-deep', 'wrong-label', 'too-many'];
  // One kind in ten is made of empty datagrams, one of bombs, one of deep nesting, one has another label.
  for (const reason of ['empty', 'too-large', 'too-deep', 'wrong-label'] as const) {
    expect(counters.dropped[reason], reason).toBeGreaterThanOrEqual(DATAGRAMS / 10);
  }
  expect(Object.keys(counters.dropped)).toEqual(expect.arrayContaining(reasons));
  const dropped = Object.values(counters.dropped).reduce((sum, one) => sum + one, 0);
  // Accusations of strangers are well-formed and concern nobody; some damaged datagrams still make sense.
  expect(dropped).toBeGreaterThan(0.85 * DATAGRAMS);
  expect(dropped).toBeLessThanOrEqual(0.9 * DATAGRAMS);

  for (const { membership } of [target, peer]) {
    expect(
      membership
        .members()
        .map(({ name, state }) => `${name} ${state}`)
        .toSorted(),
    ).toEqual(['peer alive', 'target alive']);
    expect(membership.counters.changes).toMatchObject({ suspect: 0, fail: 0 });
    expect(membership.counters.probesFailed).toBe(0);
  }
});
