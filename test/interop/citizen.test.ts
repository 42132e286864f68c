import { afterAll, beforeAll, expect, test } from 'vitest';
import { settingsOf } from '../../core/membership/settings.ts';
import { SerfLayer } from '../../core/serf/serf-layer.ts';
import { describeWithSerf } from './describe-with-serf.ts';
import { SPREAD_MS } from './mixed-pool.ts';
import { RollcallNode } from './rollcall-node.ts';
import { SerfAgents, type SerfAgent } from './serf-agent.ts';
import { until } from './until.ts';

/** What gossip fails to bring is repaired sooner than agents do it. */
const SETTINGS = settingsOf('lan', { pushPullIntervalMs: 2_000 });

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describeWithSerf('a citizen of a Serf cluster', () => {
  const starter = new SerfAgents();
  let agents: readonly SerfAgent[] = [];
  const heard: string[] = [];
  const layer = new SerfLayer({
    onEvent: ({ name, payload, time }) => heard.push(`${name} ${time} ${new TextDecoder().decode(payload)}`),
  });
  let citizen: RollcallNode;
  let bare: RollcallNode;

  beforeAll(async () => {
    // With the timing for one machine gossip passes one in nine by, and nothing repairs a query.
    agents = await starter.pool(['agent-1', 'agent-2'], { profile: 'lan' });
    await agents[0]!.event('old', 'from before we came');
    await until('the agents to hear', () => agents.every((agent) => agent.events().length === 1), SPREAD_MS);
    citizen = await RollcallNode.start({ name: 'citizen', layers: [layer], settings: SETTINGS });
    bare = await RollcallNode.start({ name: 'bare', settings: SETTINGS });
    await citizen.membership.join([agents[0]!.address]);
    await bare.membership.join([agents[0]!.address]);
    await until('all to be known', () => all('citizen:alive', 'bare:alive'), SPREAD_MS);
  });

  afterAll(async () => {
    await citizen.stop();
    await bare.stop();
    await starter.stop();
  });

  async function all(...wanted: string[]): Promise<boolean> {
    const views = await Promise.all(agents.map((agent) => agent.view()));
    return views.every((view) => wanted.every((what) => view.split(' ').includes(what)));
  }

  test('hears the events of agents, each once, but none from before it came', async () => {
    await agents[0]!.event('deploy', 'version 7');
    await agents[1]!.event('deploy', 'version 8');
    await until('both events', () => heard.length >= 2, SPREAD_MS);
    expect(heard.toSorted()).toEqual(['deploy 2 version 7', expect.stringMatching(/^deploy [23] version 8$/)]);
  });

  test('is heard by agents, each event once, and counts on from theirs', async () => {
    const time = layer.event('news', bytes('from us'));
    expect(time).toBeGreaterThanOrEqual(3);
    const line = `news ${time} from us`;
    await until('agents to hear', () => agents.every((agent) => agent.events().includes(line)), SPREAD_MS);
    // Whatever they say after it has come after it.
    await agents[1]!.event('last', '');
    await until('the last event', () => heard.some((event) => event.startsWith('last')), SPREAD_MS);
    for (const agent of agents) expect(agent.events().filter((one) => one === line)).toHaveLength(1);
    expect(heard.filter((one) => one.startsWith('deploy'))).toHaveLength(2);
    expect(heard.filter((one) => one.startsWith('news'))).toEqual([]);
    expect(Number(heard.at(-1)!.split(' ')[1])).toBe(time + 1);
  });

  test('stands in the way of no query', async () => {
    const answer = await agents[0]!.query('load');
    expect(answer).toContain("Ack from 'agent-1'");
    expect(answer).toContain("Ack from 'agent-2'");
    expect(citizen.membership.counters.dropped).toEqual({});
  });

  test('objects when an agent declares it gone; without the layer it would be taken for leaving', async () => {
    await agents[0]!.forceLeave('bare');
    await until('the word to spread', () => all('bare:leaving'), SPREAD_MS);
    await agents[0]!.forceLeave('citizen');
    await until('the word to spread', () => agents[1]!.log.includes('messageLeaveType: citizen'), SPREAD_MS);
    await until('the objection to be heard', () => all('citizen:alive', 'bare:leaving'), SPREAD_MS);
  });

  test('leaves and comes back under its name', async () => {
    await citizen.membership.leave();
    await until('it to have left', () => all('citizen:left'), 2 * SPREAD_MS);
    await citizen.membership.join([agents[1]!.address]);
    await until('it to be back', () => all('citizen:alive'), SPREAD_MS);
    const line = `again ${layer.event('again', bytes('here'))} here`;
    await until('it to be heard', () => agents.every((agent) => agent.events().includes(line)), SPREAD_MS);
  }, 120_000);
});
