import type { Answer } from 'dns-packet';
import { onTestFinished } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { dnsServerProgram } from '../../simulator/services/dns/program.ts';
import { DnsZone } from '../../simulator/services/dns/zone.ts';
import { simulatedResolver } from '../../simulator/sim-resolver.ts';
import { dnsResolver } from '../../transports/dns/resolver.ts';
import { serveDns } from '../../transports/dns/serve.ts';
import { fakeServer, record, type Asked, type Said } from '../transports/dns/fake-server.ts';
import { playedWorld } from './played-world.ts';
import { ABSENT_SECONDS, resolverContract, type Mood, type ZoneRecord } from './resolver.contract.ts';
import { fakeNameServer } from './fake-name-server.ts';

const RCODES: Readonly<Record<Mood, number>> = { well: 0, silent: 0, failing: 2, refusing: 5 };

function answerOf([name, ttl, type, data]: ZoneRecord): Answer {
  if (type === 'TXT') return record.txt(name, [data], ttl);
  if (type !== 'SRV') return { type, name, ttl, data };
  const [priority = 0, weight = 0, port = 0] = data.split(' ').map(Number);
  return record.srv(name, data.split(' ')[3]!, port, [priority, weight], ttl);
}

/** A server with authority over the zone and no other: it leads to aliases, and says nothing about strange names. */
function authoritative(zone: readonly ZoneRecord[], { name, kind }: Asked): Said {
  const of = (owner: string) => zone.filter(([other]) => other.toLowerCase() === owner.toLowerCase());
  const answers: ZoneRecord[] = [];
  let owner = name;
  for (let steps = 0; steps < 3; steps++) {
    const alias = of(owner).find(([, , type]) => type === 'CNAME');
    if (alias === undefined) break;
    answers.push(alias);
    owner = alias[3];
  }
  const found = of(owner).filter(([, , type]) => type === kind);
  const said = { answers: [...answers, ...found].map(answerOf) };
  if (found.length > 0) return said;
  if (of(owner).some(([, , type]) => type === 'CNAME')) return said;
  const rcode = of(owner).length === 0 ? 3 : 0;
  return { ...said, rcode, authorities: [record.soa(ABSENT_SECONDS, 3_600)] };
}

resolverContract('dnsResolver', async (zone, mood) => {
  const { address } = await fakeServer((asked) => {
    if (mood === 'silent') return undefined;
    return mood === 'well' ? authoritative(zone, asked) : { rcode: RCODES[mood] };
  });
  const timeoutMs = mood === 'silent' ? 50 : 2_000;
  return dnsResolver({ servers: [address], random: seededRandom('test'), timeoutMs, hostsFile: '/dev/null' });
});

const EFFECTS: Readonly<Record<Exclude<Mood, 'well'>, string>> = {
  silent: 'dns-silent',
  failing: 'dns-servfail',
  refusing: 'dns-refused',
};

function zoneOf(records: readonly ZoneRecord[]): DnsZone {
  const lines = records.map((parts) => parts.join(' '));
  return new DnsZone({ origin: 'test', primary: 'ns', records: lines, absentSeconds: ABSENT_SECONDS });
}

for (const between of [false, true]) {
  resolverContract(`the resolver in a simulated world${between ? ', behind a cache' : ''}`, async (records, mood) => {
    const faults: Fault[] =
      mood === 'well'
        ? []
        : [{ id: mood, kind: 'service', hosts: ['ns', 'cache'], effect: EFFECTS[mood], at: 0, for: 1e9 }];
    const { host } = await playedWorld(
      {
        ns: dnsServerProgram({ zones: [zoneOf(records)] }),
        cache: dnsServerProgram({ cache: { upstream: ['ns'] } }),
        client: undefined,
      },
      faults,
    );
    return simulatedResolver(host('client'), [between ? 'cache' : 'ns']);
  });
}

resolverContract('dnsResolver, asking the fake name server on real sockets', async (records, mood) => {
  const effect = mood === 'well' ? undefined : EFFECTS[mood];
  const { handler } = fakeNameServer({ zones: [zoneOf(records)] }, (name) => name === effect);
  const server = await serveDns(handler, '127.0.0.1:0');
  onTestFinished(() => server.close());
  const timeoutMs = mood === 'silent' ? 50 : 2_000;
  return dnsResolver({ servers: [server.address], random: seededRandom('test'), timeoutMs, hostsFile: '/dev/null' });
});
