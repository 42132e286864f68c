import { cloudStampede } from './clouds.ts';
import { kubernetesGone, kubernetesSilentWatch, reusedAddress } from './kubernetes.ts';
import type { Scenario } from '../../scenario.ts';
import { staleDns } from './dns.ts';

/** Whole nodes that find each other through services which fail them. */
export const discoveryScenarios: readonly Scenario[] = [
  staleDns,
  kubernetesSilentWatch,
  kubernetesGone,
  reusedAddress,
  cloudStampede,
];
