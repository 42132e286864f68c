import * as childProcess from 'node:child_process';
import * as cryptoModule from 'node:crypto';
import * as dgram from 'node:dgram';
import * as dns from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import * as perfHooks from 'node:perf_hooks';
import * as timers from 'node:timers';
import * as timersPromises from 'node:timers/promises';

/** One function of the platform whose answer differs from run to run. */
export interface AmbientSource {
  readonly owner: object;
  readonly key: string;
  readonly name: string;
  readonly instead: string;
}

const CLOCK = 'Use host.clock.now() or host.clock.wallTime().';
const TIMER = 'Use host.clock.after(delay, task).';
const RANDOM = 'Draw from host.random, or from a stream of its own: host.random.fork(label).';
const NETWORK = 'Use host.transport: the simulated network is the only one in here.';
const MACHINE = 'Pass what the program needs to know in through its topology.';

const EXIT = 'A program that wants to end stops its own work; crashes are faults of the schedule.';

const COLLECTOR = 'When garbage is collected is not a matter for a program: keep a plain reference.';

const TIMER_KEYS = ['setTimeout', 'setInterval', 'setImmediate'];

/** The CommonJS object behind a module: patching it, then syncing, reaches `import { x } from` everywhere. */
function exportsOf(module: object): object {
  return (module as { default: object }).default;
}

/** All of them. Read when the guards go up, so that another library's replacement is kept underneath. */
export function ambientSources(): AmbientSource[] {
  return [
    ...from(globalThis, '', ['Date'], CLOCK),
    ...from(globalThis, '', [...TIMER_KEYS, 'queueMicrotask'], TIMER),
    ...from(globalThis, '', ['fetch', 'WebSocket'], NETWORK),
    ...from(globalThis, '', ['WeakRef', 'FinalizationRegistry'], COLLECTOR),
    ...from(Date, 'Date.', ['now'], CLOCK),
    ...from(performance, 'performance.', ['now', 'mark', 'measure'], CLOCK),
    ...from(process, 'process.', ['hrtime', 'uptime'], CLOCK),
    ...from(process, 'process.', ['nextTick'], TIMER),
    ...from(process, 'process.', ['exit', 'abort'], EXIT),
    ...from(process, 'process.', ['cpuUsage', 'memoryUsage'], MACHINE),
    ...from(process.hrtime, 'process.hrtime.', ['bigint'], CLOCK),
    ...from(Math, 'Math.', ['random'], RANDOM),
    ...from(globalThis.crypto, 'crypto.', ['randomUUID', 'getRandomValues'], RANDOM),
    ...from(
      exportsOf(cryptoModule),
      'node:crypto ',
      ['randomBytes', 'randomInt', 'randomUUID', 'randomFill', 'randomFillSync', 'pseudoRandomBytes'],
      RANDOM,
    ),
    ...from(exportsOf(timers), 'node:timers ', TIMER_KEYS, TIMER),
    ...from(exportsOf(timersPromises), 'node:timers/promises ', TIMER_KEYS, TIMER),
    ...from(exportsOf(perfHooks), 'node:perf_hooks ', ['monitorEventLoopDelay'], CLOCK),
    ...from(exportsOf(dgram), 'node:dgram ', ['createSocket'], NETWORK),
    ...from(exportsOf(net), 'node:net ', ['connect', 'createConnection', 'createServer'], NETWORK),
    ...from(exportsOf(http), 'node:http ', ['request', 'get', 'createServer'], NETWORK),
    ...from(exportsOf(https), 'node:https ', ['request', 'get', 'createServer'], NETWORK),
    ...from(exportsOf(dns), 'node:dns ', ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveSrv'], NETWORK),
    ...from(exportsOf(childProcess), 'node:child_process ', ['spawn', 'exec', 'execFile', 'fork'], MACHINE),
  ];
}

function from(owner: object, prefix: string, keys: string[], instead: string): AmbientSource[] {
  return keys.map((key) => ({ owner, key, name: prefix + key, instead }));
}
