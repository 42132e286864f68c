import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { suspicionMaxMs, suspicionMinMs } from '../../core/membership/formulas.ts';
import { settingsOf, type MembershipSettings } from '../../core/membership/settings.ts';
import { decodeTags, encodeTags } from '../../core/membership/tags.ts';
import { describeWithSerf } from './describe-with-serf.ts';
import { MixedPool, SPREAD_MS } from './mixed-pool.ts';
import type { SerfMember } from './serf-agent.ts';
import { until } from './until.ts';

const KEY = new Uint8Array(32).fill(9);
/** Gossip with the timing for one machine reaches four of five; waiting for the fifth would take a test's time. */
const OFTEN = { pushPullIntervalMs: 2_000 };
/** Calls to other processes on a machine that has other things to do. */
const SLACK_MS = 2_000;

/**
 * When everybody has declared a crashed member of n dead: its turn comes within two rounds of probes, a turn later it
 * is suspected, and then the longest suspicion passes. News of it that got lost comes with an exchange of state.
 */
function latestDeathMs(settings: MembershipSettings, n: number): number {
  const turns = 2 * (n - 1) + 1;
  return turns * settings.probeIntervalMs + suspicionMaxMs(settings, n) + SPREAD_MS + SLACK_MS;
}

async function memberAt(agent: { members(): Promise<SerfMember[]> }, name: string): Promise<SerfMember | undefined> {
  return (await agent.members()).find((one) => one.name === name);
}

for (const [how, profile, key] of [
  ['in plain text', 'local', undefined],
  ['under a key', 'lan', KEY],
] as const) {
  describeWithSerf(`three agents and three nodes ${how}`, () => {
    const settings = settingsOf(profile, OFTEN);
    let pool: MixedPool;
    let child: ChildProcess | undefined;

    beforeAll(async () => {
      pool = await MixedPool.start(profile, OFTEN, key);
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

    test('hear a goodbye of either side', async () => {
      await pool.add({ name: 'no-serf-layer' });
      await pool.see('no-serf-layer:alive');
      const [first, second, leaving, bare] = pool.nodes;
      const goodbyes = new Set<string>();
      for (const one of [first!, second!]) one.membership.on('leave', ({ member }) => goodbyes.add(member.name));
      await leaving!.membership.leave();
      await pool.see('node-3:left');

      // Serf takes a goodbye without an announcement of its own kind for a failure.
      await bare!.membership.leave();
      for (const agent of pool.agents) {
        await until('a failure', async () => (await agent.view()).includes('no-serf-layer:failed'), SPREAD_MS);
      }
      await until('a goodbye', () => goodbyes.has('no-serf-layer'), SPREAD_MS);

      await pool.agents[1]!.leave();
      await pool.see('agent-2:left');
    }, 120_000);

    test('declare the killed of either side dead, neither too early nor too late', async () => {
      const script = join(import.meta.dirname, 'fixtures', 'node-process.ts');
      const hex = key === undefined ? [] : [Buffer.from(key).toString('hex')];
      child = spawn(process.execPath, ['--import', 'tsx', script, 'doomed', pool.agents[0]!.address, ...hex], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout!, 'data');
      await pool.see('doomed:alive');
      const [survivor, victim] = [pool.agents[0]!, pool.agents[2]!];
      const ours = pool.nodes.filter(({ membership }) => membership.running);
      const killedAt = performance.now();
      const deaths: { who: string; after: number }[] = [];
      for (const { name, membership } of ours) {
        membership.on('fail', ({ member }) =>
          deaths.push({ who: `${member.name} at ${name}`, after: performance.now() - killedAt }),
        );
      }
      child.kill('SIGKILL');
      await victim.kill();
      const both = ['doomed', victim.name];
      const agreed = async (): Promise<boolean> => {
        const members = await survivor.members();
        const theirs = members.filter(({ name, status }) => both.includes(name) && status === 'failed');
        return theirs.length === both.length && deaths.length >= both.length * ours.length;
      };
      await until('two deaths', agreed, latestDeathMs(settings, 5), () => survivor.view());
      const expected = ours.flatMap(({ name }) => both.map((who) => `${who} at ${name}`));
      expect(deaths.map(({ who }) => who).toSorted()).toEqual(expected.toSorted());
      for (const { after } of deaths) expect(after).toBeGreaterThanOrEqual(suspicionMinMs(settings, 5));
    }, 120_000);
  });
}
