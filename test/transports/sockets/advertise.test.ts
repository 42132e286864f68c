import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { InvalidSetting } from '../../../core/errors.ts';
import { advertisedAddress } from '../../../transports/sockets/advertise.ts';

const info = (address: string): NetworkInterfaceInfo =>
  ({
    address,
    internal: address.startsWith('127.') || address === '::1',
    family: address.includes(':') ? 'IPv6' : 'IPv4',
    netmask: '',
    mac: '',
    cidr: null,
    scopeid: 0,
  }) as NetworkInterfaceInfo;

const machine = (interfaces: Record<string, string[]>) =>
  Object.fromEntries(Object.entries(interfaces).map(([name, addresses]) => [name, addresses.map(info)]));

const lo = ['127.0.0.1', '::1'];

describe('what is configured', () => {
  test.each([
    ['10.0.0.7', '10.0.0.7:7946'],
    ['10.0.0.7:80', '10.0.0.7:80'],
    ['fd00::7', '[fd00::7]:7946'],
    ['[fd00::7]', '[fd00::7]:7946'],
    ['[FD00:0::7]:80', '[fd00::7]:80'],
    ['::ffff:10.0.0.7', '10.0.0.7:7946'],
  ])('%s is told as %s', (configured, told) => {
    expect(advertisedAddress('0.0.0.0:7946', configured, {})).toBe(told);
  });

  test.each([
    'node-1.example.org',
    'localhost:7946',
    '0.0.0.0',
    '[::]:7946',
    '10.0.0.7:0',
    '10.0.0',
    '10.0.0.7:99999',
    ':1',
  ])('%s is refused, and the setting is named', (configured) => {
    const tell = (): string => advertisedAddress('10.0.0.1:7946', configured, {});
    expect(tell).toThrow(InvalidSetting);
    expect(tell).toThrow(/^cluster\.network\.advertise_addr is .*10\.0\.0\.7/);
  });
});

describe('with nothing configured', () => {
  test('what is bound is told, be it a loopback address', () => {
    expect(advertisedAddress('10.0.0.1:7946', '', {})).toBe('10.0.0.1:7946');
    expect(advertisedAddress('127.0.0.1:7946', '', {})).toBe('127.0.0.1:7946');
    expect(advertisedAddress('[fd00::1]:7946', '', {})).toBe('[fd00::1]:7946');
  });

  test.each([
    ['the first private address', '10.0.0.5:7946', { lo, eth0: ['8.8.8.8', '10.0.0.5'], eth1: ['192.168.0.5'] }],
    ['one of 172.16/12', '172.31.0.1:7946', { lo, eth0: ['172.32.0.1', '172.31.0.1'] }],
    ['one of 100.64/10', '100.127.0.1:7946', { lo, eth0: ['100.128.0.1', '100.127.0.1'] }],
    ['a public one where there is no private one', '8.8.8.8:7946', { lo, eth0: ['169.254.0.1', '8.8.8.8'] }],
    [
      'no bridge to containers',
      '8.8.8.8:7946',
      { docker0: ['172.17.0.1'], 'br-1f2e': ['172.18.0.1'], eth0: ['8.8.8.8'] },
    ],
    ['a bridge where there is nothing else', '172.17.0.1:7946', { lo, docker0: ['172.17.0.1'] }],
    ['no IPv6 address, which the socket would not serve', '10.0.0.5:7946', { eth0: ['fd00::5', '10.0.0.5'] }],
  ])('behind 0.0.0.0 it is %s', (_what, told, interfaces) => {
    expect(advertisedAddress('0.0.0.0:7946', '', machine(interfaces))).toBe(told);
  });

  test.each([
    [
      'a unique local address before a public one',
      '[fd00::5]:7946',
      { lo, eth0: ['10.0.0.5', '2001:db8::5', 'fd00::5'] },
    ],
    ['a public one, but no link-local one', '[2001:db8::5]:7946', { lo, eth0: ['fe80::1', '2001:db8::5', '10.0.0.5'] }],
    ['IPv4 where there is no IPv6', '10.0.0.5:7946', { lo, eth0: ['fe80::1', '10.0.0.5'] }],
  ])('behind [::] it is %s', (_what, told, interfaces) => {
    expect(advertisedAddress('[::]:7946', '', machine(interfaces))).toBe(told);
  });

  test('a machine with nothing of use refuses, says what it has and which setting helps', () => {
    const tell = (): string =>
      advertisedAddress('0.0.0.0:7946', '', machine({ lo, eth0: ['169.254.3.4', 'fe80::1', 'fd00::1'] }));
    expect(tell).toThrow(expect.objectContaining({ code: 'ADVERTISE_UNKNOWN' }));
    expect(tell).toThrow('eth0 169.254.3.4');
    expect(tell).toThrow('Set cluster.network.advertise_addr');
    expect(() => advertisedAddress('[::]:1', '', {})).toThrow('no addresses at all');
  });
});
