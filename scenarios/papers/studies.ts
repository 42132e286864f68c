import { demersStudy } from './demers.ts';
import { lifeguardStudy } from './lifeguard/study.ts';
import { rapidCutStudy } from './rapid-cut.ts';
import { serfGossipStudy } from './serf-gossip.ts';
import type { Study } from './study.ts';
import { swimAccuracyStudy } from './swim-accuracy.ts';
import { swimDetectionStudy } from './swim-detection.ts';
import { swimInfectionStudy } from './swim-infection.ts';
import { swimLoadStudy } from './swim-load.ts';
import { swimPicksStudy } from './swim-picks.ts';
import { swimSuspicionStudy } from './swim-suspicion.ts';

/** All that `rollcall papers` measures, in the order in which it is shown. */
// Of different kinds: each is given back what its own calls measured.
export const studies: readonly Study[] = [
  swimDetectionStudy,
  swimLoadStudy,
  swimAccuracyStudy,
  swimInfectionStudy,
  swimSuspicionStudy,
  swimPicksStudy,
  lifeguardStudy,
  serfGossipStudy,
  demersStudy,
  rapidCutStudy,
];
