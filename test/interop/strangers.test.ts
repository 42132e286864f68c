import { afterEach, expect, test } from 'vitest';
import type { DropReason } from '../../core/membership/counters.ts';
import { Kind, type StreamMessage } from '../../core/wire/messages.ts';
import { memberlistProtocol } from '../../core/wire/protocol.ts';
import { describeWithSerf } from './describe-with-serf.ts';
import { FakePeer } from './fake-peer.ts';
import { RollcallNode, type RollcallNodeOptions } from './rollcall-node.ts';
import { SerfAgents } from './serf-agent.ts';
import { until } from './until.ts';

const KEY = new Uint8Array(32).fill(1);
const OTHER_KEY = new Uint8Array(32).fill(2);
const NO_STATE: StreamMessage = { kind: Kind.pushPull, join: true, states: [], userState: new Uint8Array(0) };

const nodes: RollcallNode[] = [];
const peers: FakePeer[] = [];
const agents = new SerfAgents();

afterEach(async () => {
  for (const peer of peers.splice(0)) peer.stop();
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
  await agents.stop();
});

async function start(options: Partial<RollcallNodeOptions>, name = 'stranger'): Promise<RollcallNode> {
  const node = await RollcallNode.start({ name, ...options });
  nodes.push(node);
  return node;
}

async function fake(key: Uint8Array | undefined): Promise<FakePeer> {
  const peer = await FakePeer.start({ name: 'fake', ...(key === undefined ? {} : { key }) });
  peers.push(peer);
  return peer;
}

interface Stranger {
  readonly who: string;
  readonly agentKey: Uint8Array | undefined;
  readonly node: Partial<RollcallNodeOptions>;
  /** Why our attempt to join fails. */
  readonly failure: string;
  /** Why what an agent sends to us is dropped. */
  readonly dropped: DropReason;
}

const STRANGERS: readonly Stranger[] = [
  {
    who: 'a node with another key',
    agentKey: KEY,
    node: { key: OTHER_KEY },
    failure: 'No key that is installed here opens it. The node runs on',
    dropped: 'no-key',
  },
  {
    who: 'a node without a key',
    agentKey: KEY,
    node: {},
    failure: 'It is encrypted, but no keys are installed here. The node runs on',
    dropped: 'sealed',
  },
  {
    who: 'a node with a key among agents without',
    agentKey: undefined,
    node: { key: KEY },
    failure: 'Plain text on a stream, but this cluster is encrypted. The node runs on',
    dropped: 'not-sealed',
  },
  {
    who: 'a node with a label',
    agentKey: undefined,
    node: { label: 'blue' },
    failure: 'the stream ended (end)',
    dropped: 'wrong-label',
  },
];

describeWithSerf('strangers', () => {
  test.each(STRANGERS)('$who: neither side learns of the other, and ours says why', async (stranger) => {
    const { agentKey } = stranger;
    const agent = await agents.start({ name: 'agent', ...(agentKey === undefined ? {} : { key: agentKey }) });
    const node = await start(stranger.node);
    await expect(node.membership.join([agent.address])).rejects.toThrow(stranger.failure);
    await expect(agent.join(node.address)).rejects.toThrow();
    expect(node.membership.counters.dropped).toEqual({ [stranger.dropped]: 1 });
    expect([await agent.view(), node.view()]).toEqual(['agent:alive', 'stranger:alive']);

    // Whoever speaks as an agent does hears nothing from us.
    const asAgent = await fake(agentKey);
    asAgent.send(node.address, { kind: Kind.ping, sequence: 1, node: 'stranger', source: undefined });
    expect(await asAgent.say(node.address, NO_STATE)).toHaveLength(0);
    const { dropped } = node.membership.counters;
    const total = (): number => Object.values(dropped).reduce((sum, count) => sum + count, 0);
    await until('both to be counted', () => total() === 3, 2_000, total);
    // A sealed datagram is random bytes: to those without a key it may look like a damaged one.
    expect(dropped[stranger.dropped]).toBeGreaterThanOrEqual(2);
    expect(asAgent.datagrams).toEqual([]);
  });

  test.each([
    ['with another key', KEY, OTHER_KEY],
    ['without a key', KEY, undefined],
    ['with a key', undefined, KEY],
  ])('an agent asked %s answers with a refusal and no names', async (_how, agentKey, strangerKey) => {
    const agent = await agents.start({ name: 'agent', ...(agentKey === undefined ? {} : { key: agentKey }) });
    const stranger = await fake(strangerKey);
    stranger.send(agent.address, { kind: Kind.ping, sequence: 1, node: 'agent', source: undefined });
    const heard = await stranger.join(agent.address);
    const security = { ...stranger.security, keys: () => (agentKey === undefined ? [] : [agentKey]) };
    // Only those who have the agent's key can read even that.
    expect(memberlistProtocol(security).stream.decode(heard).message.kind).toBe(Kind.error);
    expect(stranger.datagrams).toEqual([]);
    expect(await agent.view()).toBe('agent:alive');
  });
});

describeWithSerf('protocol versions', () => {
  const BARE = [1, 5, 2, 0, 0, 0];

  test('as Serf has them are accepted by an agent', async () => {
    const agent = await agents.start({ name: 'agent' });
    const node = await start({ vsn: [1, 5, 2, 2, 5, 4] });
    await node.membership.join([agent.address]);
    expect([await agent.view(), node.view()]).toEqual(Array(2).fill('agent:alive stranger:alive'));
  });

  test('of a bare memberlist are refused by an agent, and by us when an agent asks', async () => {
    const agent = await agents.start({ name: 'agent' });
    const node = await start({ vsn: BARE });
    await expect(node.membership.join([agent.address])).rejects.toThrow(
      'agent speaks versions [1, 5, 2, 2, 5, 5], but we understand protocol 1 to 5 and layer 0 to 0',
    );
    await until(
      'the agent to refuse',
      () => agent.log.includes("Node 'stranger' delegate protocol version (0)"),
      2_000,
    );
    await expect(agent.join(node.address)).rejects.toMatchObject({
      stdout: expect.stringContaining('remote error: agent speaks versions') as string,
    });
    expect(node.membership.counters.dropped).toEqual({ version: 2 });
    expect([await agent.view(), node.view()]).toEqual(['agent:alive', 'stranger:alive']);
  });

  test('of a bare memberlist are accepted by its like', async () => {
    const [first, second] = [await start({ vsn: BARE }, 'first'), await start({ vsn: BARE }, 'second')];
    await first.membership.join();
    await second.membership.join([first.address]);
    expect([first.view(), second.view()]).toEqual(Array(2).fill('first:alive second:alive'));
  });
});
