import { cloudStampede } from './clouds.ts';
import { kubernetesGone, kubernetesSilentWatch, reusedAddress } from './kubernetes.ts';
import { registryRolledBack } from './registries.ts';
import type { Scenario } from '../../scenario.ts';
import { absentDns, halvesApart, servedStaleDns, staleDns, truncatedDns } from './dns.ts';

/** Whole nodes that find each other through services which fail them. */
export const discoveryScenarios: readonly Scenario[] = [
  staleDns,
  absentDns,
  truncatedDns,
  servedStaleDns,
  halvesApart,
  kubernetesSilentWatch,
  kubernetesGone,
  reusedAddress,
  cloudStampede,
  registryRolledBack,
];
