import { defineScenario } from '../define.ts';
import { cluster, hostNames } from './cluster.ts';
import { converged } from './expectations.ts';
import { between, schedule, seconds, some, type Step } from './schedule.ts';

export const newsUnderLoss = defineScenario({
  name: 'news-under-loss',
  summary: 'metadata updates, broadcasts and messages of 12 hosts while links lose a quarter of everything',
  mustStrike: ['command', 'link'],
  sometimes: ['metadata-changed', 'broadcast-relayed', 'message-delivered'],
  stage({ random }) {
    const names = hostNames(12);
    const at = () => between(random, 15, 60);
    const updates = some(random, names, 6).flatMap((host): Step[] =>
      [1, 2, 3].map((version) => ({
        kind: 'command',
        at: at(),
        hosts: [host],
        command: 'update',
        argument: `version ${version} ${'x'.repeat(random.int(400))}`,
      })),
    );
    const broadcasts = Array.from({ length: 20 }, (_, index): Step => {
      const argument = `news ${index} ${'y'.repeat(random.int(600))}`;
      return { kind: 'command', at: at(), hosts: [random.pick(names)], command: 'broadcast', argument };
    });
    const messages = Array.from({ length: 10 }, (_, index): Step => {
      const [from, to] = some(random, names, 2) as [string, string];
      const command = random.pick(['send', 'sendReliable']);
      return { kind: 'command', at: at(), hosts: [from], command, argument: { to, text: `hello ${index}` } };
    });
    const loss: Step = { kind: 'link', at: seconds(10), for: seconds(60), loss: [1, 4] };
    return cluster({
      hosts: 12,
      faults: schedule([loss, ...updates, ...broadcasts, ...messages]),
      expectations: [converged],
    });
  },
});

export const broadcastStorm = defineScenario({
  name: 'broadcast-storm',
  summary: 'long broadcasts pile up while hosts join and crash: neither may starve the other',
  mustStrike: ['command', 'crash', 'restart'],
  sometimes: ['broadcast-relayed', 'declared-dead'],
  stage({ random }) {
    const names = hostNames(12);
    const storm = Array.from({ length: 60 }, (_, index): Step => {
      const argument = `storm ${index} ${'z'.repeat(300 + random.int(700))}`;
      return {
        kind: 'command',
        at: between(random, 20, 26),
        hosts: [random.pick(names.slice(0, 9))],
        command: 'broadcast',
        argument,
      };
    });
    const hosts = names.slice(9);
    const faults = schedule([
      ...storm,
      { kind: 'crash', at: seconds(20), hosts },
      { kind: 'restart', at: between(random, 22, 40), hosts, keepStore: true, newAddress: false },
    ]);
    return cluster({ hosts: 12, faults, expectations: [converged] });
  },
});

export const keyRotation = defineScenario({
  name: 'key-rotation',
  summary: 'a sealed cluster changes its key step by step while a member crashes and another joins',
  mustStrike: ['command', 'crash'],
  stage({ random }) {
    const names = hostNames(9);
    const [old, fresh] = [1, 2].map(() => Array.from({ length: 16 }, () => random.int(256))) as [number[], number[]];
    const step = (command: string, argument: number[], from: number): Step[] =>
      names.map((host) => ({ kind: 'command', at: between(random, from, from + 5), hosts: [host], command, argument }));
    const faults = schedule([
      ...step('key-install', fresh, 20),
      ...step('key-use', fresh, 26),
      ...step('key-remove', old, 32),
      { kind: 'crash', at: between(random, 15, 31), hosts: some(random, names.slice(0, 8), 1) },
    ]);
    return cluster({
      hosts: 9,
      seeds: 2,
      faults,
      expectations: [converged],
      program: () => ({ keys: [Uint8Array.from(old)] }),
      startAt: (name) => (name === 'n9' ? between(random, 10, 19) : 0),
    });
  },
});
