import type { PeerState } from '../wire/messages.ts';
import { State } from '../wire/messages.ts';
import type { ClusterConfig } from '../config/node-config.ts';
import type { SourceConfig, SourcePorts } from '../discovery/source-type.ts';
import { createSource } from '../discovery/source-types.ts';
import { nobody, STEADY_LIFETIME_MS, type Source } from '../discovery/source.ts';

export interface SourceSetDeps {
  readonly config: ClusterConfig;
  readonly ports: SourcePorts;
  /** Peers of the last life. */
  readonly known: readonly PeerState[];
  /** Sources of the application around us. */
  readonly custom: readonly Source[];
}

/**
 * The sources of a node: those of the application, those configured, and behind them what the last life remembered, for
 * after a total outage that may be all there is. One that is configured as before is the same as before.
 */
export class SourceSet {
  readonly #deps: SourceSetDeps;
  readonly #snapshot: readonly Source[];
  #configured: readonly { readonly key: string; readonly source: Source }[] = [];
  #made = 0;

  constructor(deps: SourceSetDeps) {
    this.#deps = deps;
    this.#snapshot = deps.known.length === 0 ? [] : [snapshotSource(deps.known)];
  }

  of(configs: readonly SourceConfig[]): readonly Source[] {
    const { custom, config } = this.#deps;
    if (!config.enabled) return [];
    const free = [...this.#configured];
    this.#configured = configs.map((one) => {
      const key = JSON.stringify(one);
      const known = free.findIndex((other) => other.key === key);
      return known < 0 ? { key, source: this.#create(one) } : free.splice(known, 1)[0]!;
    });
    return [...custom, ...this.#configured.map(({ source }) => source), ...this.#snapshot];
  }

  #create(one: SourceConfig): Source {
    const { ports, config } = this.#deps;
    const { label, dataDir } = config;
    this.#made += 1;
    return createSource(one, { ...ports, random: ports.random.fork(`source ${this.#made}`) }, { label, dataDir });
  }
}

/** Whoever said goodbye is not expected to be there. */
function snapshotSource(known: readonly PeerState[]): Source {
  const expected = known.filter((peer) => peer.state !== State.left);
  const candidates = expected.map(({ about }) => ({ address: about.address, id: about.name }));
  return {
    method: 'snapshot',
    discover: () =>
      Promise.resolve(
        candidates.length === 0
          ? nobody('all that the snapshot remembers have left')
          : { candidates, lifetimeMs: STEADY_LIFETIME_MS, complete: true, warnings: [] },
      ),
  };
}
