import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { suspicionMaxMs, suspicionMinMs } from '../../core/membership/formulas.ts';
import { settingsOf } from '../../core/membership/settings.ts';
import { decodeTags, encodeTags } from '../../core/membership/tags.ts';
import { describeWithSerf } from './describe-with-serf.ts';
import { MixedPool, SPREAD_MS } from './mixed-pool.ts';
import type { RollcallNode } from './rollcall-node.ts';
import type { SerfMember } from './serf-agent.ts';
import { until } from './until.ts';

const KEY = new Uint8Array(32).fill(9);
/** What `-profile=local` means; but its gossip reaches four of five, and waiting for the fifth takes a test's time. */
const SETTINGS = settingsOf('local', { pushPullIntervalMs: 2_000 });
/** Calls to other processes on a machine that has other things to do. */
const SLACK_MS = 2_000;

/**
 * When everybody has declared a crashed member of n dead: its turn comes within two rounds of probes, a turn later it
 * is suspected, and then the longest suspicion passes. News of it that got lost comes with an exchange of state.
 */
function latestDeathMs(n: number): number {
  const turns = 2 * (n - 1) + 1;
  return turns * SETTINGS.probeIntervalMs + suspicionMaxMs(SETTINGS, n) + SPREAD_MS + SLACK_MS;
}

const stateAt = (node: RollcallNode, name: string): string | undefined => node.membership.member(name)?.state;

async function memberAt(agent: { members(): Promise<SerfMember[]> }, name: string): Promise<SerfMember | undefined> {
  return (await agent.members()).find((one) => one.name === name);
}

for (const [how, key] of [
  ['in plain text', undefined],
  ['under a key', KEY],
] as const) {
  describeWithSerf(`three agents and three nodes ${how}`, () => {
    let pool: MixedPool;
    let child: ChildProcess | undefined;

    beforeAll(async () => {
      pool = await MixedPool.start(SETTINGS, key);
    });

    afterAll(async () => {
      child?.kill('SIGKILL');
      await pool.stop();
    });

    test('know each other alive, with the right address and tags', async () => {
      for (const agent of pool.agents) {
        const members = await agent.members();
        for (const { name, address } of pool.nodes) {
          const tags = { role: 'node', zone: name };
          expect(members.find((one) => one.name === name)).toMatchObject({ addr: address, status: 'alive', tags });
        }
      }
      for (const { membership } of pool.nodes) {
        for (const { name, address } of pool.agents) {
          const member = membership.member(name)!;
          expect(member).toMatchObject({ address, state: 'alive' });
          expect({ ...decodeTags(member.meta) }).toEqual({ role: 'agent' });
        }
      }
    });

    test('hear of changed tags in both directions', async () => {
      const [agent, node] = [pool.agents[1]!, pool.nodes[1]!];
      await agent.setTags({ role: 'database', version: '7' });
      node.membership.updateMeta(encodeTags({ role: 'worker' }));
      await until(
        'all nodes to hear',
        () =>
          pool.nodes.every(({ membership }) => {
            const tags = decodeTags(membership.member(agent.name)!.meta);
            return tags?.['role'] === 'database' && tags['version'] === '7';
          }),
        SPREAD_MS,
      );
      await until(
        'all agents to hear',
        async () => {
          const heard = await Promise.all(pool.agents.map((one) => memberAt(one, node.name)));
          return heard.every((member) => JSON.stringify(member?.tags) === '{"role":"worker"}');
        },
        SPREAD_MS,
      );
    });

    test('declare the killed of either side dead, neither too early nor too late', async () => {
      const script = join(import.meta.dirname, 'fixtures', 'node-process.ts');
      const hex = key === undefined ? [] : [Buffer.from(key).toString('hex')];
      child = spawn(process.execPath, ['--import', 'tsx', script, 'doomed', pool.agents[0]!.address, ...hex], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout!, 'data');
      await until(
        'all to know it',
        async () => (await pool.views()).every((view) => view.includes('doomed:alive')),
        SPREAD_MS,
      );
      const victim = pool.agents[2]!;
      const killedAt = performance.now();
      const deaths: number[] = [];
      const off = pool.nodes[0]!.membership.on('fail', () => deaths.push(performance.now() - killedAt));
      child.kill('SIGKILL');
      await victim.kill();
      const others = pool.agents.slice(0, 2);
      const agreed = async (): Promise<boolean> => {
        const theirs = await Promise.all(
          others.flatMap((one) => [memberAt(one, 'doomed'), memberAt(one, victim.name)]),
        );
        if (!theirs.every((member) => member?.status === 'failed')) return false;
        return pool.nodes.every((node) => stateAt(node, 'doomed') === 'dead' && stateAt(node, victim.name) === 'dead');
      };
      await until('two deaths', agreed, latestDeathMs(8), async () => (await pool.views()).join('\n'));
      off();
      expect(deaths).toHaveLength(2);
      for (const death of deaths) expect(death).toBeGreaterThanOrEqual(suspicionMinMs(SETTINGS, 8));
    }, 120_000);

    test('hear a goodbye of either side', async () => {
      const [agent, leaving] = [pool.agents[0]!, pool.agents[1]!];
      const node = pool.nodes[2]!;
      const plain = await pool.add({ name: 'no-serf-layer' });
      await until(
        'all to know it',
        async () => (await pool.views()).every((view) => view.includes('no-serf-layer:alive')),
        SPREAD_MS,
      );

      await node.membership.leave();
      await until('node-3 to have left', async () => (await agent.view()).includes('node-3:left'), SPREAD_MS);
      await until(
        'all to hear',
        async () => (await pool.views()).every((view) => view.includes('node-3:left')),
        SPREAD_MS,
      );

      // Serf takes a goodbye without Serf's own announcement for a failure.
      await plain.membership.leave();
      await until('a failure', async () => (await agent.view()).includes('no-serf-layer:failed'), SPREAD_MS);
      await until('a goodbye', () => stateAt(pool.nodes[0]!, 'no-serf-layer') === 'left', SPREAD_MS);

      await leaving.leave();
      await until('agent-2 to have left', () => stateAt(pool.nodes[0]!, 'agent-2') === 'left', SPREAD_MS);
      await until('agent-1 to hear', async () => (await agent.view()).includes('agent-2:left'), SPREAD_MS);
    }, 120_000);
  });
}
