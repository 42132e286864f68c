import { afterAll, beforeAll, expect, test } from 'vitest';
import { presets } from '../../core/membership/settings.ts';
import { SerfLayer } from '../../core/serf/serf-layer.ts';
import { describeWithSerf } from './describe-with-serf.ts';
import { SPREAD_MS } from './mixed-pool.ts';
import { RollcallNode } from './rollcall-node.ts';
import { SerfAgents, type SerfAgent } from './serf-agent.ts';
import { until } from './until.ts';

describeWithSerf('members of a Serf cluster that died', () => {
  const starter = new SerfAgents();
  let agents: readonly SerfAgent[] = [];
  const nodes: RollcallNode[] = [];
  let survivor: RollcallNode;

  beforeAll(async () => {
    const [one, two, doomed] = await starter.pool(['agent-1', 'agent-2', 'doomed-agent']);
    agents = [one!, two!];
    for (const name of ['survivor', 'doomed-node']) {
      // The dead are to be listed until an agent is told to force them out, however long the agents take to notice.
      const settings = { ...presets.local, gossipToTheDeadMs: 120_000 };
      const node = await RollcallNode.start({ name, settings, layers: [new SerfLayer()] });
      nodes.push(node);
      await node.membership.join([one!.address]);
    }
    survivor = nodes[0]!;
    await agentsSee('survivor:alive', 'doomed-node:alive', 'doomed-agent:alive');
    await survivorSees('doomed-agent:alive', 'doomed-node:alive');
    await Promise.all([doomed!.kill(), nodes[1]!.stop()]);
    await Promise.all([
      agentsSee('doomed-node:failed', 'doomed-agent:failed'),
      survivorSees('doomed-node:dead', 'doomed-agent:dead'),
    ]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()));
    await starter.stop();
  });

  function sees(view: () => string | Promise<string>, wanted: readonly string[]): Promise<void> {
    const all = async (): Promise<boolean> => {
      const members = (await view()).split(' ');
      return wanted.every((one) => members.includes(one));
    };
    return until(wanted.join(' and '), all, SPREAD_MS, view);
  }

  async function agentsSee(...wanted: string[]): Promise<void> {
    await Promise.all(agents.map((agent) => sees(() => agent.view(), wanted)));
  }

  function survivorSees(...wanted: string[]): Promise<void> {
    return sees(() => survivor.view(), wanted);
  }

  test('have left for agents when we are told to retire them', async () => {
    survivor.membership.forceLeave('doomed-agent');
    await agentsSee('doomed-agent:left', 'doomed-node:failed', 'survivor:alive');
  }, 60_000);

  test('have left for us when an agent is told to force them to', async () => {
    expect(survivor.membership.member('doomed-node')?.state).toBe('dead');
    await agents[1]!.forceLeave('doomed-node');
    await Promise.all([agentsSee('doomed-node:left'), survivorSees('doomed-node:left', 'agent-2:alive')]);
  }, 60_000);
});
