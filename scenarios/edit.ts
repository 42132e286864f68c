import type { MembershipSettings } from '../core/membership/settings.ts';
import type { Micros } from '../core/ports/clock.ts';
import type { Fault } from '../simulator/faults/fault.ts';
import type { HostSpec } from '../simulator/program.ts';
import { InvalidScenario } from './errors.ts';
import type { Scenario, Stage } from './scenario.ts';

/**
 * What is changed in the stage that a scenario builds from a seed: data, so that it fits into a message and a file. What
 * is absent stays as the scenario has it, and no change moves a draw about what was not changed.
 */
export interface Edit {
  /** Played instead of the stage's own schedule. */
  readonly faults?: readonly Fault[];
  /** Hosts that are taken out, of the schedule too. */
  readonly without?: readonly string[];
  readonly duration?: Micros;
  /** Played instead of the settings that the scenario would draw. */
  readonly settings?: Partial<MembershipSettings>;
}

/** A scenario as one of its runs, changed. It keeps the name: whoever stores it gives it another one. */
export function edited(scenario: Scenario, seed: number, edit: Edit): Scenario {
  const { name } = scenario;
  return {
    ...scenario,
    fixed: scenario.fixed ?? { scenario: name, seed },
    stage: ({ random }) => {
      const stage = scenario.stage({ random, ...(edit.settings === undefined ? {} : { settings: edit.settings }) });
      return editedStage(name, stage, edit);
    },
  };
}

function editedStage(scenario: string, stage: Stage, { faults, without = [], duration }: Edit): Stage {
  const unknown = without.find((host) => !stage.hosts.some(({ name }) => name === host));
  if (unknown !== undefined)
    throw new InvalidScenario(scenario, `it has no host ${JSON.stringify(unknown)} to leave out.`);
  return {
    ...stage,
    hosts: stage.hosts
      .map((spec, index): HostSpec => ({ ...spec, place: spec.place ?? index }))
      .filter(({ name }) => !without.includes(name)),
    faults: withoutHosts(faults ?? stage.faults, without),
    ...(duration === undefined ? {} : { duration }),
  };
}

/** A schedule in which these hosts do not occur; what was about them alone is gone. */
export function withoutHosts(faults: readonly Fault[], gone: readonly string[]): Fault[] {
  if (gone.length === 0) return [...faults];
  const rest = (hosts: readonly string[]) => hosts.filter((host) => !gone.includes(host));
  return faults.flatMap((fault): Fault[] => {
    switch (fault.kind) {
      case 'partition': {
        const groups = fault.groups.map(rest).filter((group) => group.length > 0);
        return groups.length < 2 ? [] : [{ ...fault, groups }];
      }
      case 'block':
      case 'link': {
        const [from, to] = [fault.from && rest(fault.from), fault.to && rest(fault.to)];
        if (from?.length === 0 || to?.length === 0) return [];
        return [{ ...fault, ...(from && { from }), ...(to && { to }) }];
      }
      default: {
        const hosts = rest(fault.hosts);
        return hosts.length === 0 ? [] : [{ ...fault, hosts }];
      }
    }
  });
}
