import { nodeProgram } from '../../../simulator/node-program.ts';
import { allMet } from '../../../simulator/invariants/all-met.ts';
import type { Micros } from '../../../core/ports/clock.ts';
import type { HostSpec } from '../../../simulator/program.ts';
import { defineScenario } from '../../define.ts';
import type { Stage } from '../../scenario.ts';
import { hostNames } from '../cluster.ts';
import { converged, noFalsePositives } from '../expectations.ts';
import { between, schedule, seconds, type Step } from '../schedule.ts';
import { API_SERVERS, askingKubernetes, kubernetesHosts, podOf } from './kubernetes-hosts.ts';
import { nodes } from './nodes.ts';

const NODES = 6;
/** The last ones cannot ask anybody: they depend on being found. */
const LATE = hostNames(NODES).slice(4);

function creation(name: string, index: number, at: number): Step {
  return { kind: 'command', at, hosts: ['api-1'], command: 'start', argument: { ...podOf(name, index), stepMs: 300 } };
}

function discovery(name: string): ReturnType<typeof askingKubernetes> {
  if (LATE.includes(name)) return { seed_nodes: [] };
  return askingKubernetes(API_SERVERS[Number(name.slice(1)) % 2]!);
}

/** The first four from the beginning, the late ones at `late`. */
function pods(services: number, late: number): Step[] {
  return hostNames(NODES).map((name, index) => creation(name, services + index, LATE.includes(name) ? late : 0));
}

interface LateStory {
  /** How many changes the API servers remember. */
  readonly history?: number;
  readonly late: Micros;
  readonly trouble: Step;
  /** Behind the start of the late ones. */
  readonly metWithin: Micros;
}

/** Pods that start late, in the middle of some trouble, and depend on being found. */
function lateStage({ history, late, trouble, metWithin }: LateStory): Stage {
  const services = kubernetesHosts(history);
  return nodes({
    nodes: NODES,
    discovery,
    services,
    faults: schedule([...pods(services.length, late), trouble]),
    startAt: (name) => (LATE.includes(name) ? late : 0),
    invariants: [allMet(late + metWithin)],
    expectations: [converged, noFalsePositives],
  });
}

export const kubernetesSilentWatch = defineScenario({
  name: 'discovery-kubernetes-silent-watch',
  summary: 'every watch goes silent without an error, and two pods that start later depend on being found',
  mustStrike: ['service.kubernetes-watch-silent'],
  stage({ random }) {
    // Behind the first refresh, which comes before the watch has proved itself; the next one is minutes away.
    const at = between(random, 62, 70);
    const late = at + between(random, 2, 10);
    const effect = 'kubernetes-watch-silent';
    const trouble = { kind: 'service', at, hosts: API_SERVERS, effect, for: between(random, 10, 20) } as const;
    // The watch is given up after its silence, long before everything is asked for again anyway.
    return lateStage({ late, trouble, metWithin: seconds(150) });
  },
});

export const kubernetesGone = defineScenario({
  name: 'discovery-kubernetes-410-storm',
  summary: 'every watch is told that its history is gone, over and over, while pods come',
  mustStrike: ['service.kubernetes-gone'],
  stage({ random }) {
    const at = between(random, 10, 20);
    const late = at + between(random, 5, 20);
    const argument = { status: random.chance([1, 2]) };
    const effect = 'kubernetes-gone';
    const trouble = {
      kind: 'service',
      at,
      hosts: API_SERVERS,
      effect,
      argument,
      for: between(random, 30, 60),
    } as const;
    return lateStage({ history: 20, late, trouble, metWithin: seconds(120) });
  },
});

export const reusedAddress = defineScenario({
  name: 'discovery-address-reused',
  summary: 'a pod dies, and its entry comes back with the address of a node of another cluster, which must stay out',
  mustStrike: ['crash'],
  stage({ random }) {
    const strangers = ['x1', 'x2'].map((name): HostSpec => {
      const discovery = { seed_nodes: ['x1', 'x2'] };
      const config = {
        cluster: { label: 'green', membership: { preset: 'fast' }, discovery },
        admin: { enabled: false },
      };
      return { name, program: nodeProgram({ config }), bystander: true };
    });
    const services = [...kubernetesHosts(), ...strangers];
    const victim = random.pick(hostNames(4));
    const death = between(random, 15, 25);
    const steps: Step[] = [
      ...pods(services.length, 0).slice(0, 4),
      { kind: 'crash', at: death, hosts: [victim] },
      { kind: 'command', at: death + seconds(2), hosts: ['api-1'], command: 'delete', argument: { name: victim } },
    ];
    const reborn = {
      ...podOf(
        victim,
        services.findIndex(({ name }) => name === 'x1'),
      ),
      stepMs: 300,
    };
    steps.push({ kind: 'command', at: death + seconds(4), hosts: ['api-2'], command: 'start', argument: reborn });
    return nodes({
      nodes: 4,
      discovery,
      services,
      cluster: () => ({ label: 'blue' }),
      faults: schedule(steps),
      expectations: [converged, noFalsePositives],
    });
  },
});
