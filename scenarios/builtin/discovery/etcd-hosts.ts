import { fromBase64 } from '../../../core/base64.ts';
import type { ConfigTable } from '../../../core/config/layers.ts';
import { textFromBytes } from '../../../core/wire/text.ts';
import type { EntryInTruth } from '../../../simulator/invariants/discovery-entries.ts';
import type { HostSpec } from '../../../simulator/program.ts';
import { counted } from '../../../simulator/services/counted.ts';
import { createEtcd } from '../../../simulator/services/etcd/etcd-service.ts';
import { EtcdState } from '../../../simulator/services/etcd/etcd-state.ts';
import { serviceProgram } from '../../../simulator/services/fake-service.ts';

const PORT = 2379;
export const ETCD_MEMBERS = ['etcd-1', 'etcd-2', 'etcd-3'];

export interface EtcdCluster {
  readonly hosts: HostSpec[];
  readonly discovery: () => ConfigTable;
  /** What stands below the prefix, under a lease that lives. */
  readonly entries: () => readonly EntryInTruth[];
}

export function etcdCluster(leaseTtlSec: number, members: readonly string[] = ETCD_MEMBERS): EtcdCluster {
  const state = new EtcdState({ members });
  const program = serviceProgram(
    PORT,
    counted((ports) => createEtcd(ports, state)),
  );
  return {
    hosts: members.map((name) => ({ name, program, bystander: true })),
    discovery: () => ({
      type: 'etcd',
      endpoints: members.map((name) => `${name}:${PORT}`),
      lease_ttl_sec: leaseTtlSec,
    }),
    entries() {
      const living = state.store
        .range({ key: '/rollcall/', end: '/rollcall0' })
        .filter(({ lease }) => state.leases.has(lease));
      return living.map(({ value }) => JSON.parse(textFromBytes(fromBase64(value))) as EntryInTruth);
    },
  };
}
