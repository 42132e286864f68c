import type { Micros } from '../core/ports/clock.ts';
import type { HostView, Invariant } from '../simulator/invariant.ts';
import { Belief, isListed } from '../simulator/invariants/beliefs.ts';
import type { Change } from '../simulator/invariants/cluster-view.ts';
import { invariantsOf, type Rule, type RuleChecker, type Scene } from '../simulator/invariants/rule.ts';
import type { Counters } from '../simulator/kernel.ts';
import { type Reachable, reachabilityUnder } from './reachability.ts';
import type { RunMetrics } from './scenario.ts';

/** What of a world a run's metrics take over as they are. */
export interface FinishedWorld {
  readonly hosts: readonly unknown[];
  now(): Micros;
  readonly counters: Pick<Counters, 'events' | 'datagramsDelivered' | 'streamMessages' | 'bytes'>;
  readonly struck: Readonly<Record<string, number>>;
  readonly reached: readonly string[];
}

export interface MetricsCollector {
  /** Watches the run like an invariant, and is never broken. */
  readonly invariant: Invariant;
  /** What was measured, once the run is over. */
  read(world: FinishedWorld): RunMetrics;
}

/**
 * Measures one run as it goes: times of formation, detection and convergence, and who was wrongly declared dead. The
 * schedule tells who could not be reached, and was therefore rightly given up.
 */
export function collectMetrics(): MetricsCollector {
  let stopwatch: Stopwatch | undefined;
  const rule: Rule = {
    id: 'metrics',
    words: 'Never broken: measures the run.',
    create(scene) {
      stopwatch = new Stopwatch(scene, reachabilityUnder(scene.world.faults));
      return stopwatch;
    },
  };
  const [invariant] = invariantsOf([rule]);
  return {
    invariant: invariant as Invariant,
    read: (world) => ({
      hosts: world.hosts.length,
      simulated: world.now(),
      events: world.counters.events,
      messages: world.counters.datagramsDelivered + world.counters.streamMessages,
      bytes: world.counters.bytes,
      formation: stopwatch?.formation ?? [],
      firstDetection: stopwatch?.firstDetection ?? [],
      detection: stopwatch?.detection ?? [],
      undetected: stopwatch?.undetected ?? 0,
      convergence: stopwatch?.convergence() ?? [],
      falsePositives: stopwatch?.falsePositives ?? 0,
      struck: world.struck,
      reached: world.reached,
    }),
  };
}

/** A crash that not everybody has noticed yet. */
interface Crash {
  readonly column: number;
  readonly at: Micros;
  noticed: boolean;
}

class Stopwatch implements RuleChecker {
  readonly formation: Micros[] = [];
  readonly firstDetection: Micros[] = [];
  readonly detection: Micros[] = [];
  falsePositives = 0;
  readonly #scene: Scene;
  readonly #reachable: Reachable;
  readonly #crashes = new Map<number, Crash>();
  /** By column: the first incarnation of the subject's present life. */
  readonly #bornAs = new Map<number, number>();
  /** Since when all views are right; undefined while one is wrong. */
  #rightSince: Micros | undefined;

  constructor(scene: Scene, reachable: Reachable) {
    this.#scene = scene;
    this.#reachable = reachable;
  }

  onHost(host: HostView, change: 'boot' | 'crash' | 'pause' | 'resume'): void {
    const { world, cluster, agreement } = this.#scene;
    const column = cluster.ownColumn(host);
    if (change === 'boot') this.#crashes.delete(column);
    // Only those whom somebody knew can be missed.
    if (change === 'crash' && !cluster.isDisputed(column) && agreement.listedBy(column) > 0) {
      this.#crashes.set(column, { column, at: world.now(), noticed: false });
    }
    this.#look();
  }

  onTransition(change: Change): void {
    if (change.own) {
      // The first word of a new life. What is said of an earlier one is no error.
      if (change.before === Belief.unknown) this.#bornAs.set(change.subject, change.incarnation);
    } else {
      if (change.after === Belief.dead && isListed(change.before)) this.#declared(change);
      const crash = this.#crashes.get(change.subject);
      if (crash !== undefined && !isListed(change.after)) this.#noticed(crash);
    }
    this.#look();
  }

  onOther(): void {
    this.#look();
  }

  onTick(): void {
    // An observer that went away may have been the last one that a crash was waiting for.
    for (const crash of this.#crashes.values()) this.#settle(crash);
    this.#look();
  }

  /** Crashes that somebody still has to notice. */
  get undetected(): number {
    return this.#crashes.size;
  }

  /** From the last thing that was done to the cluster until it was right for good; none while it is not. */
  convergence(): Micros[] {
    const { world, cluster } = this.#scene;
    if (this.#rightSince === undefined || !world.healed()) return [];
    return [Math.max(0, this.#rightSince - cluster.quietSince())];
  }

  #look(): void {
    const { world, cluster, agreement } = this.#scene;
    if (!agreement.complete) {
      this.#rightSince = undefined;
      return;
    }
    if (this.#rightSince !== undefined) return;
    this.#rightSince = world.now();
    const everybody = world.hosts.every((host) => host.boot > 0);
    if (this.formation.length === 0 && everybody && cluster.presentCount > 1) this.formation.push(world.now());
  }

  #declared(change: Change): void {
    const { world, cluster } = this.#scene;
    const subject = cluster.hostOf(change.subject);
    if (subject === undefined || !cluster.isMember(change.subject)) return;
    if (change.incarnation < (this.#bornAs.get(change.subject) ?? 0)) return;
    if (subject.paused || change.observer.paused) return;
    if (this.#reachable(change.observer.name, subject.name, world.now())) this.falsePositives++;
  }

  #noticed(crash: Crash): void {
    const { world } = this.#scene;
    if (!crash.noticed) {
      crash.noticed = true;
      this.firstDetection.push(world.now() - crash.at);
    }
    this.#settle(crash);
  }

  #settle(crash: Crash): void {
    const { world, agreement } = this.#scene;
    if (!crash.noticed || agreement.listedBy(crash.column) > 0) return;
    this.detection.push(world.now() - crash.at);
    this.#crashes.delete(crash.column);
  }
}
