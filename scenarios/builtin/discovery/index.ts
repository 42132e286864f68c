import { cloudStampede } from './clouds.ts';
import { lostLease, quorumLost } from './etcd.ts';
import { kubernetesGone, kubernetesSilentWatch, reusedAddress } from './kubernetes.ts';
import { registryRolledBack } from './registries.ts';
import type { Scenario } from '../../scenario.ts';
import { allSourcesDown, flappingFormation } from './chains.ts';
import { consulIndexes, leaderlessConsul } from './consul.ts';
import { absentDns, halvesApart, servedStaleDns, sixBeginnings, staleDns, truncatedDns } from './dns.ts';

/** Whole nodes that find each other through services which fail them. */
export const discoveryScenarios: readonly Scenario[] = [
  staleDns,
  absentDns,
  sixBeginnings,
  truncatedDns,
  servedStaleDns,
  halvesApart,
  leaderlessConsul,
  consulIndexes,
  lostLease,
  quorumLost,
  allSourcesDown,
  flappingFormation,
  kubernetesSilentWatch,
  kubernetesGone,
  reusedAddress,
  cloudStampede,
  registryRolledBack,
];
