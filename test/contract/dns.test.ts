import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Host, Program, Running } from '../../simulator/program.ts';
import { dnsServerProgram } from '../../simulator/services/dns/program.ts';
import { DnsZone } from '../../simulator/services/dns/zone.ts';
import { simulatedResolver } from '../../simulator/sim-resolver.ts';
import { serveDns } from '../../transports/dns/serve.ts';
import { sourcesAsking, sourcesOn } from './dns-under-test.ts';
import { CONTRACT_ABSENT, CONTRACT_TTL, CONTRACT_ZONE, dnsContract } from './dns.contract.ts';
import { fakeNameServer } from './fake-name-server.ts';
import { playedWorld } from './played-world.ts';

const ABSENT = { primary: 'ns', absentSeconds: CONTRACT_ABSENT };

function zones(): DnsZone[] {
  const good = new DnsZone({ origin: 'disco.test', records: CONTRACT_ZONE, ...ABSENT });
  const many = Array.from({ length: 121 }, (_, i) => `broken.test 60 A 10.0.0.${i}`);
  return [good, new DnsZone({ origin: 'broken.test', records: many, ...ABSENT })];
}

/** As BIND has one, but wide enough for the many services of the good zone. */
const LIMITS = { recordsMax: 120 };
const BROKEN = 'broken.test';

/** A program that a test can make ill and give commands. */
function inHand(program: Program, ill: ReadonlySet<string>, started: (running: Running) => void): Program {
  return async (host) => {
    const suffers = (effect: string) => (ill.has(effect) ? { argument: undefined, strike() {} } : undefined);
    const handled = new Proxy(host, {
      get: (target, key) => {
        const value: unknown = key === 'suffers' ? suffers : Reflect.get(target, key, target);
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
      },
    }) as Host;
    const running = await program(handled);
    if (running) started(running);
    return running;
  };
}

for (const [how, asked] of [
  ['a name server in a simulated world', 'ns'],
  ['a copy of one in a simulated world', 'copy'],
  ['a cache in a simulated world', 'cache'],
] as const) {
  dnsContract(how, async () => {
    const shared = zones();
    const ill = new Set<string>();
    let primary: Running | undefined;
    const { host, pause: pass } = await playedWorld({
      ns: inHand(dnsServerProgram({ zones: shared, ...LIMITS }), ill, (running) => (primary = running)),
      copy: inHand(dnsServerProgram({ zones: shared, ...LIMITS }), ill, () => {}),
      cache: inHand(dnsServerProgram({ cache: { upstream: ['ns'] } }), ill, () => {}),
      client: undefined,
    });
    return {
      source: sourcesOn(simulatedResolver(host('client'), [asked]), host('client').clock),
      brokenName: BROKEN,
      add: async (line) => primary!.command!('add', line),
      removeName: async (name) => primary!.command!('remove', name),
      stop: async () => void ill.add('dns-silent'),
      start: async () => void ill.delete('dns-silent'),
      expire: () => pass((CONTRACT_TTL + 1) * 1_000),
      pause: pass,
    };
  });
}

dnsContract('the fake name server on real sockets', async () => {
  const fake = fakeNameServer({ zones: zones(), ...LIMITS });
  let server = await serveDns(fake.handler, '127.0.0.1:0', fake.takesStreams);
  onTestFinished(() => server.close());
  const { address } = server;
  return {
    source: sourcesAsking(address),
    brokenName: BROKEN,
    add: async (line) => fake.command('add', line),
    removeName: async (name) => fake.command('remove', name),
    stop: () => server.close(),
    start: async () => {
      server = await serveDns(fake.handler, address, fake.takesStreams);
    },
    expire: async () => {},
    pause: (ms) => pause(ms),
  };
});
