import type { ConfigTable } from '../../../core/config/layers.ts';
import { presets, type PresetName } from '../../../core/membership/settings.ts';
import type { Micros } from '../../../core/ports/clock.ts';
import type { Fault } from '../../../simulator/faults/fault.ts';
import { boundsFor, withMargin } from '../../../simulator/invariants/bounds.ts';
import { membershipInvariants } from '../../../simulator/invariants/index.ts';
import type { Invariant } from '../../../simulator/invariant.ts';
import { nodeProgram, type NodeProgramOptions } from '../../../simulator/node-program.ts';
import type { HostSpec } from '../../../simulator/program.ts';
import type { Expectation, Stage } from '../../scenario.ts';
import { hostNames } from '../cluster.ts';
import { endOf, seconds } from '../schedule.ts';

export interface NodesPlan {
  readonly nodes: number;
  /** `[cluster.discovery]` of a node. */
  readonly discovery: (name: string) => ConfigTable;
  /** The hosts that run name services and the like. */
  readonly services: readonly HostSpec[];
  readonly faults?: readonly Fault[];
  /** `fast` unless said otherwise: verdicts in seconds keep runs short. */
  readonly preset?: PresetName;
  /** What else of `[cluster]` a node is told. */
  readonly cluster?: (name: string) => ConfigTable;
  readonly options?: (name: string) => Omit<NodeProgramOptions, 'config'>;
  readonly startAt?: (name: string) => Micros;
  /** How much longer than healing it may take to find each other; 90 s unless said otherwise: twice the longest rest, and some. */
  readonly search?: Micros;
  /** How long the run goes on after the last fault. Long enough to be judged on convergence unless said otherwise. */
  readonly calm?: Micros;
  readonly invariants?: readonly Invariant[];
  readonly expectations?: readonly Expectation[];
}

/** A stage of whole nodes that find each other through services, under all rules that hold for their membership. */
export function nodes(plan: NodesPlan): Stage {
  const { preset = 'fast', faults = [], search = seconds(90), services } = plan;
  const settings = presets[preset];
  const members = hostNames(plan.nodes).map((name): HostSpec => {
    const config = {
      cluster: { membership: { preset }, discovery: plan.discovery(name), ...plan.cluster?.(name) },
      admin: { enabled: false },
    };
    return { name, program: nodeProgram({ config, ...plan.options?.(name) }), startAt: plan.startAt?.(name) ?? 0 };
  });
  const calm =
    plan.calm ?? withMargin(boundsFor(settings, services.length + plan.nodes).converged + search) + seconds(5);
  return {
    // Services first: whoever asks at the very start finds them booted.
    hosts: [...services, ...members],
    faults,
    duration: endOf(faults) + calm,
    invariants: [...membershipInvariants(settings, { search }), ...(plan.invariants ?? [])],
    ...(plan.expectations === undefined ? {} : { expectations: plan.expectations }),
  };
}
