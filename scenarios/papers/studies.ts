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
// Each study is asked for its own calls and given back what they measured: a list of different ones has no closer type.
// oxlint-disable-next-line typescript/no-explicit-any
export const studies: readonly Study<any, any>[] = [
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
