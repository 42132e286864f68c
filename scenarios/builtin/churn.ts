import { defineScenario } from '../define.ts';
import { cluster, hostNames } from './cluster.ts';
import { converged, noFalsePositives } from './expectations.ts';
import { between, schedule, seconds, some, type Step } from './schedule.ts';

export const massLeave = defineScenario({
  name: 'mass-leave',
  summary: '8 of 16 hosts say goodbye at once; some of them come back later',
  mustStrike: ['command'],
  sometimes: ['left', 'rejoined'],
  stage({ random }) {
    const leavers = some(random, hostNames(16).slice(1), 8);
    const returning = leavers.slice(0, 4);
    const faults = schedule([
      { kind: 'command', at: seconds(20), hosts: leavers, command: 'leave' },
      ...returning.map((host): Step => ({
        kind: 'command',
        at: between(random, 30, 80),
        hosts: [host],
        command: 'join',
      })),
    ]);
    return cluster({ hosts: 16, faults, expectations: [converged, noFalsePositives] });
  },
});

export const leaveUnderLoss = defineScenario({
  name: 'leave-under-loss',
  summary: 'members leave, stop without a word and return while links lose a quarter of everything',
  mustStrike: ['command', 'link'],
  sometimes: ['left', 'rejoined'],
  stage({ random }) {
    const [a, b, c, d] = some(random, hostNames(12).slice(1), 4) as [string, string, string, string];
    const at = (from: number, to: number) => between(random, from, to);
    const faults = schedule([
      { kind: 'link', at: seconds(10), for: seconds(60), loss: [1, 4], duplicate: [1, 10] },
      { kind: 'command', at: at(15, 20), hosts: [a, b], command: 'leave' },
      { kind: 'command', at: at(15, 20), hosts: [c], command: 'stop' },
      { kind: 'command', at: at(25, 60), hosts: [a], command: 'join' },
      { kind: 'command', at: at(25, 60), hosts: [c], command: 'join' },
      { kind: 'command', at: at(30, 40), hosts: [d], command: 'leave' },
      { kind: 'crash', at: at(30, 41), hosts: [d] },
    ]);
    return cluster({ hosts: 12, faults, expectations: [converged] });
  },
});

export const duplicateName = defineScenario({
  name: 'duplicate-name',
  summary: 'two of 8 hosts claim one name; the cluster keeps its peace until one of them gives up',
  mustStrike: ['command'],
  sometimes: ['conflict'],
  stage({ random }) {
    const faults = schedule([{ kind: 'command', at: between(random, 40, 60), hosts: ['n8'], command: 'stop' }]);
    return cluster({
      hosts: 8,
      faults,
      program: (name) => (name === 'n8' ? { name: 'n7' } : {}),
      startAt: (name) => (name === 'n8' ? between(random, 10, 15) : 0),
    });
  },
});
