import type { Experiment } from '../experiments/experiment.ts';
import { demersRumour } from './demers.ts';
import { lifeguardCell } from './lifeguard/cell.ts';
import { rapidCut } from './rapid-cut.ts';
import { serfGossip } from './serf-gossip.ts';
import { swimAccuracy } from './swim-accuracy.ts';
import { swimDetection } from './swim-detection.ts';
import { swimInfection } from './swim-infection.ts';
import { swimLoad } from './swim-load.ts';
import { swimPicks } from './swim-picks.ts';
import { swimSuspicion } from './swim-suspicion.ts';

/** What a thread can be asked to measure for the papers. */
export const paperExperiments: readonly Experiment[] = [
  swimDetection,
  swimLoad,
  swimAccuracy,
  swimInfection,
  swimSuspicion,
  swimPicks,
  lifeguardCell,
  serfGossip,
  demersRumour,
  rapidCut,
];
