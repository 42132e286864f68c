import { SerfLayer } from '../../core/serf/serf-layer.ts';
import { presets, type MembershipSettings } from '../../core/membership/settings.ts';
import { RollcallNode, type RollcallNodeOptions } from './rollcall-node.ts';
import { SerfAgents, type SerfAgent } from './serf-agent.ts';
import { until } from './until.ts';

/** An agent's own exchange of state comes round twice: by then whatever gossip failed to bring has arrived. */
export const SPREAD_MS = 2 * presets.local.pushPullIntervalMs;

/** Three agents and three nodes of ours in one pool. */
export class MixedPool {
  readonly agents: readonly SerfAgent[];
  readonly nodes: RollcallNode[] = [];
  readonly #settings: MembershipSettings;
  readonly #key: Uint8Array | undefined;
  readonly #starter: SerfAgents;

  static async start(settings: MembershipSettings, key?: Uint8Array): Promise<MixedPool> {
    const starter = new SerfAgents();
    const options = key === undefined ? {} : { key };
    const agents = await starter.pool(['agent-1', 'agent-2', 'agent-3'], { ...options, tags: { role: 'agent' } });
    const pool = new MixedPool(agents, starter, settings, key);
    for (const name of ['node-1', 'node-2', 'node-3']) {
      await pool.add({ name, tags: { role: 'node', zone: name }, layers: [new SerfLayer()] });
    }
    await pool.agree('all to know all');
    return pool;
  }

  private constructor(
    agents: readonly SerfAgent[],
    starter: SerfAgents,
    settings: MembershipSettings,
    key: Uint8Array | undefined,
  ) {
    this.#settings = settings;
    this.agents = agents;
    this.#starter = starter;
    this.#key = key;
  }

  async add(options: RollcallNodeOptions): Promise<RollcallNode> {
    const node = await RollcallNode.start({ settings: this.#settings, key: this.#key, ...options });
    this.nodes.push(node);
    await node.membership.join([this.agents[0]!.address]);
    return node;
  }

  /** Whoever still runs, as they see it: `name:state` of all. */
  async views(): Promise<string[]> {
    const running = this.agents.filter((agent) => agent.running);
    const theirs = await Promise.all(running.map((agent) => agent.view()));
    return [...theirs, ...this.nodes.filter(({ membership }) => membership.running).map((node) => node.view())];
  }

  /** Waits until everybody holds everybody alive. */
  async agree(what: string): Promise<void> {
    const names = [...this.agents, ...this.nodes].map(({ name }) => name).toSorted();
    const all = names.map((name) => `${name}:alive`).join(' ');
    const agreed = async (): Promise<boolean> => (await this.views()).every((view) => view === all);
    await until(what, agreed, SPREAD_MS, async () => (await this.views()).join('\n'));
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    await this.#starter.stop();
  }
}
