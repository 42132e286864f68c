import { SECOND } from '../../core/ports/clock.ts';
import type { Micros } from '../../core/ports/clock.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Invariant } from '../../simulator/invariant.ts';
import type { HostEvent, Program } from '../../simulator/program.ts';
import { pingProtocol } from '../scenarios/ping.ts';

const HOSTS = ['a', 'b', 'c', 'd', 'e'];

/** Does nothing at all. */
const idle: Program = () => ({ command() {} });

/** Faults that nothing depends on, so many that nobody wants to read them. */
function noise(): Fault[] {
  return Array.from({ length: 12 }, (_, index): Fault => {
    const hosts = [HOSTS[index % HOSTS.length]!];
    const at = (2 + index) * SECOND;
    return index % 2 === 0
      ? { id: `slow-${index}`, kind: 'slow', at, hosts, perMessage: 10, for: SECOND }
      : { id: `clock-${index}`, kind: 'clock', at, hosts, jumpMs: 5, driftPpm: 0 };
  });
}

/** Broken when `b` freezes while `a` is down. */
const neverBoth: Invariant = {
  id: 'never-both',
  words: 'b does not freeze while a is down.',
  create: (world) => ({
    onHost(host, change) {
      if (host.name !== 'b' || change !== 'pause' || world.host('a')?.up !== false) return;
      world.violate({ invariant: 'never-both', subject: 'b', phase: 'always', detail: 'b froze while a was down.' });
    },
  }),
};

/** Two faults that break a rule only together, among many. */
export const twoTogether: Scenario = {
  name: 'two-together',
  summary: 'a crash and a freeze among noise',
  stage: () => ({
    hosts: HOSTS.map((name) => ({ name, program: idle })),
    faults: [
      ...noise(),
      { id: 'down', kind: 'crash', at: 5 * SECOND, hosts: ['a', 'c', 'd'] },
      { id: 'up', kind: 'restart', at: 20 * SECOND, hosts: ['a', 'c', 'd'], keepStore: true, newAddress: false },
      { id: 'frozen', kind: 'pause', at: 9 * SECOND, hosts: ['b', 'e'], mode: 'freeze', for: 8 * SECOND },
    ],
    duration: 60 * SECOND,
    invariants: [neverBoth],
  }),
};

/** `a` counts for everybody, once a second; whoever hears a number says so. */
function counter(name: string): Program {
  return (host) => {
    const endpoint = host.transport.open(host.address, pingProtocol, {
      onDatagram: ({ number }) => host.emit({ type: 'heard', number } as HostEvent),
      onMalformed() {},
      onStream: () => ({ onMessage() {}, onClose() {} }),
    });
    const count = (number: number) => {
      for (const other of HOSTS.filter((one) => one !== name)) {
        const address = host.addressOf(other);
        if (address !== undefined) endpoint.send(address, { number });
      }
      host.clock.after(SECOND, () => count(number + 1));
    };
    if (name === 'a') host.clock.after(SECOND, () => count(1));
    return { command() {} };
  };
}

/** Broken when `b` hears the eighth number and never heard the seventh. */
const seventhHeard: Invariant = {
  id: 'seventh-heard',
  words: 'Nobody misses the seventh number.',
  create: (world) => {
    let heard = 0;
    return {
      onEvent(host, event) {
        if (host.name !== 'b' || event.type !== 'heard') return;
        const { number } = event as unknown as { number: number };
        if (number === 8 && heard < 7) {
          world.violate({ invariant: 'seventh-heard', subject: 'b', phase: 'always', detail: 'b missed number 7.' });
        }
        heard = number;
      },
    };
  },
};

/** When `a` sends the seventh number. */
export const SEVENTH: Micros = 7 * SECOND;

/** A third of all messages is lost; one of them matters. */
export const oneMessage: Scenario = {
  name: 'one-message',
  summary: 'a number is lost among many others',
  stage: () => ({
    hosts: HOSTS.map((name) => ({ name, program: counter(name) })),
    faults: [...noise(), { id: 'rain', kind: 'link', at: 0, for: 30 * SECOND, loss: [1, 3] }],
    duration: 30 * SECOND,
    invariants: [seventhHeard],
  }),
};

/** In the end `b` must have heard of `a` lately: it does not when `a` is not there at all. */
const heardLately: Invariant = {
  id: 'heard-lately',
  words: 'In the end b has heard from a.',
  create: (world) => {
    let heard = 0;
    return {
      onEvent(host, event) {
        if (host.name === 'b' && event.type === 'heard') heard = world.now();
      },
      onEnd() {
        if (heard > world.now() - 5 * SECOND) return;
        world.violate({ invariant: 'heard-lately', subject: 'b', phase: 'end', detail: 'b has not heard from a.' });
      },
    };
  },
};

/** The bug: after a restart, `a` never counts again. */
function forgetful(name: string): Program {
  return (host) => (host.boot === 1 ? counter(name)(host) : undefined);
}

/** A failure of the end, which many a simpler run has for no reason that matters: without `a`, or with `a` left down. */
export const silentInTheEnd: Scenario = {
  name: 'silent-in-the-end',
  summary: 'a restarted host stays silent',
  stage: () => ({
    hosts: HOSTS.map((name) => ({ name, program: forgetful(name) })),
    faults: [
      ...noise(),
      { id: 'down', kind: 'crash', at: 5 * SECOND, hosts: ['a'] },
      { id: 'up', kind: 'restart', at: 8 * SECOND, hosts: ['a'], keepStore: true, newAddress: false },
    ],
    duration: 30 * SECOND,
    invariants: [heardLately],
  }),
};

/** In the end a name service must be open; a restart makes it forget that it was told to open. */
const openInTime: Invariant = {
  id: 'open-in-time',
  words: 'After ten seconds the name service is open.',
  create: (world) => {
    let open = false;
    return {
      onHost: (_, change) => (open = open && change !== 'boot'),
      onEvent: (_, event) => (open = open || event.type === 'opened'),
      onTick() {
        if (open || world.now() < 10 * SECOND) return;
        world.violate({ invariant: 'open-in-time', subject: 'ns', phase: 'always', detail: 'ns is closed.' });
      },
    };
  },
};

const service: Program = (host) => ({ command: (name) => host.emit({ type: name }) });

/** A schedule that also holds what the scenario is made of: without the command, there is nothing that could break. */
export const forgottenCommand: Scenario = {
  name: 'forgotten-command',
  summary: 'a name service that was told to open restarts',
  stage: () => ({
    hosts: [...HOSTS.map((name) => ({ name, program: idle })), { name: 'ns', program: service, bystander: true }],
    faults: [
      ...noise(),
      { id: 'open', kind: 'command', at: SECOND, hosts: ['ns'], command: 'opened' },
      { id: 'down', kind: 'crash', at: 5 * SECOND, hosts: ['ns'] },
      { id: 'up', kind: 'restart', at: 8 * SECOND, hosts: ['ns'], keepStore: true, newAddress: false },
    ],
    duration: 30 * SECOND,
    invariants: [openInTime],
  }),
};
