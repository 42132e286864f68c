import { defineScenario } from 'rollcall/scenarios';
import {
  createEtcd,
  EtcdState,
  everybodyKnowsTheRest,
  membershipInvariants,
  nobodyBeginsAlone,
  nodeProgram,
  serviceProgram,
  sourcesAreSpared,
  theLivingStayCandidates,
} from 'rollcall/simulator';
import { settingsOf } from 'rollcall/core';

const SECOND = 1_000_000;

const config = {
  cluster: { discovery: { endpoints: ['etcd:2379'], lease_ttl_sec: 20 }, membership: { preset: 'fast' } },
  admin: { enabled: false },
};

export const nodesWithoutEtcd = defineScenario({
  name: 'nodes-without-etcd',
  summary: 'etcd is gone for half a minute under three nodes',
  mustStrike: ['crash', 'restart'],
  stage({ random }) {
    const state = new EtcdState({ members: ['etcd'] });
    const gone = (15 + random.int(15)) * SECOND;
    const back = gone + 30 * SECOND;
    return {
      hosts: [
        { name: 'etcd', program: serviceProgram(2379, (ports) => createEtcd(ports, state)), bystander: true },
        ...['a', 'b', 'c'].map((name) => ({ name, program: nodeProgram({ config }) })),
      ],
      faults: [
        { id: 'gone', at: gone, kind: 'crash', hosts: ['etcd'] },
        { id: 'back', at: back, kind: 'restart', hosts: ['etcd'], keepStore: true, newAddress: false },
      ],
      duration: back + 70 * SECOND,
      invariants: [
        ...membershipInvariants(settingsOf('fast'), { search: 90 * SECOND }),
        theLivingStayCandidates(),
        nobodyBeginsAlone({ from: 10 * SECOND }),
        sourcesAreSpared(30),
        everybodyKnowsTheRest({ from: back + 60 * SECOND }),
      ],
    };
  },
});
