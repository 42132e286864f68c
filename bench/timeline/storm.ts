import { SECOND } from '../../core/ports/clock.ts';
import { cluster, hostNames } from '../../scenarios/builtin/cluster.ts';
import { defineScenario } from '../../scenarios/define.ts';
import { swarmSchedule } from '../../simulator/faults/swarm.ts';

const HOSTS = 100;
const LENGTH = 600 * SECOND;

/** The largest run that a timeline is made for: 100 nodes, ten minutes, and something breaks every few seconds. */
export const storm = defineScenario({
  name: 'storm-of-100',
  summary: '100 nodes for ten minutes, under everything that can go wrong until shortly before the end',
  stage({ random }) {
    const names = hostNames(HOSTS);
    const faults = swarmSchedule(random.fork('chaos'), names, { from: 20 * SECOND, until: LENGTH - 60 * SECOND });
    return { ...cluster({ hosts: HOSTS, seeds: 3, faults }), duration: LENGTH };
  },
});
