import { SerfLayer } from '../../core/serf/serf-layer.ts';
import { presets, settingsOf, type MembershipSettings } from '../../core/membership/settings.ts';
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

  /** `changes` are for our side only. */
  static async start(
    profile: 'local' | 'lan',
    changes: Partial<MembershipSettings> = {},
    key?: Uint8Array,
  ): Promise<MixedPool> {
    const settings = settingsOf(profile, changes);
    const starter = new SerfAgents();
    const options = { profile, ...(key === undefined ? {} : { key }) };
    const agents = await starter.pool(['agent-1', 'agent-2', 'agent-3'], { ...options, tags: { role: 'agent' } });
    const pool = new MixedPool(agents, starter, settings, key);
    for (const name of ['node-1', 'node-2', 'node-3']) {
      await pool.add({ name, tags: { role: 'node', zone: name }, layers: [new SerfLayer()] });
    }
    await pool.agree();
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

  /** Waits until everybody who still runs has seen `what`, as `name:state`. */
  async see(what: string): Promise<void> {
    const running = [
      ...this.agents.filter((agent) => agent.running),
      ...this.nodes.filter(({ membership }) => membership.running),
    ];
    await Promise.all(
      running.map((one) =>
        until(
          `${one.name} to see ${what}`,
          async () => ` ${await one.view()} `.includes(` ${what} `),
          SPREAD_MS,
          () => one.view(),
        ),
      ),
    );
  }

  /** Waits until everybody holds everybody alive. */
  async agree(): Promise<void> {
    for (const { name } of [...this.agents, ...this.nodes]) await this.see(`${name}:alive`);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    await this.#starter.stop();
  }
}
