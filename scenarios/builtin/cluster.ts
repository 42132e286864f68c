import type { Micros } from '../../core/ports/clock.ts';
import { Names } from '../../core/membership/names.ts';
import { presets, type MembershipSettings, type PresetName } from '../../core/membership/settings.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { boundsFor, withMargin } from '../../simulator/invariants/bounds.ts';
import { type JudgeOptions, membershipInvariants } from '../../simulator/invariants/index.ts';
import type { LatencyModel } from '../../simulator/latency.ts';
import { memberProgram, type MemberProgramOptions } from '../../simulator/member.ts';
import type { HostSpec } from '../../simulator/program.ts';
import type { Expectation, Stage } from '../scenario.ts';
import { endOf, seconds } from './schedule.ts';

export interface ClusterPlan {
  readonly hosts: number;
  /** `fast` unless said otherwise: verdicts in seconds keep runs short. */
  readonly preset?: PresetName;
  /** How many of the first hosts are seeds; 1 unless said otherwise. */
  readonly seeds?: number;
  readonly faults?: readonly Fault[];
  /** How long the run goes on after the last fault. Long enough to be judged on convergence unless said otherwise. */
  readonly calm?: Micros;
  readonly judge?: JudgeOptions;
  readonly latency?: LatencyModel;
  readonly expectations?: readonly Expectation[];
  /** What differs for single hosts. */
  readonly program?: (name: string) => Partial<MemberProgramOptions>;
  readonly startAt?: (name: string) => Micros;
}

/** The names of `count` hosts: n1, n2, … */
export function hostNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `n${index + 1}`);
}

/** A stage of membership nodes under all rules that hold for them. */
export function cluster(plan: ClusterPlan): Stage {
  const settings = presets[plan.preset ?? 'fast'];
  const faults = plan.faults ?? [];
  const names = new Names();
  const hosts = hostNames(plan.hosts).map((name, index): HostSpec => {
    const program = memberProgram({ settings, names, ...plan.program?.(name) });
    const startAt = plan.startAt?.(name) ?? 0;
    return { name, program, seed: index < (plan.seeds ?? 1), startAt };
  });
  const calm = plan.calm ?? timeToConverge(settings, plan.hosts);
  return {
    hosts,
    faults,
    duration: endOf(faults) + calm,
    invariants: membershipInvariants(settings, plan.judge),
    ...(plan.latency === undefined ? {} : { latency: plan.latency }),
    ...(plan.expectations === undefined ? {} : { expectations: plan.expectations }),
  };
}

/** Past the deadline of convergence, so that the rules about the healed cluster have their say. */
function timeToConverge(settings: MembershipSettings, hosts: number): Micros {
  return withMargin(boundsFor(settings, hosts).converged) + seconds(5);
}
