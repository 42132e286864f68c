import type { Clock } from '../ports/clock.ts';
import type { Crypto } from '../ports/crypto.ts';
import type { Files } from '../ports/files.ts';
import type { Log } from '../ports/log.ts';
import type { ClusterConfig } from '../config/node-config.ts';
import { NodeKeys } from './node-keys.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';
import type { Snapshot } from './snapshot.ts';

/** What the data directory holds, and who keeps it. */
export interface PastLife {
  readonly keys: NodeKeys;
  /** Undefined where nothing is kept. */
  readonly keeper: SnapshotKeeper | undefined;
  /** Undefined when there is no snapshot, or none of this cluster. */
  readonly known: Snapshot | undefined;
}

interface PastLifePorts {
  readonly files: Files;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly log: Log;
}

/** Where the keyring is kept; '' keeps it nowhere. */
export function keyringPath({ dataDir, encryption }: ClusterConfig): string {
  return encryption.keyringFile || (dataDir === '' ? '' : `${dataDir}/keyring.json`);
}

/** Reads the data directory. What is there but cannot be used stops the start. */
export async function pastLife(cluster: ClusterConfig, ports: PastLifePorts): Promise<PastLife> {
  const { files, clock, crypto, log } = ports;
  const { dataDir, label, encryption, enabled, snapshot } = cluster;
  const path = `${dataDir}/snapshot`;
  // A single node has no peers to remember, and must not forget those of an earlier life.
  const keeps = dataDir !== '' && enabled;
  const { intervalMs } = snapshot;
  const keeper = keeps ? new SnapshotKeeper({ files, path, clock, log, intervalMs }) : undefined;
  const known = await keeper?.load(label);
  const keys = await NodeKeys.load({ files, path: keyringPath(cluster), crypto, log }, encryption.keys);
  return { keys, keeper, known };
}
