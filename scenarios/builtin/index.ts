import type { Scenario } from '../scenario.ts';
import { duplicateName, leaveUnderLoss, massLeave } from './churn.ts';
import {
  crashOfOne,
  crashOfOneIn100,
  crashOfTenth,
  flappingMember,
  halfLost,
  newAddress,
  rollingRestart,
} from './crashes.ts';
import { discoveryScenarios } from './discovery/index.ts';
import { formation, formationOf100, massJoin } from './formation.ts';
import { brokenStreams, burstLoss, damagedPackets, heavyLoss } from './loss.ts';
import { broadcastStorm, keyRotation, newsUnderLoss } from './messages.ts';
import { lanDefaults, lifeguardAsPublished, swimAsPublished } from './papers.ts';
import { blackHole, flipFlop, odderPartitions, oneWayPartition, splitAndHeal, splitOf100 } from './partitions.ts';
import { longPause, slowMembers, starvedCpu, wildClocks } from './pauses.ts';
import { swarm } from './swarm.ts';
import { wild } from './wild.ts';

/** The scenarios that come with the package, from a quiet start to everything at once. */
export const builtinScenarios: readonly Scenario[] = [
  formation,
  formationOf100,
  massJoin,
  crashOfOne,
  crashOfOneIn100,
  crashOfTenth,
  halfLost,
  flappingMember,
  rollingRestart,
  newAddress,
  splitAndHeal,
  splitOf100,
  oneWayPartition,
  blackHole,
  flipFlop,
  odderPartitions,
  heavyLoss,
  burstLoss,
  damagedPackets,
  brokenStreams,
  longPause,
  slowMembers,
  starvedCpu,
  wildClocks,
  massLeave,
  leaveUnderLoss,
  duplicateName,
  newsUnderLoss,
  broadcastStorm,
  keyRotation,
  ...discoveryScenarios,
  swimAsPublished,
  lifeguardAsPublished,
  lanDefaults,
  swarm,
  wild,
];
