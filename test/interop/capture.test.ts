import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Message, StreamMessage } from '../../core/wire/messages.ts';
import { Kind } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import type { Security } from '../../core/wire/security.ts';
import { describeWithSerf } from './describe-with-serf.ts';
import { FakePeer, type FakePeerOptions } from './fake-peer.ts';
import { peel, type Wrapping } from './peel.ts';
import { SerfAgents, type SerfAgent } from './serf-agent.ts';
import { until } from './until.ts';

const KEY = new Uint8Array(32).fill(7);
/** Long tags in words that repeat: worth compressing. */
const TAGS = { role: 'web', zone: 'north-1 north-2 north-3 north-1 north-2 north-3', text: 'north-1 '.repeat(12) };

type Kinds = readonly Message['kind'][];
/** All that a datagram can carry, but an error. */
const WANTED: Kinds = [0, 1, 2, 3, 4, 5, 8, 11];

describeWithSerf('everything that an agent sends', () => {
  const agents = new SerfAgents();
  const peers: FakePeer[] = [];

  beforeEach(() => {
    peers.length = 0;
  });

  afterEach(async () => {
    for (const peer of peers) peer.stop();
    await agents.stop();
  });

  async function peer(options: FakePeerOptions): Promise<FakePeer> {
    const started = await FakePeer.start(options);
    peers.push(started);
    return started;
  }

  /** Two peers of which one falls silent, so that the agent says all there is to say. */
  async function provoke(agent: SerfAgent, key?: Uint8Array): Promise<FakePeer> {
    const options = key === undefined ? {} : { key };
    const [awake, silent] = [await peer({ name: 'awake', ...options }), await peer({ name: 'silent', ...options })];
    await awake.join(agent.address);
    await silent.join(agent.address);
    silent.silent = true;
    // A ping for another, who does not answer: in the end it has to say so.
    awake.send(agent.address, {
      kind: Kind.indirectPing,
      sequence: 4_711,
      node: 'silent',
      target: silent.about.address,
      nack: true,
      source: { name: 'awake', address: awake.about.address },
    });
    const source = { name: 'awake', address: awake.about.address };
    awake.send(agent.address, { kind: Kind.ping, sequence: 4_712, node: agent.name, source });
    await awake.say(agent.address, { kind: Kind.ping, sequence: 4_713, node: agent.name, source });
    // Sealed where nothing is sealed, or plain where all is: refused with words.
    await awake.say(
      agent.address,
      key === undefined ? Uint8Array.of(Kind.encrypt, 0, 0, 0, 0) : Uint8Array.of(0, 0x80),
    );
    const missing = (): Kinds => {
      const heard = new Set(awake.messages().map(({ kind }) => kind));
      return WANTED.filter((kind) => !heard.has(kind));
    };
    const tell = (): string => `Missing: ${missing().join()}`;
    const allButDeath = async (): Promise<boolean> => {
      // Gossip may by chance all go to the silent one: then there is more of it.
      if (missing().includes(Kind.user)) await agent.event('deploy', 'version 7 '.repeat(8));
      if (missing().includes(Kind.alive)) await agent.setTags({ role: `database ${awake.datagrams.length}` });
      return missing().join() === `${Kind.dead}`;
    };
    await until('all kinds but a death', allButDeath, 10_000, tell);
    // A second accuser brings the suspicion to its minimum of three seconds.
    awake.send(agent.address, { kind: Kind.suspect, node: 'silent', incarnation: 1, from: 'awake' });
    await until('all kinds', () => missing().length === 0, 5_000, tell);
    return awake;
  }

  /** Each datagram decodes as a whole, and what our encoding makes of it means the same. */
  function expectFaithful(datagrams: readonly Uint8Array[], streams: readonly Uint8Array[], plain: Security): void {
    for (const security of [plain, { ...plain, compress: true }, { ...plain, sealVersion: 0 as const }]) {
      const { datagram, stream } = memberlistProtocol(security);
      for (const bytes of datagrams) {
        const packet = datagram.decode(bytes);
        expect(packet.parts).toHaveLength(peel(bytes, plain.keys()).messages);
        expect(datagram.decode(datagram.encode(packet))).toEqual(packet);
      }
      for (const bytes of streams) {
        const frame = stream.decode(bytes);
        expect(stream.decode(stream.encode(frame))).toEqual(frame);
      }
    }
  }

  /** Of everything that a stream can carry, but a user's message. */
  function messagesOf(streams: readonly Uint8Array[], security: Security): StreamMessage[] {
    const { stream } = memberlistProtocol(security);
    const messages = streams.map((bytes) => stream.decode(bytes).message);
    expect(new Set(messages.map(({ kind }) => kind))).toEqual(new Set([0, 2, 6, 13]));
    return messages;
  }

  test('in plain text decodes, and survives our own encoding', async () => {
    const agent = await agents.start({ name: 'plain', tags: TAGS });
    const awake = await provoke(agent);
    const { datagrams, security } = awake;
    const streams = peers.flatMap((one) => one.streams).filter((bytes) => bytes.length > 0);
    expectFaithful(datagrams, streams, security);

    const seen = new Set(datagrams.map((bytes) => peel(bytes, []).wrappings.join(' ')));
    for (const wrapping of ['checksum', 'compressed', 'compound']) {
      expect([...seen]).toContainEqual(expect.stringContaining(wrapping));
    }

    const frames = messagesOf(streams, security);
    // The state of Serf: its own kind of message, then a map.
    for (const frame of frames) {
      if (frame.kind === Kind.pushPull) expect([frame.userState[0], frame.userState[1]! & 0xf0]).toEqual([2, 0x80]);
    }
    // An ack tells the agent's network coordinate.
    const ack = awake.messages().find((one) => one.kind === Kind.ack);
    expect(ack).toMatchObject({ sequence: 4_712 });
    expect(ack?.kind === Kind.ack && ack.payload?.[0]).toBe(1);
  }, 30_000);

  test('under a key decodes, and survives our own encoding', async () => {
    const agent = await agents.start({ name: 'sealed', tags: TAGS, key: KEY });
    const { datagrams, security } = await provoke(agent, KEY);
    const streams = peers.flatMap((one) => one.streams).filter((bytes) => bytes.length > 0);
    expectFaithful(datagrams, streams, security);
    const seen = new Set(datagrams.map((bytes) => peel(bytes, [KEY]).wrappings.join(' ')));
    expect([...seen].every((one) => one.startsWith('sealed 1'))).toBe(true);
    expect([...seen].some((one) => one.includes('compressed'))).toBe(true);
    expect(streams.every((bytes) => bytes[0] === Kind.encrypt)).toBe(true);
    messagesOf(streams, security);
  }, 30_000);

  test('answers what was sealed with padding, in the newer form without', async () => {
    const agent = await agents.start({ name: 'padded', key: KEY, protocol: 2 });
    const old = await peer({ name: 'old', key: KEY, sealVersion: 0 });
    await old.join(agent.address);
    old.send(agent.address, { kind: Kind.ping, sequence: 5, node: 'padded', source: undefined });
    await until('an ack', () => old.messages().some((one) => one.kind === Kind.ack), 5_000);
    expectFaithful(old.datagrams, old.streams, old.security);
    expect(await agent.view()).toBe('old:alive padded:alive');
    expect(peel(old.datagrams[0]!, [KEY]).wrappings[0]).toBe('sealed 1');
  });

  test('without compression decodes as well', async () => {
    const agent = await agents.start({ name: 'wide', tags: TAGS, compress: false });
    const awake = await peer({ name: 'awake' });
    await awake.join(agent.address);
    await agent.event('deploy', 'now');
    await until('the event', () => awake.messages().some((one) => one.kind === Kind.user), 5_000);
    expectFaithful(awake.datagrams, awake.streams, awake.security);
    const seen = new Set(awake.datagrams.flatMap((bytes) => peel(bytes, []).wrappings));
    expect(seen).toEqual(new Set<Wrapping>(['checksum', 'compound']));
  });
});
