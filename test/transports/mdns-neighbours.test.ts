import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { setTimeout as passed } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { encodeDns } from '../../core/dns/encode.ts';
import { dnsMessage } from '../../core/dns/message.ts';
import { NodeMulticastDns } from '../../transports/mdns/multicast-dns.ts';
import { neighboursOf } from '../../transports/mdns/neighbours.ts';
import { until } from '../interop/until.ts';

function entered(address: string, cidr: string | null, family: 'IPv4' | 'IPv6'): NetworkInterfaceInfo {
  return { address, cidr, family, netmask: '', mac: '', internal: false, scopeid: 2 } as NetworkInterfaceInfo;
}

describe('multicast DNS hears', () => {
  const isNeighbour = neighboursOf([
    entered('10.1.2.3', '10.1.2.3/24', 'IPv4'),
    entered('fd00::7', 'fd00::7/64', 'IPv6'),
    entered('10.9.9.9', null, 'IPv4'),
  ]);

  test.each([
    ['a machine of its network', '10.1.2.77', true],
    ['a machine behind a router', '10.1.3.77', false],
    ['a machine on the Internet', '198.51.100.9', false],
    ['an address that its machine gave itself', '169.254.8.8', true],
    ['a machine of its IPv6 network', 'fd00::1', true],
    ['a machine of another IPv6 network', 'fd00:1::1', false],
    ['a link-local address with its zone', 'fe80::1%eth0', true],
    ['a network of which the system does not say how large it is', '10.9.9.8', false],
  ])('%s: %s -> %s', (_, address, heard) => {
    expect(isNeighbour({ address, port: 5353 })).toBe(heard);
  });

  test('nobody who could not be answered', () => {
    expect(isNeighbour({ address: '10.1.2.77', port: 0 })).toBe(false);
  });
});

const others = Object.values(networkInterfaces()).flat();
const outside = others.find((one) => one !== undefined && !one.internal && one.family === 'IPv4')?.address;

test.skipIf(outside === undefined)('a packet that did not come over the link is not heard on it', async () => {
  const multicast = new NodeMulticastDns();
  onTestFinished(() => multicast.close());
  const heard: string[] = [];
  await multicast.open(['127.0.0.1'], { onMessage: (_, from) => void heard.push(from) });
  const bytes = encodeDns(dnsMessage({ questions: [{ name: '_neighbours._udp.local', type: 'TXT' }] }));
  const send = async (host: string): Promise<string> => {
    const socket = createSocket('udp4');
    onTestFinished(() => void socket.close());
    await once(socket.bind(0, host), 'listening');
    socket.send(bytes, 5353, host);
    return `${host}:${socket.address().port}`;
  };
  const [stranger, neighbour] = [await send(outside!), await send('127.0.0.1')];
  await until('the neighbour to be heard', () => heard.includes(neighbour), 2_000).catch(() => passed(0));
  expect(heard).not.toContain(stranger);
});
