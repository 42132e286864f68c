import type { MembershipSettings } from '../../core/membership/settings.ts';
import type { Micros } from '../../core/ports/clock.ts';
import type { Invariant } from '../invariant.ts';
import { accuracy } from './accuracy.ts';
import { boundedPackets } from './bounded-packets.ts';
import { boundedQueues } from './bounded-queues.ts';
import { boundedTimers } from './bounded-timers.ts';
import { type Bounds, boundsFor } from './bounds.ts';
import { broadcastsArrive } from './broadcasts-arrive.ts';
import { completeness } from './completeness.ts';
import { convergence, metadataSpreads } from './convergence.ts';
import { healthBlamesItself } from './health-blames-itself.ts';
import { healthFollowsFacts } from './health-follows-facts.ts';
import { goodbyesAreHeard } from './goodbyes-are-heard.ts';
import { namesStay } from './names-stay.ts';
import { noHearsay } from './no-hearsay.ts';
import { incarnationNeverFalls } from './incarnation-never-falls.ts';
import { legalTransitions } from './legal-transitions.ts';
import { namedAccuser } from './named-accuser.ts';
import { noInvention } from './no-invention.ts';
import { noResurrection } from './no-resurrection.ts';
import { nothingLeftRunning } from './nothing-left-running.ts';
import { oneDescription } from './one-description.ts';
import { ownIncarnationRises } from './own-incarnation-rises.ts';
import { packetsFit } from './packets-fit.ts';
import { pointsReached } from './points.ts';
import { probeCoverage } from './probe-coverage.ts';
import { probeOrder } from './probe-order.ts';
import { quietWhenIdle } from './quiet-when-idle.ts';
import { invariantsOf, type Rule } from './rule.ts';
import { selfBelief } from './self-belief.ts';
import { suspicionEnds } from './suspicion-ends.ts';
import { suspicionLasts } from './suspicion-lasts.ts';
import { theGoneAreForgotten } from './the-gone-are-forgotten.ts';

export interface JudgeOptions {
  /** Relays are healthy and nacks can arrive in time: then a crash of others may not shake anybody's self-confidence. */
  readonly nacksArrive?: boolean;
  /** The hosts are whole nodes that find each other through sources: that may take so much longer than healing alone. */
  readonly search?: Micros;
}

/** All rules that hold for any run of a membership cluster under these settings. Make a new list for every run. */
export function membershipInvariants(settings: MembershipSettings, options: JudgeOptions = {}): readonly Invariant[] {
  const { search = 0 } = options;
  const bounds = (hosts: number): Bounds => {
    const own = boundsFor(settings, hosts);
    return { ...own, converged: own.converged + search, drained: own.drained + search };
  };
  const rules: Rule[] = [
    incarnationNeverFalls,
    ownIncarnationRises,
    oneDescription,
    noResurrection,
    legalTransitions,
    selfBelief,
    namedAccuser,
    noHearsay,
    noInvention,
    namesStay,
    goodbyesAreHeard,
    completeness(bounds),
    suspicionEnds(bounds),
    suspicionLasts(bounds),
    accuracy(bounds),
    convergence(bounds),
    metadataSpreads(bounds),
    probeCoverage(bounds),
    probeOrder,
    theGoneAreForgotten(bounds),
    boundedTimers(settings, search > 0),
    boundedQueues(settings),
    boundedPackets(settings),
    packetsFit(bounds),
    quietWhenIdle(bounds),
    nothingLeftRunning,
    broadcastsArrive(bounds),
    healthFollowsFacts(bounds),
    pointsReached,
  ];
  if (options.nacksArrive === true) rules.push(healthBlamesItself);
  return invariantsOf(rules);
}
