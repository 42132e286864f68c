import { PeerNotFound } from '../../core/discovery/directory.ts';
import type { WatchedNode } from '../../core/metrics/watched.ts';
import { wholeCluster } from '../../core/health/partition.ts';
import type { KeyInfo, Readiness, Sealing } from '../../core/admin/operated.ts';
import type { LoneNode } from '../membership/lone-node.ts';

/** A node as operators see it, around a real membership; the rest is as a test sets it. */
export class FakeNode implements WatchedNode {
  readonly membership;
  readonly version = '1.2.3';
  readonly health = { partition: wholeCluster(0) };
  readonly discovery = { stats: new Map([['dns', { attempts: 3, successes: 2, failures: 1 }]]) };
  readonly calls: string[] = [];
  snapshotFailures = 0;
  readyState: Readiness = { ready: true };
  listed: readonly KeyInfo[] = [{ fingerprint: 'ab12', bits: 256, primary: true }];
  keyProblem: Error | undefined;
  readonly #lone: LoneNode;

  constructor(lone: LoneNode) {
    this.#lone = lone;
    this.membership = lone.node;
  }

  uptime = (): number => this.#lone.clock.now() / 1_000_000;
  readiness = (): Readiness => this.readyState;
  sealing = (): Sealing => 'accepts-plain';
  lastSeen = (name: string): number | undefined => (name === 'me' ? 0 : 2.5);

  discoveryHealth() {
    return {
      enabled: true,
      method: 'dns',
      last_attempt: '2027-01-15T08:00:00.000Z',
      last_success: null,
      next_refresh: null,
      peers_discovered: 4,
      seeds_reachable: 1,
      seeds_total: 4,
      discovery_methods_tried: [],
      sources: [],
      contacts: [],
      registrations: [],
      hints: 0,
    };
  }

  readonly directory = {
    lookup: (id: string) =>
      id === 'd' ? Promise.resolve({ id, address: '10.0.1.100:7946' }) : Promise.reject(new PeerNotFound(id)),
  };

  leave = async (): Promise<void> => {
    this.calls.push('leave');
    await this.membership.leave();
  };

  readonly keys = {
    list: () => this.listed,
    install: (key: string) => this.#key('install', key),
    use: (key: string) => this.#key('use', key),
    remove: (key: string) => this.#key('remove', key),
  };

  async #key(action: string, key: string): Promise<void> {
    if (this.keyProblem !== undefined) throw this.keyProblem;
    this.calls.push(`${action} ${key}`);
  }
}
