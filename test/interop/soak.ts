import { setTimeout as sleep } from 'node:timers/promises';
import type { MixedPool } from './mixed-pool.ts';

/** What happened in a pool in which nothing should happen. */
export interface Tally {
  /** As one of ours, or an agent in its log, told it. */
  readonly suspicions: { readonly ours: number; readonly theirs: number };
  readonly refutations: { readonly ours: number; readonly theirs: number };
  readonly probesFailed: number;
  readonly probes: number;
  readonly exchanges: number;
  readonly exchangesFailed: number;
  /** Reasons, with how often each. */
  readonly dropped: Readonly<Record<string, number>>;
  /** `name: how many it holds alive`. */
  readonly alive: readonly string[];
}

/** Watches a pool from now on. */
export class Soak {
  readonly #pool: MixedPool;
  #suspicions = 0;

  constructor(pool: MixedPool) {
    this.#pool = pool;
    for (const { membership } of pool.nodes) membership.on('suspect', () => (this.#suspicions += 1));
  }

  /** Waits, and tells at each of `stops` equal parts what has happened so far. */
  async run(ms: number, stops: number, tell: (tally: Tally) => void): Promise<void> {
    for (let i = 0; i < stops; i++) {
      await sleep(ms / stops);
      tell(await this.tally());
    }
  }

  async tally(): Promise<Tally> {
    const { nodes, agents } = this.#pool;
    const counters = nodes.map(({ membership }) => membership.counters);
    const sum = (name: 'probes' | 'probesFailed' | 'refutations' | 'exchanges' | 'exchangesFailed'): number =>
      counters.reduce((total, one) => total + one[name], 0);
    const inLogs = (words: string): number => agents.reduce((total, { log }) => total + log.split(words).length - 1, 0);
    const dropped: Record<string, number> = {};
    for (const one of counters) {
      for (const [reason, count] of Object.entries(one.dropped)) dropped[reason] = (dropped[reason] ?? 0) + count;
    }
    const views = await Promise.all([...agents, ...nodes].map(async (one) => [one.name, await one.view()] as const));
    return {
      suspicions: { ours: this.#suspicions, theirs: inLogs('memberlist: Suspect ') },
      refutations: { ours: sum('refutations'), theirs: inLogs('memberlist: Refuting a') },
      probes: sum('probes'),
      probesFailed: sum('probesFailed'),
      exchanges: sum('exchanges'),
      exchangesFailed: sum('exchangesFailed'),
      dropped,
      alive: views.map(([name, view]) => `${name}: ${view.split(':alive').length - 1}`),
    };
  }
}
